using NetworkCluster.Addressing;

namespace NetworkCluster.Ipam;

/// <summary>Which addresses of a subnet may be given to anybody at all, and which are picked when nobody asks for one.</summary>
public static class AddressRange
{
    /// <summary>Whether the address is the subnet's own: its network address, or for IPv4 its broadcast address. A /31 or /127 (RFC 3021, RFC 6164) and a single address have none.</summary>
    public static bool IsSubnetsOwn(Subnet subnet, InetAddress address) => OwnName(subnet, address) is not null;

    /// <summary>What the subnet's own address is called; none for an ordinary one.</summary>
    public static string? OwnName(Subnet subnet, InetAddress address)
    {
        if (subnet.Prefix >= subnet.Address.Bits - 1) return null;
        if (address == subnet.Address) return subnet.IsIPv6 ? $"{subnet} as its subnet-router anycast address" : $"{subnet} as its network address";
        return !subnet.IsIPv6 && address == subnet.Last ? $"{subnet} as its broadcast address" : null;
    }

    /// <summary>First and last offset in the subnet that are picked from: the sub-pool without the subnet's own addresses.</summary>
    public static (UInt128 First, UInt128 Last) Pickable(PoolId pool) => Pickable(pool.Subnet, pool.SubPool ?? pool.Subnet);

    /// <summary>The same of one part of a subnet.</summary>
    public static (UInt128 First, UInt128 Last) Pickable(Subnet subnet, Subnet picked)
    {
        var first = picked.Address.Value - subnet.Address.Value;
        var last = picked.Last.Value - subnet.Address.Value;
        if (IsSubnetsOwn(subnet, picked.Address)) first++;
        // A block of one address is both its first and its last: with that the range is empty already.
        if (last >= first && IsSubnetsOwn(subnet, picked.Last)) last--;
        return (first, last);
    }

    /// <summary>How many addresses are picked from in all.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="more">Further parts of its subnet that are picked from.</param>
    public static UInt128 Capacity(PoolId pool, params ReadOnlySpan<Subnet> more)
    {
        var sum = Count(Pickable(pool));
        foreach (var range in more) sum += Count(Pickable(pool.Subnet, range));
        return sum;

        static UInt128 Count((UInt128 First, UInt128 Last) range) => range.Last < range.First ? 0 : range.Last - range.First + 1;
    }

    /// <summary>The lowest address that may be picked and is in none of the given ones; none where there is no such.</summary>
    public static InetAddress? LowestExcept(PoolId pool, IEnumerable<InetAddress> taken)
    {
        var (first, last) = Pickable(pool);
        var set = taken.Where(pool.Subnet.Contains).Select(address => address.Value - pool.Subnet.Address.Value).ToHashSet();
        for (var offset = first; offset <= last; offset++)
        {
            if (!set.Contains(offset)) return pool.Subnet.Address.Plus(offset);
            if (offset == last) break;
        }

        return null;
    }
}
