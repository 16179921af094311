using System.Collections.Immutable;
using Petabridge.Cmd;
using Petabridge.Cmd.Host;

namespace NetworkCluster.Commands.PetabridgeCmd;

/// <summary>Runs the commands of one palette for one connection, by the same handlers as our own command line's.</summary>
internal sealed class PetabridgeCommands : CommandHandlerActor
{
    private readonly CommandRunner _runner;
    private readonly string _palette;

    public PetabridgeCommands(Palette palette, CommandRunner runner) : base(PetabridgePalettes.Of(palette))
    {
        (_palette, _runner) = (palette.Name, runner);
        foreach (var command in palette.Commands) Process(command.Spec.Name, asked => Run(command, asked));
    }

    private void Run(PaletteCommand command, Command asked)
    {
        // No input, and nobody says when the asker goes: a command that follows something goes on until the host ends.
        var request = new CommandRequest(asked.Arguments.GroupBy(given => NameOf(command.Spec, given.Item1))
            .ToImmutableSortedDictionary(given => given.Key, given => given.Select(one => IsSwitch(command.Spec, given.Key) ? "true" : one.Item2).ToImmutableArray()));
        _ = _runner.RunAsync(null, (_palette, command), null, request, null, new PetabridgeOutput(Sender), CancellationToken.None);
    }

    private static bool IsSwitch(CommandSpec spec, string name) => spec.Options.Any(option => option.Name == name && option.IsSwitch);

    // An unknown one keeps its name, and is refused as at our own command line.
    private static string NameOf(CommandSpec spec, string given) =>
        given is ['-', not '-'] ? spec.Options.FirstOrDefault(option => option.Short == given[1])?.Name ?? given : given.TrimStart('-');
}
