using System.Collections.Concurrent;
using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Commands;
using NetworkCluster.Drivers;
using NetworkCluster.Gateway;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Engine;

/// <summary>
/// A subnet that the engine has asked for, until it says what network it is for: nothing is claimed in the cluster yet. An engine asks for the pool first, then for its gateway and auxiliary
/// addresses, then for the network, and tells the network's name to nobody.
/// </summary>
internal sealed class PoolDraft
{
    /// <summary>The network of the cluster that has the subnet already: the engine's becomes the same one.</summary>
    public NetworkSpec? Joins { get; init; }
    /// <summary>Its gateway, when the engine has asked for it.</summary>
    public InetAddress? Gateway { get; set; }
    /// <summary>Whether nobody wished for this subnet: it was picked for the network.</summary>
    public bool Picked { get; init; }
    /// <summary>When the engine asked for it.</summary>
    public required long Since { get; init; }
}

/// <summary>
/// The engine's IPAM driver. A pool is asked for by its key in the cluster, so that it means the same after any restart. The address of a container that is to be is reserved for a minute;
/// the endpoint that comes with it takes it over, and if none comes, it is free again by itself.
/// </summary>
/// <param name="gateway">The cluster.</param>
/// <param name="blocks">Where free subnets are picked from, in order: of local networks, of global ones.</param>
/// <param name="hostRoutes">The host's routes, which no new subnet may cover.</param>
/// <param name="time">The clock.</param>
internal sealed class EnginePools(IClusterGateway gateway, (ImmutableArray<DefaultPool> Local, ImmutableArray<DefaultPool> Global) blocks, Func<CancellationToken, Task<ImmutableArray<Subnet>>> hostRoutes, TimeProvider time)
{
    /// <summary>The option by which a network of the cluster is named: its name there.</summary>
    public const string NameOption = "network-cluster.name";
    /// <summary>The option by which the cluster's driver is chosen: overlay without it.</summary>
    public const string DriverOption = "network-cluster.driver";

    private const string RequestType = "RequestAddressType", Gateway = "com.docker.network.gateway";
    // Others pick at the same time.
    private const int Attempts = 20;
    private const int LongestOwner = 63;
    // An engine makes the network a moment later; one that died in between never says so.
    private static readonly TimeSpan Unclaimed = TimeSpan.FromMinutes(1), Undrawn = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<PoolId, PoolDraft> _drafts = new();
    // Whose turn it is to pick an address of a pool, or a subnet for one that is not there yet.
    private readonly ConcurrentDictionary<PoolId, SemaphoreSlim> _picking = new();
    private static PoolId NewPool => default;

    /// <summary>Whom addresses are reserved for until their endpoints come.</summary>
    public string Owner { get; } = $"engine-{gateway.Host}" is { Length: > LongestOwner } name ? name[..LongestOwner] : $"engine-{gateway.Host}";

    /// <summary>What the engine has asked of a subnet.</summary>
    public (PoolId Id, PoolDraft Draft)? DraftOf(Subnet subnet)
    {
        foreach (var (id, draft) in _drafts) if (id.Subnet == subnet && FindDraft(id) is not null) return (id, draft);
        return null;
    }

    private PoolDraft? FindDraft(PoolId id)
    {
        if (!_drafts.TryGetValue(id, out var draft)) return null;
        if (time.GetElapsedTime(draft.Since) < Undrawn) return draft;
        _drafts.TryRemove(KeyValuePair.Create(id, draft));
        return null;
    }

    /// <summary>The network is there: its subnets are drafts no more.</summary>
    public void Settle(IEnumerable<PoolId> pools)
    {
        foreach (var pool in pools) _drafts.TryRemove(pool, out _);
    }

