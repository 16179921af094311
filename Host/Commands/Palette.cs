using System.Collections.Immutable;

namespace NetworkCluster.Commands;

/// <summary>Carries out one command: turns the words into one message, sends it, prints the reply. Holds no rule of its own.</summary>
/// <returns>The exit code, see <see cref="ExitCodes"/>.</returns>
internal delegate Task<int> CommandHandler(Invocation invocation, ICommandOutput output, CancellationToken cancel);

/// <summary>Names that begin with a prefix, for completion at the prompt.</summary>
internal delegate Task<ImmutableArray<string>> NameCompletion(string prefix, CancellationToken cancel);

/// <summary>A command as data with the code behind it.</summary>
internal sealed record PaletteCommand(CommandSpec Spec, CommandHandler Handler);

/// <summary>A group of commands with the code behind them. Whatever front end serves it (ours over HTTP, Petabridge.Cmd) reads the same definition.</summary>
internal sealed record Palette(string Name, string Description, ImmutableArray<PaletteCommand> Commands)
{
    /// <summary>Completes names of the palette's objects; none: nothing to complete.</summary>
    public NameCompletion? Names { get; init; }

    /// <summary>The data alone.</summary>
    public PaletteSpec Spec => new() { Name = Name, Description = Description, Commands = [.. Commands.Select(c => c.Spec)] };
}
