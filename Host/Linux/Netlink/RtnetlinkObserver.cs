using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using Route = NetworkCluster.Dataplane.Route;

namespace NetworkCluster.Linux.Netlink;

/// <summary>Reads links, addresses and routes of the namespace a socket is in.</summary>
internal static class RtnetlinkObserver
{
    /// <summary>Everything.</summary>
    public static FoundNetns All(NetlinkSocket socket, Netns netns)
    {
        var raw = new List<RawLink>();
        socket.Dump(LinkQuestion(NetlinkWriter.Dump, null, 0), raw.Clear, (type, payload) =>
        {
            if (type == Rtnetlink.NewLink) raw.Add(RawLink.Parse(payload));
        });
        var names = raw.ToDictionary(l => l.Link.Index, l => l.Link.Name);
        return new FoundNetns
        {
            Links = raw.ToImmutableDictionary(l => l.Link.Name, l => l.Link with { Master = names.GetValueOrDefault(l.Master) }),
            Addresses = Addresses(socket, netns, names, 0),
            Routes = Routes(socket, netns, index => names.GetValueOrDefault(index, "")),
        };
    }

    /// <summary>Some links with their addresses, and where asked for with what they know of other hosts.</summary>
    public static FoundNetns Part(NetlinkSocket socket, Netns netns, IEnumerable<string> links, bool remotes = false)
    {
        var found = FoundNetns.Empty;
        foreach (var name in links)
        {
            if (One(socket, name, 0) is not { } raw) continue;
            var master = raw.Master == 0 ? null : One(socket, null, raw.Master)?.Link.Name;
            found = found with
            {
                Links = found.Links.SetItem(name, raw.Link with { Master = master }),
                Addresses = found.Addresses.Union(Addresses(socket, netns, new Dictionary<int, string> { [raw.Link.Index] = name }, raw.Link.Index)),
            };
            if (!remotes) continue;
            if (raw.Link.Kind == "vxlan") found = found with { Forwardings = found.Forwardings.Union(RtnetlinkNeighbours.Forwardings(socket, name, raw.Link.Index)) };
            if (raw.Link.Kind == "bridge") found = found with { Neighbours = found.Neighbours.Union(RtnetlinkNeighbours.Permanent(socket, name, raw.Link.Index)) };
        }

        return found;
    }

    /// <summary>Every link's message, as the kernel sends it when one changes.</summary>
    public static void EachLink(NetlinkSocket socket, Action restart, NetlinkHandler handler) => socket.Dump(LinkQuestion(NetlinkWriter.Dump, null, 0), restart, handler);

    /// <summary>Whether it is a bridge that is down and that nobody has given ports, queueing disciplines, filters or a program.</summary>
    public static bool IsAsMade(NetlinkSocket socket, string bridge)
    {
        if (One(socket, bridge, 0) is not { Link: { Kind: "bridge", Up: false }, HasProgram: false, Discipline: "noqueue" or "noop" } found) return false;
        var ports = 0;
        socket.Dump(LinkQuestion(NetlinkWriter.Dump, null, 0).Attribute(Rtnetlink.LinkMaster, found.Link.Index), () => ports = 0, (_, payload) => ports += RawLink.Parse(payload).Master == found.Link.Index ? 1 : 0);
        return ports == 0 && !HasIngress(socket, found.Link.Index);
    }

    // What filters incoming packets hangs at a discipline of its own, which a link does not tell of. Not every kernel sends it to who asks, but each says whether there is one.
    private static bool HasIngress(NetlinkSocket socket, int link)
    {
        var question = new NetlinkWriter().Begin(Rtnetlink.GetDiscipline, NetlinkWriter.Ack).Fixed([0, 0, 0, 0, .. BitConverter.GetBytes(link), .. BitConverter.GetBytes(0), .. BitConverter.GetBytes(Rtnetlink.Ingress), .. BitConverter.GetBytes(0)]);
        return socket.Execute(question) is not [{ Errno: Native.Enoent or Native.Eopnotsupp }];
    }

    /// <summary>A link's index; 0 where there is none.</summary>
    public static int IndexOf(NetlinkSocket socket, string name) => One(socket, name, 0)?.Link.Index ?? 0;

    /// <summary>Whether a link carries packets. Asking makes the kernel catch up with what it has to tell the link's queue and bridge (Linux 6.8 and later).</summary>
    public static bool HasCarrier(NetlinkSocket socket, string name) => One(socket, name, 0)?.Link.Carrier ?? false;

