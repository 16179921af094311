using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>Which subnets a network gets: the ones it names, if nothing is in their way, and free ones out of the default pools for the rest. All or nothing.</summary>
internal static class PoolGrant
{
    // Docker's own list has 31 subnets: an operator sees them all.
    private const int MostHoldersNamed = 40;

    public static (ImmutableArray<NetworkPool> Pools, Rejection? Refusal) Grant(AddressSpaceState state, CreateNetwork create)
    {
        var granted = ImmutableArray.CreateBuilder<NetworkPool>();
        foreach (var (wish, ipv6) in Wishes(create.Request))
        {
            Subnet? chosen = wish.NamesSubnet
                ? wish.Subnet
                : SubnetChoice.Next(create.DefaultPools, ipv6, wish.Subnet?.Prefix, state.Subnets, [.. granted.Select(pool => pool.Id.Subnet), .. create.HostRoutes, .. create.Elsewhere.Select(other => other.Subnet)]);
            if (chosen is not { } subnet) return ([], NoFreeSubnet(state, create, ipv6, wish.Subnet?.Prefix));
            if (wish.NamesSubnet && InTheWay(state, subnet, create.HostRoutes, create.Request.Host) is { } refusal) return ([], refusal);
            if (Pool(state.Id, subnet, wish) is not { } pool) return ([], NoGateway(subnet, wish));
            granted.Add(pool);
        }

        return (granted.ToImmutable(), null);
    }

    // There is always an IPv4 subnet, and where IPv6 was asked for an IPv6 one.
    private static IEnumerable<(PoolRequest Wish, bool IPv6)> Wishes(NetworkRequest request)
    {
        if (!NetworkRules.HasAddresses(request)) yield break;
        if (!request.Pools.Any(wish => wish.Subnet is not { IsIPv6: true })) yield return (new(), false);
        foreach (var wish in request.Pools) yield return (wish, wish.Subnet is { IsIPv6: true });
        if (request.EnableIPv6 && !request.Pools.Any(wish => wish.Subnet is { IsIPv6: true })) yield return (new(), true);
    }

    /// <summary>The subnet with what the wish says of it; none where nothing is left for a gateway, see <see cref="NoGateway"/>.</summary>
    public static NetworkPool? Pool(AddressSpaceId space, Subnet subnet, PoolRequest wish)
    {
        var id = new PoolId(space, subnet, wish.IpRange);
        var gateway = wish.Gateway ?? AddressRange.LowestExcept(id, wish.Auxiliary.Select(aux => aux.Address));
        return gateway is null ? null : new() { Id = id, Gateway = gateway, Auxiliary = wish.Auxiliary, UserGiven = wish.NamesSubnet };
    }

    /// <summary>Every address that is picked from is an auxiliary one.</summary>
    public static InvalidRequest NoGateway(Subnet subnet, PoolRequest wish) => new($"failed to allocate gateway (): No available addresses on this pool {wish.IpRange ?? subnet}");

    /// <summary>Why nobody can have the subnet now: another network's, or a route of the asked host; none where nothing is in the way.</summary>
    public static Rejection? InTheWay(AddressSpaceState state, Subnet subnet, ImmutableArray<Subnet> routes, HostId host)
    {
        if (state.Subnets.InTheWayOf(subnet) is { } way) return new PoolOverlap(subnet, way.Subnet, state.NameOf(way.Holder));
        return routes.Where(route => route.Prefix > 0 && route.Overlaps(subnet)).Take(1).Select(route => new RouteOverlap(subnet, route, host)).FirstOrDefault();
    }

    private static NoFreeSubnet NoFreeSubnet(AddressSpaceState state, CreateNetwork create, bool ipv6, int? size)
    {
        var blocks = create.DefaultPools.Select(pool => pool.Base).Where(block => block.IsIPv6 == ipv6).ToImmutableArray();
        if (blocks.IsEmpty) return new(ipv6, []) { Why = "there is no such block among them" };
        var wide = size is > 0 ? blocks.Where(block => block.Prefix <= size).ToImmutableArray() : blocks;
        return wide.IsEmpty ? new(ipv6, []) { Why = $"none of their blocks is as large as /{size}" } : new(ipv6, Holders(state, create, wide));
    }

    private static ImmutableArray<string> Holders(AddressSpaceState state, CreateNetwork create, ImmutableArray<Subnet> blocks)
    {
        ImmutableArray<string> holders =
        [
            .. blocks.SelectMany(state.Subnets.Within).Distinct().Select(held => $"{state.NameOf(held.Holder)} {held.Subnet}"),
            .. create.Elsewhere.Where(other => blocks.Any(other.Subnet.Overlaps)).Select(other => $"{other.Network} {other.Subnet}"),
            .. create.HostRoutes.Where(route => route.Prefix > 0 && blocks.Any(route.Overlaps)).Select(route => $"route {route} of host {create.Request.Host}"),
        ];
        return holders.Length <= MostHoldersNamed ? holders : [.. holders.Take(MostHoldersNamed), $"{holders.Length - MostHoldersNamed} more"];
    }
}
