using NetworkCluster.Gateway;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary>The <c>network</c> palette.</summary>
internal sealed class NetworkPalette(IClusterGateway gateway, IJournalReader journal, TimeProvider time)
{
    private readonly NetworkDirectory _directory = new(gateway);
    private readonly Files.FileSources _sources = new(gateway.Host, time);
    private readonly NetworkPast _past = new(journal, gateway.Host, time);

    /// <summary>The argument that names a network.</summary>
    public static ArgumentSpec Network { get; } = new() { Name = "network", Description = "Name, id, or the beginning of an id", CompletedBy = "network" };

    /// <summary>The palette.</summary>
    public Palette Palette => new("network", "Manage networks",
    [
        new NetworkCreate(gateway, time).Command,
        new NetworkList(_directory).Command,
        new NetworkInspect(gateway, _directory, _past, time).Command,
        new NetworkHistoryCommand(_past).Command,
        new NetworkGraphCommand(_directory).Command,
        new NetworkExport(_directory, _sources).Command,
        new NetworkImport(gateway, _directory, _sources).Command,
        new NetworkUpdate(gateway, _directory).Command,
        new(Remove, RemoveAsync),
        new NetworkPrune(new(gateway, _directory, time)).Command,
        new NetworkConnect(gateway, _directory).Command,
        new NetworkDisconnect(gateway, _directory).Command,
    ])
    {
        Names = _directory.NetworkNamesAsync,
    };

    private static CommandSpec Remove { get; } = new()
    {
        Name = "rm",
        Aliases = ["remove"],
        Description = "Remove one or more networks",
        Details = "A network with running containers stays; disconnect or stop them first.",
        Arguments = [Network with { Repeatable = true }],
        Examples = ["network rm isolated_nw"],
    };

    private Task<int> RemoveAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel) =>
        output.ForEachAsync(invocation.Values("network"), async name =>
        {
            var network = await _directory.NetworkAsync(name, cancel);
            await gateway.AskAsync<NetworkRemoved>(new RemoveNetwork(network.Space, network.Id), cancel);
            await output.LineAsync(name, cancel);
        }, cancel);
}
