using NetworkCluster.Commands.Documents;
using NetworkCluster.Gateway;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary><c>network inspect</c>.</summary>
internal sealed class NetworkInspect(IClusterGateway gateway, NetworkDirectory directory, NetworkPast past, TimeProvider time)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "inspect",
        ReadsOnly = true,
        Description = "Display detailed information on one or more networks",
        Arguments = [NetworkPalette.Network with { Repeatable = true }],
        Options =
        [
            new() { Name = "at", ValueName = "time", Description = "Show them as they were, out of the journal: 10m (ago), 2026-11-25T12:00:00, or seconds since 1970", Default = "now" },
            new() { Name = "verbose", Short = 'v', Description = "Show the pools' usage too, and all endpoints with their hosts, aliases and links, those of stopped containers included" },
        ],
        Output = CommandOutput.Document,
        Examples = ["network inspect isolated_nw", "network inspect --format '{{json .Containers}}' isolated_nw", "network inspect --at 10m isolated_nw"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var documents = new List<NetworkDocument>();
        DateTimeOffset? at = invocation.Value("at") is { } text ? PointInTime.Parse("--at", text, time) : null;
        if (at is not null && invocation.Has("verbose")) throw new UsageException("--verbose shows what is now: it does not go with --at");
        var code = await output.ForEachAsync(invocation.Values("network"), async name =>
            documents.Add(at is { } then ? NetworkDocument.From(await past.AtAsync(name, then, cancel)) : await NowAsync(name, invocation.Has("verbose"), cancel)), cancel);
        await output.DocumentAsync([.. documents], DocumentJson.Default.ImmutableArrayNetworkDocument, cancel);
        return code;
    }

    private async Task<NetworkDocument> NowAsync(string name, bool isVerbose, CancellationToken cancel)
    {
        var network = await directory.NetworkAsync(name, cancel);
        var document = NetworkDocument.From(await directory.ViewAsync(network, cancel));
        return isVerbose ? document with { Verbose = await VerboseAsync(network, cancel) } : document;
    }

    private async Task<NetworkVerboseDocument> VerboseAsync(NetworkSpec network, CancellationToken cancel)
    {
        var members = await gateway.AskAsync<NetworkMembers>(new GetNetworkMembers(network.Id), cancel);
        var pools = await Task.WhenAll(network.Pools.Select(pool => gateway.AskAsync<PoolView>(new GetPool(pool.Id), cancel)));
        return NetworkVerboseDocument.From(members, pools);
    }
}
