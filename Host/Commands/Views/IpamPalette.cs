using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Endpoints;
using NetworkCluster.Gateway;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Views;

/// <summary>The <c>ipam</c> palette: the pools, and who holds which address.</summary>
internal sealed class IpamPalette(IClusterGateway gateway, TimeProvider time)
{
    private const int BarLength = 10;

    private readonly NetworkDirectory _directory = new(gateway);

    /// <summary>The palette.</summary>
    public Palette Palette => new("ipam", "Show address pools, and keep addresses for containers",
    [
        new(Pools, PoolsAsync),
        new(Addresses, AddressesAsync),
        new IpamReserve(gateway, _directory, time).Command,
        new IpamRelease(gateway, _directory).Command,
    ]);

    private static CommandSpec Pools { get; } = new()
    {
        Name = "pools",
        ReadsOnly = true,
        Description = "List the pools of all networks that can be seen from this host",
        Details = "CAPACITY counts the addresses that are picked from, USED those held (gateway, auxiliary, endpoints), FREE those still to be picked, FULL how much of what can be picked is taken. "
            + "--json has them as Pool, Network, Gateway, Capacity, Used, Free and Full, all of them text, and InUse: those held and the subnet's own (network, broadcast), as Docker counts.",
        Output = CommandOutput.Table,
        Examples = ["ipam pools"],
    };

    private static CommandSpec Addresses { get; } = new()
    {
        Name = "addresses",
        ReadsOnly = true,
        Description = "List the addresses that are taken, with their holders",
        Arguments = [Commands.Networks.NetworkPalette.Network with { Least = 0, Repeatable = true, Description = "Networks by name, id, or the beginning of an id; none: all" }],
        Output = CommandOutput.Table,
        Examples = ["ipam addresses isolated_nw"],
    };

    private async Task<int> PoolsAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var networks = await _directory.AllAsync(cancel);
        var pools = (await ViewsAsync(networks, cancel)).ToDictionary(p => p.Id);
        ImmutableArray<TableColumn> columns =
        [
            new("Pool", "POOL"), new("Network", "NETWORK"), new("Gateway", "GATEWAY"), new("Capacity", "CAPACITY"), new("Used", "USED"), new("Free", "FREE"), new("InUse", null), new("Full", "FULL"),
        ];
        await output.TableAsync(columns, networks.SelectMany(n => n.Pools.Where(p => pools.ContainsKey(p.Id)).Select(p => Row(n, p, pools[p.Id]))), cancel);
        return ExitCodes.Ok;
    }

    private async Task<int> AddressesAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var networks = new List<NetworkSpec>();
        var code = ExitCodes.Ok;
        if (invocation.Values("network") is { IsEmpty: false } names) code = await output.ForEachAsync(names, async n => networks.Add(await _directory.NetworkAsync(n, cancel)), cancel);
        else networks.AddRange(await _directory.AllAsync(cancel));
        if (networks is [] && code != ExitCodes.Ok) return code;
        ImmutableArray<TableColumn> columns = [new("Address", "ADDRESS"), new("Network", "NETWORK"), new("Holder", "HOLDER"), new("Handle", "HANDLE"), new("Pool", null), new("ReservedFor", null), new("ReservedUntil", null)];
        // Who is named twice is listed twice.
        var once = networks.DistinctBy(n => n.Id).ToList();
        var (called, current) = (await NamesAsync(once, cancel), once.ToDictionary(n => n.Id, n => n.Name));
        var rows = (await ViewsAsync(networks, cancel)).Select(p => p with { NetworkName = current.GetValueOrDefault(p.Network, p.NetworkName) }).SelectMany(p => p.Addresses.Select(a => Row(p, a, called)));
        await output.TableAsync(columns, rows, cancel);
        return code;
    }

    private async Task<ImmutableArray<PoolView>> ViewsAsync(IEnumerable<NetworkSpec> networks, CancellationToken cancel)
    {
        var replies = await Task.WhenAll(networks.SelectMany(n => n.Pools).Select(p => gateway.SendAsync(new GetPool(p.Id), cancel)));

        // A pool whose network goes away meanwhile is refused as unknown, and is left out.
        return [.. replies.Where(r => r is not Rejected { Reason: InvalidRequest }).Select(r => r.Expect<PoolView>())];
    }

    // A pool knows its holders as they were called when they came; since then some were renamed.
    private async Task<Dictionary<EndpointId, string>> NamesAsync(IEnumerable<NetworkSpec> networks, CancellationToken cancel)
    {
        var replies = await Task.WhenAll(networks.Select(n => gateway.SendAsync(new GetNetworkMembers(n.Id), cancel)));
        return replies.Where(r => r is not Rejected { Reason: NetworkNotFound }).SelectMany(r => r.Expect<NetworkMembers>().Members).ToDictionary(m => m.Endpoint.Spec.Id, m => m.Endpoint.Spec.ContainerName);
    }

    private static ImmutableArray<string> Row(NetworkSpec network, NetworkPool pool, PoolView view) => Row(network, pool, view, PoolUsage.Of(view));

    private static ImmutableArray<string> Row(NetworkSpec network, NetworkPool pool, PoolView view, PoolUsage usage) =>
    [
        pool.Id.ToString(),
        network.Name,
        pool.Gateway?.ToString() ?? "",
        view.Capacity.ToString(CultureInfo.InvariantCulture),
        view.Addresses.Length.ToString(CultureInfo.InvariantCulture),
        usage.Free.ToString(CultureInfo.InvariantCulture),
        usage.InUse.ToString(CultureInfo.InvariantCulture),
        Bar(usage.Free, view.Capacity),
    ];

    // By what can still be picked: addresses that are held outside of a pool's ranges take none of these. Something is not nothing, and nearly everything is not everything.
    private static string Bar(UInt128 free, UInt128 capacity)
    {
        if (capacity == 0) return "";
        var full = Math.Max(0, 1 - (double)free / (double)capacity);
        var filled = (int)Math.Round(full * BarLength);
        filled = Math.Clamp(filled, full > 0 ? 1 : 0, full < 1 ? BarLength - 1 : BarLength);
        return string.Create(CultureInfo.InvariantCulture, $"{new string('#', filled)}{new string('-', BarLength - filled)} {(full is > 0 and < 0.0005 ? "<0.1" : $"{full * 100:0.#}")} %");
    }

    private static string Holder(HeldAddress held, string network, Dictionary<EndpointId, string> names) =>
        held.Handle == AddressHandle.Gateway ? $"the gateway of {network}"
        : held.Handle.Endpoint is { } endpoint ? names.GetValueOrDefault(endpoint, held.HolderName)
        : held is { Owner: not null, Until: { } end } ? $"{held.HolderName} until {Rfc3339.Text(end)}" : held.HolderName;

    private static ImmutableArray<string> Row(PoolView pool, HeldAddress held, Dictionary<EndpointId, string> names) =>
    [
        held.Address.ToString(),
        pool.NetworkName,
        Holder(held, pool.NetworkName, names),
        held.Handle.Endpoint is { } endpoint ? endpoint.Short : held.Handle.ToString(),
        pool.Id.ToString(),
        held.Owner ?? "",
        held.Until is { } until ? Rfc3339.Text(until) : "",
    ];
}
