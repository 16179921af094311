using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>
/// The subnets of an address space. They never overlap, so that a look-up is one binary search. Neighbours without a gap between them are also kept as one
/// run, so that looking for a free block costs by the gaps, not by the subnets. Immutable.
/// </summary>
public sealed class SubnetTable
{
    private readonly ImmutableSortedSet<Subnet> _subnets;
    private readonly ImmutableDictionary<Subnet, NetworkId> _holders;
    private readonly ImmutableSortedSet<Run> _runs;

    private SubnetTable(ImmutableSortedSet<Subnet> subnets, ImmutableDictionary<Subnet, NetworkId> holders, ImmutableSortedSet<Run> runs) =>
        (_subnets, _holders, _runs) = (subnets, holders, runs);

    /// <summary>No subnets.</summary>
    public static SubnetTable Empty { get; } = new([], ImmutableDictionary<Subnet, NetworkId>.Empty, []);

    /// <summary>The table with one more; the caller has seen that nothing is in the way.</summary>
    public SubnetTable Add(Subnet subnet, NetworkId holder)
    {
        var run = new Run(subnet.Address, subnet.Last);
        var runs = _runs;
        if (RunAt(run.First) is { } before && Meet(before, run)) (run, runs) = (run with { First = before.First }, runs.Remove(before));
        if (run.Last.Plus(1) is var next && RunAt(next) is { } after && Meet(run, after)) (run, runs) = (run with { Last = after.Last }, runs.Remove(after));
        return new(_subnets.Add(subnet), _holders.SetItem(subnet, holder), runs.Add(run));
    }

    /// <summary>The table without it.</summary>
    public SubnetTable Remove(Subnet subnet)
    {
        if (!_holders.ContainsKey(subnet) || RunAt(subnet.Address) is not { } run) return this;
        var runs = _runs.Remove(run);
        if (run.First < subnet.Address) runs = runs.Add(run with { Last = subnet.Address.Plus(UInt128.MaxValue) });
        if (run.Last > subnet.Last) runs = runs.Add(run with { First = subnet.Last.Plus(1) });
        return new(_subnets.Remove(subnet), _holders.Remove(subnet), runs);
    }

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

    /// <summary>Where the last run that shares an address with the block ends; none where all of the block is free.</summary>
    public InetAddress? TakenUpTo(Subnet block) =>
        RunAt(block.Last) is { } run && run.First.IsIPv6 == block.IsIPv6 && run.Last >= block.Address ? run.Last : null;

    /// <summary>The subnets that share an address with the block, ascending, with their networks.</summary>
    public IEnumerable<(Subnet Subnet, NetworkId Holder)> Within(Subnet block)
    {
        var at = _subnets.IndexOf(block);
        if (at < 0) at = ~at;
        if (at > 0 && _subnets[at - 1].Overlaps(block)) at--;
        for (; at < _subnets.Count && _subnets[at].Overlaps(block); at++) yield return (_subnets[at], _holders[_subnets[at]]);
    }

    // The last run that begins at or before the address.
    private Run? RunAt(InetAddress address)
    {
        var at = _runs.IndexOf(new(address, address));
        if (at < 0) at = ~at - 1;
        return at >= 0 ? _runs[at] : null;
    }

    private static bool Meet(Run left, Run right) => left.Last < right.First && left.Last.Plus(1) == right.First;

    private readonly record struct Run(InetAddress First, InetAddress Last) : IComparable<Run>
    {
        public int CompareTo(Run other) => First.CompareTo(other.First);
    }
}
