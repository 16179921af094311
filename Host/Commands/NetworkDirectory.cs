using System.Collections.Immutable;
using NetworkCluster.Containers;
using NetworkCluster.Gateway;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands;

/// <summary>What can be seen from this host: its own networks and the cluster's.</summary>
internal sealed class NetworkDirectory(IClusterGateway gateway)
{
    /// <summary>All networks, by name and then id, as Docker lists them.</summary>
    public async Task<ImmutableArray<NetworkSpec>> AllAsync(CancellationToken cancel)
    {
        var lists = await Task.WhenAll(
            gateway.AskAsync<NetworkList>(new ListNetworks(AddressSpaceId.Of(gateway.Host)), cancel),
            gateway.AskAsync<NetworkList>(new ListNetworks(AddressSpaceId.Global), cancel));
        return [.. lists.SelectMany(l => l.Networks).OrderBy(n => n.Name, StringComparer.Ordinal).ThenBy(n => n.Id.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>Those of <see cref="AllAsync"/> that pass a filter.</summary>
    public async Task<ImmutableArray<NetworkSpec>> MatchingAsync(Networks.NetworkFilter filter, CancellationToken cancel)
    {
        var all = await AllAsync(cancel);
        ImmutableHashSet<NetworkId> inUse = [];
        if (filter.NeedsViews) inUse = [.. (await ViewsAsync(all, cancel)).Where(v => !v.Endpoints.IsEmpty).Select(v => v.Spec.Id)];
        return [.. all.Where(n => filter.Matches(n, inUse.Contains(n.Id)))];
    }

    /// <summary>A network that was looked up, with its endpoints. Its labels are those of the look-up: they are its address space's.</summary>
    /// <exception cref="RefusedException">It is gone.</exception>
    public async Task<NetworkView> ViewAsync(NetworkSpec network, CancellationToken cancel)
    {
        var view = await gateway.AskAsync<NetworkView>(new GetNetwork(network.Id), cancel);
        return view with { Spec = view.Spec with { Labels = network.Labels } };
    }

    /// <summary>All networks with their endpoints. One that goes away meanwhile is left out.</summary>
    public async Task<ImmutableArray<NetworkView>> ViewsAsync(IEnumerable<NetworkSpec> networks, CancellationToken cancel)
    {
        var replies = await Task.WhenAll(networks.Select(n => gateway.SendAsync(new GetNetwork(n.Id), cancel)));
        return [.. replies.Where(r => r is not Rejected { Reason: NetworkNotFound }).Select(r => r.Expect<NetworkView>())];
    }

    /// <summary>The network of a name or id.</summary>
    /// <exception cref="RefusedException">There is none, or several.</exception>
    public async Task<NetworkSpec> NetworkAsync(string nameOrId, CancellationToken cancel) =>
        (await gateway.ResolveNetworkAsync(nameOrId, cancel)).Expect<NetworkSummary>().Spec;

    /// <summary>This host's container of a name or id.</summary>
    /// <exception cref="RefusedException">There is none, or several.</exception>
    public async Task<ContainerView> ContainerAsync(string nameOrId, CancellationToken cancel) =>
        (await gateway.ResolveContainerAsync(nameOrId, cancel)).Expect<ContainerView>();

    /// <summary>A network and a container of this host, looked up at once.</summary>
    /// <exception cref="RefusedException">There is none, or several.</exception>
    public async Task<(NetworkSpec Network, ContainerView Container)> BothAsync(string network, string container, CancellationToken cancel)
    {
        var (spec, reply) = await FindBothAsync(network, container, cancel);
        return (spec, reply.Expect<ContainerView>());
    }

    /// <summary>A network and a container of this host; where asked for, also one that the network's view shows on another host.</summary>
    /// <exception cref="RefusedException">There is none, or several.</exception>
    public async Task<(NetworkSpec Network, HostId Host, ContainerId Container)> MemberAsync(string networkNameOrId, string nameOrId, bool anywhere, CancellationToken cancel)
    {
        var (network, reply) = await FindBothAsync(networkNameOrId, nameOrId, cancel);
        if (reply is Rejected { Reason: ContainerNotFound } && anywhere)
        {
            var view = await gateway.AskAsync<NetworkView>(new GetNetwork(network.Id), cancel);
            if (view.Endpoints.FirstOrDefault(e => e.Spec.ContainerName == nameOrId || e.Spec.Container.ToString() == nameOrId) is { } endpoint)
                return (network, endpoint.Spec.Host, endpoint.Spec.Container);
        }

        var container = reply.Expect<ContainerView>();
        return (network, container.Host, container.Spec.Id);
    }

    private async Task<(NetworkSpec Network, IReply Container)> FindBothAsync(string network, string container, CancellationToken cancel)
    {
        var replies = await Task.WhenAll(gateway.ResolveNetworkAsync(network, cancel), gateway.ResolveContainerAsync(container, cancel));
        return (replies[0].Expect<NetworkSummary>().Spec, replies[1]);
    }

    /// <summary>This host's containers, the newest first, as Docker lists them.</summary>
    public async Task<ImmutableArray<ContainerView>> ContainersAsync(CancellationToken cancel) =>
        [.. (await gateway.AskAsync<ContainerList>(new ListContainers(gateway.Host), cancel)).Containers.Reverse()];

    /// <summary>Those of <see cref="ContainersAsync"/> that pass a filter.</summary>
    /// <exception cref="RefusedException">A container that the filter names is not there, or there are several.</exception>
    public async Task<IEnumerable<ContainerView>> MatchingAsync(Containers.ContainerFilter filter, CancellationToken cancel)
    {
        var all = await ContainersAsync(cancel);
        var named = new Dictionary<string, ContainerId>();
        foreach (var name in filter.Named) named[name] = (await ContainerAsync(name, cancel)).Spec.Id;
        return filter.Passing(all, named);
    }

    /// <summary>Names of networks that begin with a prefix.</summary>
    public async Task<ImmutableArray<string>> NetworkNamesAsync(string prefix, CancellationToken cancel) =>
        [.. (await AllAsync(cancel)).Select(n => n.Name).Where(n => n.StartsWith(prefix, StringComparison.Ordinal))];

    /// <summary>Names of this host's containers that begin with a prefix.</summary>
    public async Task<ImmutableArray<string>> ContainerNamesAsync(string prefix, CancellationToken cancel) =>
        [.. (await ContainersAsync(cancel)).Select(c => c.Spec.Name).Where(n => n.StartsWith(prefix, StringComparison.Ordinal))];
}
