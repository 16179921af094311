using System.Collections.Immutable;
using NetworkCluster.Commands;

namespace NetworkCluster.Pbm;

/// <summary>The options that every command has because the client carries them out: the host never sees them.</summary>
internal static class ClientOptions
{
    public static OptionSpec Help { get; } = new() { Name = "help", Description = "Print usage" };

    public static OptionSpec Json { get; } = new() { Name = "json", Description = "Print machine-readable JSON" };

    public static OptionSpec NoColor { get; } = new() { Name = "no-color", Description = "Print plain text (also with NO_COLOR set)" };

    /// <summary>Stands alone, in place of a palette.</summary>
    public static OptionSpec Version { get; } = new() { Name = "version", Description = "Print the version of this program" };

    public static OptionSpec Format { get; } =
        new() { Name = "format", ValueName = "template", Description = "table, json, 'table TEMPLATE' with headings, or a template for each object, e.g. '{{.Name}} {{.ID}}' or '{{json .}}'" };

    /// <summary>The options of a command that the client carries out. <c>-f</c> means <c>--format</c> where the command has no use for it itself.</summary>
    public static ImmutableArray<OptionSpec> For(CommandSpec command)
    {
        if (command.Output == CommandOutput.Text) return [Help, Json, NoColor];
        var letter = command.Options.Any(o => o.Short == 'f') ? (char?)null : 'f';
        return [Format with { Short = letter }, Help, Json, NoColor];
    }

    /// <summary>An option of the command or of the client by its long name.</summary>
    public static OptionSpec? Find(CommandSpec command, string name) =>
        command.Options.FirstOrDefault(o => o.Name == name) ?? For(command).FirstOrDefault(o => o.Name == name);

    /// <summary>An option of the command or of the client by its letter.</summary>
    public static OptionSpec? Find(CommandSpec command, char letter) =>
        command.Options.FirstOrDefault(o => o.Short == letter) ?? For(command).FirstOrDefault(o => o.Short == letter);
}
