using System.Collections.Immutable;
using System.Text;
using NetworkCluster.Commands;

namespace NetworkCluster.Pbm;

/// <summary>Help text in Docker's form, drawn from the palettes alone.</summary>
internal static class Help
{
    private const int Width = 100;

    /// <summary>The help of the whole command line.</summary>
    public static string Root(IReadOnlyList<PaletteSpec> palettes)
    {
        var text = new StringBuilder("\nUsage:  pbm [HOST:PORT] [--cert-path DIRECTORY] [OPTIONS] PALETTE COMMAND\n\nCommand line of a network cluster. Started bare it is a prompt.\n\nPalettes:\n");
        Columns(text, [.. palettes.Select(p => (p.Name, p.Description))]);
        text.Append("\nOptions:\n");
        Options(text, [ClientOptions.Format, ClientOptions.Help, ClientOptions.Json, ClientOptions.NoColor, ClientOptions.Version]);
        text.Append("\nThe host is 127.0.0.1:9110, or PBM_HOST, or the first word (before or after --cert-path).\n");
        text.Append("Where it speaks TLS, PBM_CERT_PATH or --cert-path is a directory with ca.pem, cert.pem and key.pem.\n");
        return text.Append("Run 'pbm PALETTE --help' for the commands of a palette.\n").ToString();
    }

    /// <summary>The help of a palette.</summary>
    public static string Of(PaletteSpec palette)
    {
        var text = new StringBuilder($"\nUsage:  pbm {palette.Name} COMMAND\n\n{palette.Description}\n\nCommands:\n");
        Columns(text, [.. palette.Commands.OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => (c.Name, c.Description))]);
        return text.Append($"\nRun 'pbm {palette.Name} COMMAND --help' for more information on a command.\n").ToString();
    }

    /// <summary>The help of a command.</summary>
    public static string Of(PaletteSpec palette, CommandSpec command)
    {
        var text = new StringBuilder($"\nUsage:  {Usage(palette, command)}");
        text.Append($"\n\n{command.Description}\n");
        if (command.Details is { } details) text.Append('\n').AppendJoin('\n', Lines.Wrap(details, Width)).Append('\n');
        if (command.Aliases is [_, ..]) text.Append($"\nAliases:\n  {string.Join(", ", command.Aliases.Prepend(command.Name))}\n");
        if (command.Arguments is [_, ..])
        {
            text.Append("\nArguments:\n");
            Columns(text, [.. command.Arguments.Select(a => (a.Name.ToUpperInvariant(), a.Description))]);
        }

        text.Append("\nOptions:\n");
        Options(text, [.. command.Options.Concat(ClientOptions.For(command)).OrderBy(o => o.Name, StringComparer.Ordinal)]);
        if (command.Examples is [_, ..])
        {
            text.Append("\nExamples:\n");
            foreach (var example in command.Examples) text.Append($"  pbm {example}\n");
        }

        return text.ToString();
    }

    /// <summary>How a command is written.</summary>
    public static string Usage(PaletteSpec palette, CommandSpec command) => string.Join(' ', command.Arguments.Select(Synopsis).Prepend($"pbm {palette.Name} {command.Name} [OPTIONS]"));

    private static string Synopsis(ArgumentSpec argument)
    {
        var name = argument.Name.ToUpperInvariant();
        return (argument.Least, argument.Repeatable) switch
        {
            (0, true) when argument.Verbatim => $"[{name}] [ARG...]",
            (_, true) when argument.Verbatim => $"{name} [ARG...]",
            (0, true) => $"[{name}...]",
            (0, false) => $"[{name}]",
            (_, true) => $"{name} [{name}...]",
            _ => name,
        };
    }

    private static void Options(StringBuilder text, ImmutableArray<OptionSpec> options) => Columns(text, [.. options.Select(o => (Switches(o), Explained(o)))]);

    private static string Switches(OptionSpec option) =>
        $"{(option.Short is { } letter ? $"-{letter}, " : "    ")}--{option.Name}{(option.ValueName is { } value ? $" {value}" : "")}";

    private static string Explained(OptionSpec option)
    {
        var notes = new[] { option.Mandatory ? "required" : null, option.Repeatable ? "repeatable" : null, option.Default is { } d ? $"default {d}" : null };
        var note = string.Join(", ", notes.Where(n => n is not null));
        return note.Length == 0 ? option.Description : $"{option.Description} ({note})";
    }

    private static void Columns(StringBuilder text, ImmutableArray<(string Left, string Right)> rows)
    {
        var left = rows.Select(r => r.Left.Length).DefaultIfEmpty().Max() + 2;
        foreach (var row in rows)
        {
            var first = true;
            foreach (var line in Lines.Wrap(row.Right, Width - left - 2))
            {
                text.Append($"  {(first ? row.Left : "").PadRight(left)}{line}\n");
                first = false;
            }
        }
    }
}