    /// <summary>A subnet for a network that is to be, or the one of the network that it is to be the same as.</summary>
    public async Task<PoolAnswer> RequestPoolAsync(PoolBody body, CancellationToken cancel)
    {
        if (body.Options?.Keys.FirstOrDefault(key => key is not (NameOption or DriverOption)) is { } unknown) throw new RefusedException(new InvalidRequest($"unknown option {unknown} for addresses: there are {NameOption} and {DriverOption}"));
        var space = SpaceOf(body.Options);
        if (body.Options?.GetValueOrDefault(NameOption) is { Length: > 0 } name && await FindAsync(space, name, cancel) is { } named) return Joined(named, body);
        if (body is not { Pool.Length: > 0 })
        {
            if (body.SubPool is { Length: > 0 }) throw new RefusedException(new InvalidRequest("an ip-range needs a subnet"));
            return await ChooseAsync(space, body.V6, cancel);
        }

        if (!Subnet.TryParse(body.Pool, out var subnet)) throw new RefusedException(new InvalidRequest($"invalid subnet {body.Pool}"));
        var range = body.SubPool is not { Length: > 0 } text ? (Subnet?)null : Subnet.TryParse(text, out var sub) ? sub : throw new RefusedException(new InvalidRequest($"invalid ip-range {text}"));
        if (range is { } part && !subnet.Contains(part)) throw new RefusedException(new InvalidRequest($"the ip-range {part} is not in the subnet {subnet}"));
        var taken = (await gateway.AskAsync<TakenSubnets>(new GetTakenSubnets(space, [subnet]), cancel)).Subnets;
        if (taken is [var only] && only.Subnet == subnet && await FindAsync(space, only.Network, cancel) is { } owner) return Joined(owner, body);
        if (taken is [var way, ..]) throw new RefusedException(new PoolOverlap(subnet, way.Subnet, way.Network));
        if (subnet.IsIPv6 != body.V6) throw new RefusedException(new InvalidRequest($"{subnet} is {(body.V6 ? "no IPv6" : "no IPv4")} subnet"));
        return Drafted(new(space, subnet, range), Now());
    }

    private PoolAnswer Joined(NetworkSpec network, PoolBody body)
    {
        var pool = network.Pools.FirstOrDefault(pool => pool.Id.Subnet.IsIPv6 == body.V6 && (body.Pool is not { Length: > 0 } || pool.Id.Subnet.ToString() == body.Pool) && FindDraft(pool.Id) is null)
            ?? network.Pools.FirstOrDefault(pool => pool.Id.Subnet.ToString() == body.Pool)
            ?? throw new RefusedException(new InvalidRequest(NotJoined(network, body)));
        if (body.SubPool is { Length: > 0 } range && range != pool.Id.SubPool?.ToString())
            throw new RefusedException(new InvalidRequest($"network {network.Name} has {(pool.Id.SubPool is { } had ? $"the ip-range {had}" : "no ip-range")}, and not {range}"));
        return Drafted(pool.Id, Now(network));
    }

    private static string NotJoined(NetworkSpec network, PoolBody body) =>
        // It asks for one after the other until one is on no way that the host has, if none was named.
        body.Pool is not { Length: > 0 } && network.Pools.FirstOrDefault(pool => pool.Id.Subnet.IsIPv6 == body.V6) is { } again
            ? $"the host has network {network.Name} already, and its engine takes such a subnet only by name: say --subnet {again.Id.Subnet}, too"
            : $"network {network.Name} has no {(body.V6 ? "IPv6" : "IPv4")} subnet {body.Pool} but {string.Join(", ", network.Pools.Select(pool => pool.Id.Subnet))}";

    // What is a draft is not picked again.
    private Task<PoolAnswer> ChooseAsync(AddressSpaceId space, bool ipv6, CancellationToken cancel) => InTurnAsync(NewPool, async () =>
    {
        var pools = space == AddressSpaceId.Global ? blocks.Global : blocks.Local;
        var taken = await Task.WhenAll(((ReadOnlySpan<AddressSpaceId>)[AddressSpaceId.Global, AddressSpaceId.Of(gateway.Host)]).ToArray()
            .Select(one => gateway.AskAsync<TakenSubnets>(new GetTakenSubnets(one, [.. pools.Select(pool => pool.Base)]), cancel)));
        var subnet = SubnetChoice.Next(pools, ipv6, null, SubnetTable.Empty, [.. taken.SelectMany(answer => answer.Subnets).Select(held => held.Subnet), .. _drafts.Keys.Where(pool => FindDraft(pool) is not null).Select(pool => pool.Subnet), .. await hostRoutes(cancel)]);
        return subnet is { } free ? Drafted(new(space, free), Now(picked: true))
            : throw new RefusedException(new NoFreeSubnet(ipv6, []) { Why = pools.Any(pool => pool.Base.IsIPv6 == ipv6) ? "all of them are taken" : "there is no such block among them" });
    }, cancel);

