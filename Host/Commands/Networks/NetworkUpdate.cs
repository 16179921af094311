using NetworkCluster.Gateway;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary><c>network update</c>.</summary>
internal sealed class NetworkUpdate(IClusterGateway gateway, NetworkDirectory directory)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "update",
        Description = "Change a network's labels",
        Details = "In place: containers in it notice nothing.",
        Arguments = [NetworkPalette.Network],
        Options =
        [
            new() { Name = "label-add", ValueName = "key=value", Repeatable = true, Description = "Add a label, or give it another value" },
            new() { Name = "label-rm", ValueName = "key", Repeatable = true, Description = "Remove a label; one that is also added stays" },
        ],
        Examples = ["network update --label-add team=blue --label-rm temporary isolated_nw"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var (set, removed) = (invocation.KeyValues("label-add"), invocation.Values("label-rm"));
        if (set.IsEmpty && removed.IsEmpty) throw new UsageException("nothing to change: give --label-add or --label-rm");
        var network = await directory.NetworkAsync(invocation.Required("network"), cancel);
        var changed = await gateway.AskAsync<NetworkSummary>(new RelabelNetwork(network.Space, network.Id, set, removed), cancel);
        await output.LineAsync(changed.Spec.Name, cancel);
        return ExitCodes.Ok;
    }
}
