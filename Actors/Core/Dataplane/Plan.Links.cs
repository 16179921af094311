using System.Collections.Immutable;
using NetworkCluster.Addressing;

namespace NetworkCluster.Dataplane;

public static partial class Plan
{
    private static void EnsureLink(WantedLink wanted, bool ipv6, FoundHost found, Naming naming, ref string? spare, HashSet<LinkName> disturbed, List<LinkName> carriers, ImmutableArray<Step>.Builder steps)
    {
        var place = LinkName.OnHost(wanted.Name);
        var there = found.Find(place);
        switch (wanted)
        {
            case WantedBridge bridge:
                if (there is not null && there.Kind != "bridge") there = RetireOnHost(there, naming, steps);
                if (there is null)
                {
                    disturbed.Add(place);
                    there = new FoundLink { Index = 0, Name = bridge.Name, Mac = bridge.Mac, MtuBytes = bridge.MtuBytes, Group = bridge.Group };
                    if (spare is null)
                    {
                        steps.Add(new AddBridge(bridge.Name, bridge.Mac, bridge.MtuBytes, bridge.Group));
                    }
                    else
                    {
                        steps.Add(new Reuse(LinkName.OnHost(spare), bridge.Name, bridge.Mac, bridge.MtuBytes, bridge.Group, bridge.Alias));
                        // What it was told in that is not known: it is told again.
                        (spare, there) = (null, there with { Alias = bridge.Alias, RoutesLoopback = !bridge.RoutesLoopback });
                    }

                    if (ipv6) steps.Add(new SkipDuplicateDetection(place));
                }

                if (there.Mac != bridge.Mac) disturbed.Add(place);
                EnsureOwner(place, there, wanted, steps);
                if (there.RoutesLoopback != bridge.RoutesLoopback) steps.Add(new SetRoutesLoopback(place, bridge.RoutesLoopback));
                EnsureAttributes(place, there, bridge.Mac, bridge.MtuBytes, disturbed, steps);
                break;
            case WantedVxlan tunnel:
                if (there is not null && (there.Kind != "vxlan" || there.Vni != tunnel.Vni || there.Local != tunnel.Local)) there = RetireOnHost(there, naming, steps);
                if (there is null)
                {
                    steps.Add(new AddVxlan(tunnel.Name, tunnel.Vni, tunnel.Local, tunnel.MtuBytes, tunnel.Group));
                    there = new FoundLink { Index = 0, Name = tunnel.Name, MtuBytes = tunnel.MtuBytes, Group = tunnel.Group };
                }

                EnsureOwner(place, there, wanted, steps);
                if (there.Master != tunnel.Master)
                {
                    disturbed.Add(place);
                    steps.Add(new SetMaster(place, tunnel.Master));
                }

                if (there.Master != tunnel.Master || !there.IsTunnelPort) steps.Add(new SetTunnelPort(place));
                EnsureAttributes(place, there, null, tunnel.MtuBytes, disturbed, steps);
                break;
            case WantedVeth veth:
                var peer = found.Find(veth.Peer);
                if (there is not null && !veth.Lent && !IsPair(there, peer)) there = RetireOnHost(there, naming, steps);
                if (there is null)
                {
                    disturbed.Add(veth.Peer);
                    steps.Add(new AddVeth(veth.Name, veth.MtuBytes, veth.Master, veth.Group, veth.Peer, veth.PeerMac));
                    there = new FoundLink { Index = 0, Name = veth.Name, MtuBytes = veth.MtuBytes, Group = veth.Group, Master = veth.Master, Up = true };
                    peer = new FoundLink { Index = 0, Name = veth.Peer.Name, MtuBytes = veth.MtuBytes, Mac = veth.PeerMac };
                }

                EnsureOwner(place, there, wanted, steps);
                if (there.Master != veth.Master) steps.Add(new SetMaster(place, veth.Master));
                // A link that joins a bridge has the bridge's default, whatever it was before.
                if ((there.Master == veth.Master && there.Isolated) != veth.Isolated) steps.Add(new SetIsolated(place, veth.Isolated));
                EnsureAttributes(place, there, null, veth.MtuBytes, disturbed, steps);
                if (veth.Lent) break;
                // All of the host's end first: the peer is down until then, so nothing passes a port that is not isolated yet.
                EnsureAttributes(veth.Peer, peer!, veth.PeerMac, veth.MtuBytes, disturbed, steps);
                if (peer!.Mac != veth.PeerMac) steps.Add(new ForgetLearned(place));
                if (there.Carrier && there.Up && there.Master == veth.Master && peer.Up) break;
                // The bridge too: it gets its own carrier with its first port.
                carriers.Add(place);
                carriers.Add(LinkName.OnHost(veth.Master));
                break;
        }
    }

    /// <summary>Right after a link is made. If we stop before, its name and group still say that it is ours.</summary>
    private static void EnsureOwner(LinkName place, FoundLink there, WantedLink wanted, ImmutableArray<Step>.Builder steps)
    {
        if (there.Group != wanted.Group) steps.Add(new SetGroup(place, wanted.Group));
        if (there.Alias != wanted.Alias) steps.Add(new SetAlias(place, wanted.Alias));
    }

    private static void EnsureAttributes(
        LinkName place, FoundLink there, MacAddress? mac, int mtuBytes, HashSet<LinkName> disturbed, ImmutableArray<Step>.Builder steps)
    {
        if (mac is { } address && there.Mac != address) steps.Add(new SetMac(place, address));
        if (there.MtuBytes != mtuBytes) steps.Add(new SetMtu(place, mtuBytes));
        if (there.Up) return;
        disturbed.Add(place);
        steps.Add(new SetUp(place, true));
    }

    private static FoundLink? RetireOnHost(FoundLink link, Naming naming, ImmutableArray<Step>.Builder steps)
    {
        steps.Add(EndOf(LinkName.OnHost(link.Name), link, naming));
        return null;
    }

    /// <summary>Whether a disturbed link keeps its addresses: it was only set up, not made anew.</summary>
    private static bool SurvivesInPlace(ImmutableArray<Step>.Builder steps, LinkName link) =>
        !steps.Any(s => (s is AddVeth veth && veth.Peer == link) || (s is AddBridge bridge && LinkName.OnHost(bridge.Name) == link) || (s is Reuse reused && reused.Link with { Name = reused.NewName } == link));
}
