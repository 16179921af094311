using System.Collections.Immutable;
using System.Text;
using NetworkCluster.Commands;
using NetworkCluster.Pbm;
using NetworkCluster.Tests.Host.Commands;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Host.Pbm;

/// <summary><c>docs/pbm.md</c>: every palette and command as its definition has it.</summary>
public sealed class ReferencePageTests
{
    private const string Head = """
        # pbm's commands

        Applies to: `Host/Commands/`, `Host/Pbm/`, `Tests/Host/Pbm/ReferencePageTests.cs`

        Written by a test out of the palettes that hosts serve; `pbm PALETTE COMMAND --help` says the same. `pbm [HOST:PORT] PALETTE COMMAND`: the host is `127.0.0.1:9110`, or `PBM_HOST`. Every command has `--help`, `--json` and `--no-color`, and those that show tables or
        documents `--format TEMPLATE` (`-f` where the command has no `-f` of its own). Exit codes are in the [README](../README.md#pbm).

        """;

    [Fact]
    public void The_page_has_every_command_with_every_argument_and_option()
    {
        var text = new StringBuilder(Head).Append('\n');
        text.Append("| palette | what | commands |\n|---|---|---|\n");
        foreach (var palette in ClientPalettes.All) text.Append($"| [{palette.Name}](#{palette.Name}) | {Cell(palette.Description)} | {string.Join(", ", palette.Commands.Select(command => $"[{command.Name}](#{palette.Name}-{command.Name})"))} |\n");
        foreach (var palette in ClientPalettes.All)
        {
            text.Append($"\n## {palette.Name}\n");
            foreach (var command in palette.Commands) Command(text, palette, command);
        }

        Approved.VerifyPage(text.ToString(), "pbm", ".md");
    }

    private static void Command(StringBuilder text, PaletteSpec palette, CommandSpec command)
    {
        text.Append($"\n### {palette.Name} {command.Name}\n\n{command.Description}.{(command.Details is { } details ? $" {details}" : "")}\n\n```\n{Help.Usage(palette, command)}\n```\n");
        if (command.Aliases is [_, ..]) text.Append($"\nAlso: {string.Join(", ", command.Aliases.Select(alias => $"`{alias}`"))}.\n");
        var rows = command.Arguments.Select(argument => ($"`{argument.Name.ToUpperInvariant()}`", argument.Description, Notes(argument.Least == 0 ? "may be left out" : null, argument.Repeatable ? "repeatable" : null)))
            .Concat(command.Options.OrderBy(option => option.Name, StringComparer.Ordinal).Select(option => (Words(option), option.Description, Notes(option.Mandatory ? "required" : null, option.Repeatable ? "repeatable" : null, option.Default is { } value ? $"default: {value}" : null)))).ToImmutableArray();
        if (!rows.IsEmpty) text.Append("\n| | | |\n|---|---|---|\n");
        foreach (var (name, what, notes) in rows) text.Append($"| {Cell(name)} | {Cell(what)} | {Cell(notes)} |\n");
        if (command.Examples is [_, ..]) text.Append($"\n```\n{string.Join('\n', command.Examples.Select(example => $"pbm {example}"))}\n```\n");
    }

    private static string Words(OptionSpec option) => $"`{(option.Short is { } letter ? $"-{letter}, " : "")}--{option.Name}{(option.ValueName is { } value ? $" {value}" : "")}`";

    private static string Notes(params string?[] notes) => string.Join("; ", notes.Where(note => note is not null));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