    private async Task<T> InTurnAsync<T>(PoolId pool, Func<Task<T>> pick, CancellationToken cancel)
    {
        var turn = _picking.GetOrAdd(pool, _ => new(1, 1));
        await turn.WaitAsync(cancel);
        try
        {
            return await pick();
        }
        finally
        {
            turn.Release();
        }
    }

    private PoolDraft Now(NetworkSpec? joins = null, bool picked = false) => new() { Joins = joins, Picked = picked, Since = time.GetTimestamp() };

    private PoolAnswer Drafted(PoolId id, PoolDraft draft)
    {
        _drafts[id] = draft;
        return new(id.ToString(), id.Subnet.ToString());
    }

    /// <summary>The engine wants no such network after all, or has it no more. What is in the cluster goes with the network alone.</summary>
    public void ReleasePool(PoolReleaseBody body)
    {
        if (PoolId.TryParse(body.PoolId, null, out var id)) _drafts.TryRemove(id, out _);
    }

    /// <summary>The gateway, an auxiliary address, or the address of a container that is to be.</summary>
    public async Task<AddressAnswer> RequestAddressAsync(AddressBody body, CancellationToken cancel)
    {
        var id = Parsed(body.PoolId);
        var wished = body.Address is { Length: > 0 } text ? InetAddress.TryParse(text, out var one) ? one : throw new RefusedException(new InvalidRequest($"invalid address {text}")) : (InetAddress?)null;
        var isGateway = body.Options?.GetValueOrDefault(RequestType) == Gateway;
        // One that joins a network must not stand in the way of those who are in it.
        if (FindDraft(id) is { Joins: null } draft) return With(id, Drawn(id, draft, wished, isGateway));
        var network = await NetworkOfAsync(id, cancel);
        var pool = network.Pools.First(pool => pool.Id == id);
        if (isGateway) return With(id, GatewayOf(network, pool, wished));
        // It asks again for what the network holds itself, when it makes the network.
        if (wished is { } own && pool.Auxiliary.Any(aux => aux.Address == own)) return With(id, own);
        return With(id, await ReserveAsync(network, pool, wished, cancel));
    }

    // Before its network is there: the gateway is chosen as the cluster would, and what else is asked for can only be an auxiliary address, which comes again with the network.
    private static InetAddress Drawn(PoolId id, PoolDraft draft, InetAddress? wished, bool isGateway)
    {
        if (!isGateway) return wished ?? throw new RefusedException(new InvalidRequest($"the pool {id} belongs to no network yet"));
        draft.Gateway = wished ?? AddressRange.LowestExcept(id, []);
        return draft.Gateway ?? throw new RefusedException(new InvalidRequest($"No available addresses on this pool {id.SubPool ?? id.Subnet}"));
    }

    private static InetAddress GatewayOf(NetworkSpec network, NetworkPool pool, InetAddress? wished) =>
        pool.Gateway is { } gateway && (wished is null || wished == gateway) ? gateway
            : throw new RefusedException(new InvalidRequest($"network {network.Name} has {(pool.Gateway is { } other ? $"the gateway {other}" : "no gateway")} in {pool.Id.Subnet}{(wished is null ? "" : $", and not {wished}")}"));

