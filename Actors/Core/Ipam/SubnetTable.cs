using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>The subnets of an address space. They never overlap, so that a look-up is one binary search. Immutable.</summary>
public sealed class SubnetTable
{
    private readonly ImmutableSortedSet<Subnet> _subnets;
    private readonly ImmutableDictionary<Subnet, NetworkId> _holders;

    private SubnetTable(ImmutableSortedSet<Subnet> subnets, ImmutableDictionary<Subnet, NetworkId> holders) => (_subnets, _holders) = (subnets, holders);

    /// <summary>No subnets.</summary>
    public static SubnetTable Empty { get; } = new([], ImmutableDictionary<Subnet, NetworkId>.Empty);

    /// <summary>The table with one more; the caller has seen that nothing is in the way.</summary>
    public SubnetTable Add(Subnet subnet, NetworkId holder) => new(_subnets.Add(subnet), _holders.SetItem(subnet, holder));

    /// <summary>The table without it.</summary>
    public SubnetTable Remove(Subnet subnet) => new(_subnets.Remove(subnet), _holders.Remove(subnet));

    /// <summary>A subnet that shares an address with the wanted one, and its network.</summary>
    public (Subnet Subnet, NetworkId Holder)? InTheWayOf(Subnet wanted)
    {
        // The neighbours in order are enough: of disjoint blocks, one that holds the wanted one begins before it, one inside it begins after its start.
        var at = _subnets.IndexOf(wanted);
        if (at < 0) at = ~at;
        foreach (var i in (ReadOnlySpan<int>)[at, at - 1])
        {
            if (i >= 0 && i < _subnets.Count && _subnets[i].Overlaps(wanted)) return (_subnets[i], _holders[_subnets[i]]);
        }

        return null;
    }
}
