using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using NetworkCluster.Containers;
using NetworkCluster.Gateway;
using NetworkCluster.Hosting;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Operations;

/// <summary>
/// What is counted when somebody asks: this host's containers and endpoints, its own networks' pools, and those of the cluster's networks that its containers are in. So a pool of an overlay
/// network is told by every host that takes part, with one and the same number. Cluster-wide sums are taken over one of them.
/// </summary>
internal sealed class HostGauges : IDisposable
{
    // What one look may cost: further pools are left out and counted.
    private const int MostPools = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Meter _meter = new("NetworkCluster.Host");
    private readonly IClusterGateway _gateway;
    private volatile Seen _seen = Seen.Nothing;

    public HostGauges(IClusterGateway gateway, HostNode node)
    {
        _gateway = gateway;
        _meter.CreateObservableGauge("network_cluster_journal_available", () => node.Journal.Outage is null ? 1 : 0, null, "Whether the journal can be reached and takes writes");
        _meter.CreateObservableGauge("network_cluster_members", () => Members(node), null, "Members of the cluster as this process sees them, by status");
        _meter.CreateObservableGauge("network_cluster_containers", () => _seen.Containers.AsEnumerable(), null, "Containers of this host, by status");
        _meter.CreateObservableGauge("network_cluster_endpoints", () => _seen.Endpoints.AsEnumerable(), null, "Endpoints of this host's containers: attached, or configured for the next start");
        _meter.CreateObservableGauge("network_cluster_pool_capacity", () => _seen.Pools.Select(pool => Measure(pool, (double)pool.View.Capacity)), null, "Addresses that a pool's network picks from in all (its ip-ranges, where it has some)");
        _meter.CreateObservableGauge("network_cluster_pool_free", () => _seen.Pools.Select(pool => Measure(pool, (double)PoolUsage.Of(pool.View).Free)), null, "Those that are still to be picked");
        _meter.CreateObservableGauge("network_cluster_pool_used", () => _seen.Pools.Select(pool => Measure(pool, pool.View.Addresses.Length)), null, "Addresses of a pool's subnet that are held, also outside of its ip-ranges");
        _meter.CreateObservableGauge("network_cluster_pools_left_out", () => _seen.LeftOut, null, $"Pools beyond the first {MostPools}, which are not told here");
        _meter.CreateObservableGauge("network_cluster_endpoints_reclaimed", () => _seen.Host is { } host ? [new Measurement<int>(host.Reclaimed)] : Enumerable.Empty<Measurement<int>>(), null, "Stale endpoints that were given back when this host joined last");
        _meter.CreateObservableGauge("network_cluster_containers_adopted", () => _seen.Host is { } host ? [new Measurement<int>(host.Adopted)] : Enumerable.Empty<Measurement<int>>(), null, "Containers that were found alive when this host joined last");
    }

    /// <summary>Counts anew. What does not answer in time is left out.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            _seen = await SeenAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            _seen = Seen.Nothing;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private async Task<Seen> SeenAsync(CancellationToken cancel)
    {
        var host = await _gateway.SendAsync(new GetHost(_gateway.Host), cancel) as HostView;
        // One without a data plane has neither.
        if (host is null) return Seen.Nothing;
        var containers = (await _gateway.SendAsync(new ListContainers(_gateway.Host), cancel) as ContainerList)?.Containers ?? [];
        var member = containers.SelectMany(container => container.Endpoints).Select(endpoint => endpoint.Spec.Network).ToHashSet();
        var lists = await Task.WhenAll(_gateway.SendAsync(new ListNetworks(AddressSpaceId.Of(_gateway.Host)), cancel), _gateway.SendAsync(new ListNetworks(AddressSpaceId.Global), cancel));
        var networks = (lists[0] as NetworkList)?.Networks.Concat((lists[1] as NetworkList)?.Networks.Where(network => member.Contains(network.Id)) ?? []) ?? [];
        var pools = networks.SelectMany(network => network.Pools.Select(pool => (network.Name, pool.Id))).ToList();
        var views = await Task.WhenAll(pools.Take(MostPools).Select(async pool => (pool.Name, View: await _gateway.SendAsync(new GetPool(pool.Id), cancel) as PoolView)));
        return new(
            host,
            [.. Enum.GetValues<ContainerStatus>().Select(status => Measure("status", status.ToString(), containers.Count(container => container.Status == status)))],
            [Measure("state", "Attached", containers.Sum(Attached)), Measure("state", "Configured", containers.Sum(container => container.Endpoints.Length - Attached(container)))],
            [.. views.Where(view => view.View is not null).Select(view => (view.Name, view.View!))],
            Math.Max(0, pools.Count - MostPools));
    }

    private static int Attached(ContainerView container) => container.Endpoints.Count(endpoint => endpoint.Attached is not null);

    private static IEnumerable<Measurement<int>> Members(HostNode node) =>
        node.System.WhenTerminated.IsCompleted ? [] : node.Cluster.State.Members.GroupBy(member => node.Cluster.State.Unreachable.Contains(member) ? "Unreachable" : member.Status.ToString()).Select(group => Measure("status", group.Key, group.Count()));

    private static Measurement<int> Measure(string name, string value, int count) => new(count, new KeyValuePair<string, object?>(name, value));

    private static Measurement<double> Measure((string Network, PoolView View) pool, double count) => new(count, new KeyValuePair<string, object?>("network", pool.Network), new KeyValuePair<string, object?>("pool", pool.View.Id.ToString()));

    private sealed record Seen(HostView? Host, ImmutableArray<Measurement<int>> Containers, ImmutableArray<Measurement<int>> Endpoints, ImmutableArray<(string Network, PoolView View)> Pools, int LeftOut)
    {
        public static readonly Seen Nothing = new(null, [], [], [], 0);
    }
}
