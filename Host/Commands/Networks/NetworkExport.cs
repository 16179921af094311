using System.Text.Json;
using NetworkCluster.Commands.Networks.Files;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary><c>network export</c>.</summary>
internal sealed class NetworkExport(NetworkDirectory directory, FileSources sources)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "export",
        Description = "Write networks as a document in YAML that 'network import' reads",
        Details = "Without names all of this host's and the cluster's, but for bridge, host and none, which every host makes by itself. What was picked for a network is named in the document: its subnets, its gateways. With --json it is in JSON, and 'network import' reads that, too. "
            + "Containers and reservations are not in it; a copy of the journal has everything.",
        Arguments = [NetworkPalette.Network with { Least = 0, Repeatable = true, Description = "Networks by name, id, or the beginning of an id", CompletedBy = "network" }],
        Options = FileSources.Options,
        Examples = ["network export", "network export isolated_nw multihost", "network export --from-docker"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var names = invocation.Values("network");
        if (FileSources.IsEngine(invocation))
        {
            var (engine, found) = await sources.EngineAsync(invocation, output, cancel);
            if (engine is null) return ExitCodes.Refused;
            var unknown = names.Where(name => found.All(network => network.Request.Name != name)).ToList();
            foreach (var name in unknown) await output.ErrorAsync(nameof(NetworkNotFound), $"network {name} of the engine at {engine.Socket} not found, or left out", cancel);
            if (unknown is []) await WriteAsync(found.Where(network => names.IsEmpty || names.Contains(network.Request.Name)), output, cancel);
            return unknown is [] ? ExitCodes.Ok : ExitCodes.Refused;
        }

        var networks = new List<NetworkSpec>();
        var code = await output.ForEachAsync(names, async name =>
        {
            var network = await directory.NetworkAsync(name, cancel);
            networks.Add(!network.Predefined ? network : throw new RefusedException(new ReservedNetworkName(network.Name)));
        }, cancel);
        // A document that lacks something is taken for whole by whoever finds it.
        if (code != ExitCodes.Ok) return code;
        if (names.IsEmpty) networks.AddRange((await directory.AllAsync(cancel)).Where(network => !network.Predefined));
        await WriteAsync(networks.DistinctBy(network => network.Id).Select(FileNetwork.Of), output, cancel);
        return ExitCodes.Ok;
    }

    // Where a form is asked for it is one document, in place of its first line.
    private static async Task WriteAsync(IEnumerable<FileNetwork> networks, ICommandOutput output, CancellationToken cancel)
    {
        var all = networks.ToList();
        JsonElement? document = NetworkFileWriter.WriteJson(all);
        foreach (var line in NetworkFileWriter.Write(all).TrimEnd('\n').Split('\n'))
        {
            await output.WriteAsync(new TextFrame(line, IsHeading: document is null) { Document = document }, cancel);
            document = null;
        }
    }
}
