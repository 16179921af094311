using System.Collections.Immutable;
using NetworkCluster.Addressing;

namespace NetworkCluster.Ipam;

/// <summary>Picks the next free default subnet: the first in order that shares no address with a taken subnet or a host's route.</summary>
public static class SubnetChoice
{
    /// <summary>The subnet; none where all are taken.</summary>
    /// <param name="pools">Blocks to pick from, in order.</param>
    /// <param name="ipv6">The family wanted.</param>
    /// <param name="taken">Subnets of the address space.</param>
    /// <param name="alsoTaken">Subnets that the same request has taken already.</param>
    /// <param name="routes">Routes of hosts that take part.</param>
    public static Subnet? Next(ImmutableArray<DefaultPool> pools, bool ipv6, SubnetTable taken, IReadOnlyCollection<Subnet> alsoTaken, ImmutableArray<Subnet> routes)
    {
        foreach (var pool in pools.Where(pool => pool.Base.IsIPv6 == ipv6))
        {
            var candidate = new Subnet(pool.Base.Address, pool.Size);
            while (pool.Base.Contains(candidate))
            {
                if (InTheWay(candidate) is not { } obstacle) return candidate;
                // Go on behind the obstacle, not one step further: a wide one costs no more than a narrow one.
                var behind = obstacle.Last > candidate.Last ? obstacle.Last : candidate.Last;
                if (behind.Plus(1) <= behind) break;
                candidate = Subnet.Around(behind.Plus(1), pool.Size);
            }
        }

        return null;

        Subnet? InTheWay(Subnet candidate)
        {
            if (taken.InTheWayOf(candidate) is { } held) return held.Subnet;
            foreach (var other in alsoTaken) if (other.Overlaps(candidate)) return other;
            // A default route says nothing about what is in use.
            foreach (var route in routes) if (route.Prefix > 0 && route.Overlaps(candidate)) return route;
            return null;
        }
    }
}