    /// <summary>A link's name by its index; empty for none.</summary>
    public static string NameOf(NetlinkSocket socket, int index) => One(socket, null, index)?.Link.Name ?? "";

    private static RawLink? One(NetlinkSocket socket, string? name, int index)
    {
        RawLink? link = null;
        try
        {
            socket.Ask(LinkQuestion(0, name, index), (_, payload) => link = RawLink.Parse(payload));
        }
        catch (NetlinkException none) when (none.Errno == Native.Enodev)
        {
            return null;
        }

        return link;
    }

    private static NetlinkWriter LinkQuestion(ushort flags, string? name, int index)
    {
        var writer = new NetlinkWriter().Begin(Rtnetlink.GetLink, flags).LinkHeader(index).Attribute(Rtnetlink.LinkExtMask, Rtnetlink.SkipStatistics);
        return name is null ? writer : writer.Attribute(Rtnetlink.LinkName, name);
    }

    private static ImmutableHashSet<LinkAddress> Addresses(NetlinkSocket socket, Netns netns, Dictionary<int, string> names, int index)
    {
        var found = ImmutableHashSet.CreateBuilder<LinkAddress>();
        socket.Dump(new NetlinkWriter().Begin(Rtnetlink.GetAddress, NetlinkWriter.Dump).AddressHeader(0, 0, index), found.Clear, (type, payload) =>
        {
            if (type != Rtnetlink.NewAddress || !names.TryGetValue(BitConverter.ToInt32(payload[4..]), out var link)) return;
            InetAddress? local = null, address = null;
            var attributes = new NetlinkAttributes(payload[8..]);
            while (attributes.Next())
            {
                if (attributes.Type == Rtnetlink.AddressLocal) local = InetAddress.FromBytes(attributes.Value);
                else if (attributes.Type == Rtnetlink.AddressAddress) address = InetAddress.FromBytes(attributes.Value);
            }

            if ((local ?? address) is { } own && !EndpointRules.IsKernels(own)) found.Add(new LinkAddress(new LinkName(netns, link), own, payload[1]));
        });
        return found.ToImmutable();
    }

    /// <summary>Where the namespace's routes lead.</summary>
    /// <param name="socket">A socket in it.</param>
    /// <param name="netns">What it is called.</param>
    /// <param name="nameOf">A link's name by its index; empty for none.</param>
    public static ImmutableHashSet<Route> Routes(NetlinkSocket socket, Netns netns, Func<int, string> nameOf)
    {
        var found = ImmutableHashSet.CreateBuilder<Route>();
        socket.Dump(new NetlinkWriter().Begin(Rtnetlink.GetRoute, NetlinkWriter.Dump).RouteHeader(0), found.Clear, (type, payload) =>
        {
            if (type != Rtnetlink.NewRoute || payload[0] is not (Rtnetlink.Inet or Rtnetlink.Inet6) || payload[7] != Rtnetlink.Unicast) return;
            if ((BitConverter.ToUInt32(payload[8..]) & Rtnetlink.Cloned) != 0) return;
            var isIPv6 = payload[0] == Rtnetlink.Inet6;
            var (table, destination, gateway, link) = ((int)payload[4], new InetAddress(0, isIPv6), (InetAddress?)null, "");
            var attributes = new NetlinkAttributes(payload[12..]);
            while (attributes.Next())
            {
                switch ((ushort)attributes.Type)
                {
                    case Rtnetlink.RouteTable: table = attributes.Number; break;
                    case Rtnetlink.RouteDestination: destination = InetAddress.FromBytes(attributes.Value); break;
                    case Rtnetlink.RouteGateway: gateway = InetAddress.FromBytes(attributes.Value); break;
                    case Rtnetlink.RouteOut: link = nameOf(attributes.Number); break;
                }
            }

            if (table == Rtnetlink.LocalTable || LinkLocal.Contains(destination)) return;
            found.Add(new Route(netns, new Subnet(destination, payload[1]), gateway, link));
        });
        return found.ToImmutable();
    }

    private static readonly Subnet LinkLocal = Subnet.Parse("fe80::/10");

