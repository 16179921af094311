using Akka.Actor;
using NetworkCluster.Entities;
using Petabridge.Cmd;
using Petabridge.Cmd.Host;

namespace NetworkCluster.Commands.PetabridgeCmd;

/// <summary>Serves the palettes with Petabridge.Cmd, too, to that product's own command line. Only in a host that is built with <c>-p:PetabridgeCmd=true</c>; see README.md beside this.</summary>
internal static class PetabridgePalettes
{
    /// <summary>Begins to serve, where <c>petabridge.cmd</c> says.</summary>
    public static void Start(ActorSystem system, IEnumerable<Palette> palettes, JournalHealth journal, Microsoft.Extensions.Logging.ILogger log, CancellationToken stopping)
    {
        var served = global::Petabridge.Cmd.Host.PetabridgeCmd.Get(system);
        foreach (var palette in palettes) served.RegisterCommandPalette(new PetabridgePalette(palette, new CommandRunner(journal, log, stopping)));
        served.Start();
    }

    /// <summary>A palette in Petabridge.Cmd's words: what is positional at our command line is a switch of the same name there.</summary>
    public static CommandPalette Of(Palette palette) => new(palette.Name, [.. palette.Commands.Select(command => Of(command.Spec))]);

    private static CommandDefinition Of(CommandSpec spec)
    {
        var definition = new CommandDefinitionBuilder().WithName(spec.Name).WithDescription(spec.Description);
        foreach (var argument in spec.Arguments)
            definition = definition.WithArgument(one => one.WithName(argument.Name).WithDescription(argument.Description).IsMandatory(argument.Least > 0).WithSwitch($"--{argument.Name}"));
        foreach (var option in spec.Options)
        {
            definition = definition.WithArgument(one =>
            {
                var built = one.WithName(option.Name).WithDescription(option.Description).IsMandatory(option.Mandatory).WithSwitch($"--{option.Name}");
                return option.Short is { } letter ? built.WithSwitch($"-{letter}") : built;
            });
        }

        return definition.Build();
    }
}

/// <summary>One palette, as Petabridge.Cmd asks for it.</summary>
internal sealed class PetabridgePalette(Palette palette, CommandRunner runner) : CommandPaletteHandler(PetabridgePalettes.Of(palette))
{
    /// <inheritdoc/>
    public override Props HandlerProps => Props.Create(() => new PetabridgeCommands(palette, runner));
}
