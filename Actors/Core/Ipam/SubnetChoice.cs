using System.Collections.Immutable;
using NetworkCluster.Addressing;

namespace NetworkCluster.Ipam;

/// <summary>Picks the next free default subnet: the first in order that shares no address with a taken subnet or a host's route.</summary>
public static class SubnetChoice
{
    /// <summary>The subnet; none where all are taken.</summary>
    /// <param name="pools">Blocks to pick from, in order.</param>
    /// <param name="ipv6">The family wanted.</param>
    /// <param name="size">The prefix wanted, in bits; none, or 0: each block's own.</param>
    /// <param name="taken">Subnets of the address space.</param>
    /// <param name="others">What else is in the way: what the same request has taken, routes, subnets of the other scope. A default route says nothing about what is in use.</param>
    public static Subnet? Next(ImmutableArray<DefaultPool> pools, bool ipv6, int? size, SubnetTable taken, IReadOnlyCollection<Subnet> others)
    {
        foreach (var pool in pools.Where(pool => pool.Base.IsIPv6 == ipv6))
        {
            var prefix = size is > 0 ? size.Value : pool.Size;
            if (prefix < pool.Base.Prefix) continue;
            var candidate = new Subnet(pool.Base.Address, prefix);
            while (pool.Base.Contains(candidate))
            {
                if (TakenUpTo(candidate) is not { } end) return candidate;
                // Go on behind the obstacle, not one step further: a wide one costs no more than a narrow one.
                var behind = end > candidate.Last ? end : candidate.Last;
                if (behind.Plus(1) <= behind) break;
                candidate = Subnet.Around(behind.Plus(1), prefix);
            }
        }

        return null;

        InetAddress? TakenUpTo(Subnet candidate)
        {
            if (taken.TakenUpTo(candidate) is { } end) return end;
            foreach (var other in others) if (other.Prefix > 0 && other.Overlaps(candidate)) return other.Last;
            return null;
        }
    }
}
