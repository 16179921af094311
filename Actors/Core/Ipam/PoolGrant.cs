using System.Collections.Immutable;
using NetworkCluster.Addressing;
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
            if (chosen is not { } subnet) return ([], new NoFreeSubnet(ipv6, Holders(state, create, ipv6)));
            if (wish.NamesSubnet && InTheWay(state, create, subnet) is { } refusal) return ([], refusal);

            var id = new PoolId(state.Id, subnet, wish.IpRange);
            var gateway = wish.Gateway ?? AddressRange.LowestExcept(id, wish.Auxiliary.Select(aux => aux.Address));
            if (gateway is null) return ([], new InvalidRequest($"failed to allocate gateway (): No available addresses on this pool {wish.IpRange ?? subnet}"));
            granted.Add(new() { Id = id, Gateway = gateway, Auxiliary = wish.Auxiliary, UserGiven = wish.NamesSubnet });
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

    private static Rejection? InTheWay(AddressSpaceState state, CreateNetwork create, Subnet subnet)
    {
        if (state.Subnets.InTheWayOf(subnet) is { } way) return new PoolOverlap(subnet, way.Subnet, state.NameOf(way.Holder));
        var routes = create.HostRoutes.Where(route => route.Prefix > 0 && route.Overlaps(subnet)).Take(1);
        return routes.Select(route => new RouteOverlap(subnet, route, create.Request.Host)).FirstOrDefault();
    }

    private static ImmutableArray<string> Holders(AddressSpaceState state, CreateNetwork create, bool ipv6)
    {
        var blocks = create.DefaultPools.Select(pool => pool.Base).Where(block => block.IsIPv6 == ipv6).ToImmutableArray();
        ImmutableArray<string> holders =
        [
            .. blocks.SelectMany(state.Subnets.Within).Distinct().Select(held => $"{state.NameOf(held.Holder)} {held.Subnet}"),
            .. create.Elsewhere.Where(other => blocks.Any(other.Subnet.Overlaps)).Select(other => $"{other.Network} {other.Subnet}"),
            .. create.HostRoutes.Where(route => route.Prefix > 0 && blocks.Any(route.Overlaps)).Select(route => $"route {route} of host {create.Request.Host}"),
        ];
        return holders.Length <= MostHoldersNamed ? holders : [.. holders.Take(MostHoldersNamed), $"{holders.Length - MostHoldersNamed} more"];
    }
}
