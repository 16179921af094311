using System.Collections.Immutable;
using NetworkCluster.Addressing;

namespace NetworkCluster.Ipam;

/// <summary>How full a pool is, counted as Docker does, but exactly: Docker's counters end at 2^64-1.</summary>
/// <param name="InUse">Addresses that nobody can get any more: those held, and the subnet's own (network, broadcast, subnet-router anycast).</param>
/// <param name="Free">Addresses that are still to be picked when nobody asks for a certain one.</param>
public sealed record PoolUsage(UInt128 InUse, UInt128 Free)
{
    /// <summary>Counts what a pool says of itself.</summary>
    public static PoolUsage Of(PoolView pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        return Of(pool.Id, pool.Addresses.Select(held => held.Address), pool.MoreRanges ?? []);
    }

    /// <summary>Counts.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="held">The addresses held, each once.</param>
    /// <param name="more">Further parts of its subnet that are picked from.</param>
    public static PoolUsage Of(PoolId pool, IEnumerable<InetAddress> held, params ImmutableArray<Subnet> more)
    {
        var ranges = more.Select(range => AddressRange.Pickable(pool.Subnet, range)).Prepend(AddressRange.Pickable(pool)).ToArray();
        UInt128 inUse = 0, picked = 0;
        foreach (var address in held)
        {
            var offset = address.Value - pool.Subnet.Address.Value;
            inUse++;
            if (Array.Exists(ranges, range => range.First <= offset && offset <= range.Last)) picked++;
        }

        if (AddressRange.IsSubnetsOwn(pool.Subnet, pool.Subnet.Address)) inUse++;
        if (AddressRange.IsSubnetsOwn(pool.Subnet, pool.Subnet.Last)) inUse++;
        return new(inUse, AddressRange.Capacity(pool, more.AsSpan()) - picked);
    }
}
