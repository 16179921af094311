using System.Collections.Immutable;
using NetworkCluster.Commands.Networks.Files;
using NetworkCluster.Gateway;

namespace NetworkCluster.Commands.Networks;

/// <summary><c>network import</c>.</summary>
internal sealed class NetworkImport(IClusterGateway gateway, NetworkDirectory directory, FileSources sources)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "import",
        Description = "Create the networks of a document in YAML, or those of a Docker engine",
        Details = "All of it is checked first, and everything that is wrong is said at once, with its line; then nothing is created. A network that is there already with the same settings stays as it is, one with other settings is in the way. "
            + "Networks of one host are created on the host that is asked. An engine's networks have routes on its host, which no other network may have: export them, remove them there, and import the document.",
        Arguments = [new() { Name = "file", Least = 0, IsFile = true, Description = "The document, '-' for standard input" }],
        Options = [new() { Name = "dry-run", Description = "Say what would be done, and do nothing" }, .. FileSources.Options],
        Examples = ["network import --dry-run networks.yaml", "network import - < networks.yaml", "network import --dry-run --from-docker"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var (read, networks) = FileSources.IsEngine(invocation) ? await FromEngineAsync(invocation, output, cancel) : await sources.DocumentAsync(invocation, output, cancel);
        var plan = await ImportPlan.MakeAsync(networks, gateway, directory, cancel);
        foreach (var (kind, text) in plan.Problems) await output.ErrorAsync(kind, text, cancel);
        if (!read || !plan.Problems.IsEmpty)
        {
            await output.WriteAsync(new NoticeFrame("nothing was created"), cancel);
            return ExitCodes.Refused;
        }

        var rehearsed = invocation.Has("dry-run");
        if (!rehearsed && await new NetworkImporter(gateway).MakeAsync(plan.New, cancel) is [_, ..] refusals)
        {
            foreach (var reason in refusals) await output.RefusalAsync(reason, cancel);
            await output.WriteAsync(new NoticeFrame(refusals.Length == 1 ? "nothing was created: what had been is removed again" : "what had been created is removed again, but for what is said above"), cancel);
            return ExitCodes.Refused;
        }

        foreach (var network in networks) await output.LineAsync($"{network.Request.Name}: {(plan.There.Contains(network) ? "is there already" : rehearsed ? "would be created" : "created")}", cancel);
        return ExitCodes.Ok;
    }

    private async Task<(bool Read, ImmutableArray<FileNetwork> Networks)> FromEngineAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        if (invocation.Value("file") is not null) throw new UsageException("--from-docker reads from the engine: there is no file with it");
        var (engine, networks) = await sources.EngineAsync(invocation, output, cancel);
        return (engine is not null, networks);
    }
}
