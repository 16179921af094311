using System.Collections.Immutable;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Agents;

// What this host's endpoints need to reach those of other hosts.
public sealed partial class HostNetworking
{
    /// <inheritdoc/>
    public async Task SetRemotesAsync(NetworkSpec network, ImmutableArray<AttachedEndpoint> endpoints, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(network);
        _ = Startup;
        var changed = false;
        await InNetworkAsync(network.Id, async state =>
        {
            changed = state.Ensured && IsOther(state, network);
            state.Told = true;
            state.Remotes.Clear();
            foreach (var endpoint in endpoints) state.Remotes[endpoint.Id] = DriverOf(network).Remote(network, endpoint, _host);
            // With a look at what is there: an earlier life may have known others.
            if (state.Ensured) await EnsureAsync(state, network, cancel);
            else Forget(network.Id, state);
        }, cancel);
        if (changed) await ReviseAsync(network, cancel);
    }

    /// <inheritdoc/>
    public Task ChangeRemotesAsync(NetworkSpec network, AttachedEndpoint? come, EndpointId? gone, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(network);
        _ = Startup;
        return InNetworkAsync(network.Id, async state =>
        {
            // A change follows on a whole view: where nothing of that is kept, nobody was in it.
            state.Told = true;
            var before = Wanted.Nothing;
            foreach (var id in new[] { gone, come?.Id }.OfType<EndpointId>())
            {
                if (state.Remotes.Remove(id, out var known)) before = before.With(known);
            }

            var after = come is null ? Wanted.Nothing : state.Remotes[come.Id] = DriverOf(network).Remote(network, come, _host);
            if (!state.Ensured)
            {
                Forget(network.Id, state);
                return;
            }

            await ApplyAsync(
            [
                .. before.Neighbours.Where(n => !after.Neighbours.Any(a => a.Address == n.Address)).Select(n => new DeleteNeighbour(n)),
                .. before.Forwardings.Where(f => !after.Forwardings.Any(a => a.Mac == f.Mac)).Select(f => new DeleteForwarding(f)),
                // One that is there with another value is replaced.
                .. after.Forwardings.Select(f => new AddForwarding(f)),
                .. after.Neighbours.Select(n => new AddNeighbour(n)),
                .. after.Neighbours.Select(n => new AnnounceNeighbour(n)),
            ], cancel);
        }, cancel);
    }
}