    // Who picks the same free address as another at the same time is refused and picks the next: within this host they come one after the other.
    private Task<InetAddress> ReserveAsync(NetworkSpec network, NetworkPool pool, InetAddress? wished, CancellationToken cancel)
    {
        return InTurnAsync(pool.Id, async () =>
        {
            for (var attempt = 1; ; attempt++)
            {
                var address = wished ?? await FreeAsync(network, cancel);
                var reply = await gateway.SendAsync(new ReserveAddress(network.Space, network.Id, address, Owner, time.GetUtcNow() + Unclaimed), cancel);
                if (reply is ReservationMade) return address;
                if (wished is not null || attempt == Attempts || reply is not Rejected { Reason: AddressInUse }) return reply.Expect<ReservationMade>().Reservation.Address;
            }
        }, cancel);

        // One pool after the other, as for containers of our own.
        async Task<InetAddress> FreeAsync(NetworkSpec spec, CancellationToken stop)
        {
            var family = spec.Pools.Where(one => one.Id.Subnet.IsIPv6 == pool.Id.Subnet.IsIPv6).OrderBy(one => one.Id != pool.Id).ToList();
            for (var i = 0; ; i++)
            {
                var reply = await gateway.SendAsync(new GetFreeAddress(family[i].Id), stop);
                if (reply is not Rejected { Reason: PoolExhausted } || i + 1 == family.Count) return reply.Expect<FreeAddress>().Address;
            }
        }
    }

    /// <summary>The engine has no use for the address any more. One that an endpoint has goes with the endpoint.</summary>
    public async Task ReleaseAddressAsync(AddressBody body, CancellationToken cancel)
    {
        var id = Parsed(body.PoolId);
        if (FindDraft(id) is { Joins: null } || !InetAddress.TryParse(body.Address, out var address)) return;
        try
        {
            var network = await NetworkOfAsync(id, cancel);
            await gateway.AskAsync<ReservationGone>(new EndReservation(network.Space, network.Id, address) { Owner = Owner }, cancel);
        }
        catch (RefusedException gone) when (gone.Reason is NetworkNotFound or InvalidRequest or NotReserved)
        {
            // And the address with it.
        }
    }

    /// <summary>The cluster's network that has the pool.</summary>
    private async Task<NetworkSpec> NetworkOfAsync(PoolId id, CancellationToken cancel)
    {
        var taken = (await gateway.AskAsync<TakenSubnets>(new GetTakenSubnets(id.Space, [id.Subnet]), cancel)).Subnets;
        if (taken is [var only] && await FindAsync(id.Space, only.Network, cancel) is { } network && network.Pools.Any(pool => pool.Id == id)) return network;
        throw new RefusedException(new InvalidRequest($"the cluster has no network with the pool {id} any more: remove the engine's network"));
    }

    /// <summary>A network of a space by its name or id; none where there is none.</summary>
    public async Task<NetworkSpec?> FindAsync(AddressSpaceId space, string nameOrId, CancellationToken cancel) =>
        await gateway.SendAsync(new FindNetwork(space, nameOrId), cancel) switch
        {
            NetworkSummary found => found.Spec,
            Rejected { Reason: NetworkNotFound } => null,
            var other => other.Expect<NetworkSummary>().Spec,
        };

    /// <summary>Where the networks of the driver that the options choose have their names and subnets.</summary>
    public AddressSpaceId SpaceOf(IReadOnlyDictionary<string, string>? options) => ScopeOf(options?.GetValueOrDefault(DriverOption)) == NetworkScope.Global ? AddressSpaceId.Global : AddressSpaceId.Of(gateway.Host);

    private static NetworkScope ScopeOf(string? driver) => driver is null or "" ? NetworkScope.Global
        : NetworkDrivers.Find(driver) is { Name: "overlay" or "bridge" } known ? known.Scope
        : throw new RefusedException(new DriverNotFound(driver, ["overlay", "bridge"]));

    private static PoolId Parsed(string? text) => PoolId.TryParse(text, null, out var id) ? id : throw new RefusedException(new InvalidRequest($"there is no pool {text}"));

    private static AddressAnswer With(PoolId pool, InetAddress address) => new($"{address}/{pool.Subnet.Prefix}");
}
