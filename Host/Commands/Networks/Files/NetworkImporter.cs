using System.Collections.Immutable;
using NetworkCluster.Gateway;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks.Files;

/// <summary>Makes the networks of a plan: all of them, or none where that is in our hands.</summary>
internal sealed class NetworkImporter(IClusterGateway gateway)
{
    /// <summary>Makes them one after the other. The first that is refused ends it, and those before it are removed again.</summary>
    /// <returns>What was refused, and what could not be undone; empty: all are there.</returns>
    public async Task<ImmutableArray<Rejection>> MakeAsync(ImmutableArray<FileNetwork> networks, CancellationToken cancel)
    {
        var begun = new Stack<NetworkSpec>();
        foreach (var network in networks)
        {
            var refusal = await MakeAsync(network, begun, cancel);
            if (refusal is not null) return [refusal, .. await UndoAsync(begun, cancel)];
        }

        return [];
    }

    private async Task<Rejection?> MakeAsync(FileNetwork network, Stack<NetworkSpec> begun, CancellationToken cancel)
    {
        var reply = await gateway.CreateNetworkAsync(network.Request, cancel);
        // It has the same id: sent again it is the same command, and says how the first one ended.
        if (reply is Rejected { Reason: OutcomeUnknown }) reply = await gateway.CreateNetworkAsync(network.Request, cancel);
        if (reply is Rejected { Reason: var reason }) return reason;
        var made = reply.Expect<NetworkSummary>().Spec;
        begun.Push(made);
        foreach (var range in network.MoreRanges)
        {
            if (await gateway.UpdateNetworkAsync(new(made.Space, made.Id, gateway.Host) { IpRange = range }, cancel) is Rejected { Reason: var refusal }) return refusal;
        }

        return null;
    }

    private async Task<ImmutableArray<Rejection>> UndoAsync(Stack<NetworkSpec> begun, CancellationToken cancel)
    {
        var left = ImmutableArray.CreateBuilder<Rejection>();
        while (begun.TryPop(out var network))
        {
            if (await gateway.SendAsync(new RemoveNetwork(network.Space, network.Id), cancel) is Rejected { Reason: not NetworkNotFound and var reason }) left.Add(reason);
        }

        return left.ToImmutable();
    }
}