    private sealed record RawLink(FoundLink Link, int Master, string Discipline, bool HasProgram)
    {
        public static RawLink Parse(ReadOnlySpan<byte> payload)
        {
            var link = new FoundLink { Index = BitConverter.ToInt32(payload[4..]), Name = "", Up = (BitConverter.ToUInt32(payload[8..]) & Rtnetlink.Up) != 0 };
            var (master, discipline, hasProgram) = (0, "", false);
            var attributes = new NetlinkAttributes(payload[16..]);
            while (attributes.Next())
            {
                switch ((ushort)attributes.Type)
                {
                    case Rtnetlink.LinkName: link = link with { Name = attributes.Text }; break;
                    case Rtnetlink.LinkMac when attributes.Value.Length == 6: link = link with { Mac = MacAddress.FromBytes(attributes.Value) }; break;
                    case Rtnetlink.LinkMtu: link = link with { MtuBytes = attributes.Number }; break;
                    case Rtnetlink.LinkPeer: link = link with { PeerIndex = attributes.Number }; break;
                    case Rtnetlink.LinkOperationalState: link = link with { Carrier = attributes.Value[0] == Rtnetlink.OperationalUp }; break;
                    case Rtnetlink.LinkMaster: master = attributes.Number; break;
                    case Rtnetlink.LinkDiscipline: discipline = attributes.Text; break;
                    case Rtnetlink.LinkProgram: hasProgram = IsAttached(attributes.Value); break;
                    case Rtnetlink.LinkAlias: link = link with { Alias = attributes.Text }; break;
                    case Rtnetlink.LinkGroup: link = link with { Group = attributes.Number }; break;
                    case Rtnetlink.LinkFamilies: link = link with { RoutesLoopback = RoutesLoopback(attributes.Value) }; break;
                    case Rtnetlink.LinkInfo: link = ParseInfo(link, attributes.Value); break;
                }
            }

            return new RawLink(link, master, discipline, hasProgram);
        }

        private static bool IsAttached(ReadOnlySpan<byte> program)
        {
            var attributes = new NetlinkAttributes(program);
            return attributes.Seek(Rtnetlink.ProgramAttached) && attributes.Value[0] != 0;
        }

        private static bool RoutesLoopback(ReadOnlySpan<byte> families)
        {
            var family = new NetlinkAttributes(families);
            while (family.Next())
            {
                if (family.Type != Rtnetlink.Inet) continue;
                var attributes = new NetlinkAttributes(family.Value);
                while (attributes.Next())
                {
                    // All settings as an array, the first of which has the number 1.
                    const int At = 4 * (Rtnetlink.RouteLocalnet - 1);
                    if (attributes.Type == Rtnetlink.InetConfiguration && attributes.Value.Length >= At + 4) return BitConverter.ToInt32(attributes.Value[At..]) != 0;
                }
            }

            return false;
        }

        private static FoundLink ParseInfo(FoundLink link, ReadOnlySpan<byte> info)
        {
            var attributes = new NetlinkAttributes(info);
            while (attributes.Next())
            {
                if (attributes.Type == Rtnetlink.InfoKind) link = link with { Kind = attributes.Text };
                if (attributes.Type == Rtnetlink.InfoData && link.Kind == "vxlan") link = ParseTunnel(link, attributes.Value);
                if (attributes.Type == Rtnetlink.InfoSlaveData) link = ParsePort(link, attributes.Value);
            }

            return link;
        }

        private static FoundLink ParsePort(FoundLink link, ReadOnlySpan<byte> data)
        {
            var port = new NetlinkAttributes(data);
            var (learns, suppresses) = (true, false);
            while (port.Next())
            {
                if (port.Type == Rtnetlink.PortIsolated) link = link with { Isolated = port.Value[0] != 0 };
                if (port.Type == Rtnetlink.PortLearning) learns = port.Value[0] != 0;
                if (port.Type == Rtnetlink.PortNeighbourSuppression) suppresses = port.Value[0] != 0;
            }

            return link with { IsTunnelPort = suppresses && !learns };
        }

        private static FoundLink ParseTunnel(FoundLink link, ReadOnlySpan<byte> data)
        {
            var tunnel = new NetlinkAttributes(data);
            while (tunnel.Next())
            {
                if (tunnel.Type == Rtnetlink.VxlanId) link = link with { Vni = tunnel.Number };
                if (tunnel.Type is Rtnetlink.VxlanLocal or Rtnetlink.VxlanLocal6) link = link with { Local = InetAddress.FromBytes(tunnel.Value) };
            }

            return link;
        }
    }
}
