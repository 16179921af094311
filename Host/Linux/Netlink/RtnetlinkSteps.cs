using NetworkCluster.Addressing;
using NetworkCluster.Agents;
using NetworkCluster.Dataplane;
using Route = NetworkCluster.Dataplane.Route;

namespace NetworkCluster.Linux.Netlink;

/// <summary>
/// Writes steps as rtnetlink messages. Links are named where the kernel lets us, because a name needs no question before; addresses, routes and masters
/// need the index.
/// </summary>
/// <param name="writer">Gets the messages.</param>
/// <param name="index">The index of a link in the steps' namespace; 0 where there is none, which the kernel refuses with its own words.</param>
/// <param name="netnsFd">An open file of a sandbox, until the messages are sent.</param>
internal sealed class RtnetlinkSteps(NetlinkWriter writer, Func<string, int> index, Func<string, int> netnsFd)
{
    private const ushort Change = NetlinkWriter.Ack;
    private const ushort Make = NetlinkWriter.Ack | NetlinkWriter.Create | NetlinkWriter.Exclusive;
    private const ushort Put = NetlinkWriter.Ack | NetlinkWriter.Create | NetlinkWriter.Replace;

    /// <summary>Whether later steps must not ask for an index before this one is applied.</summary>
    public static bool ChangesNames(Step step) => step is AddBridge or AddVxlan or AddVeth or Retire or Reuse or DeleteLink or DeleteGroup;

    /// <summary>Writes one step; false for a step that is not rtnetlink's.</summary>
    public bool Write(Step step)
    {
        switch (step)
        {
            case AddBridge s: Write(s); break;
            case AddVxlan s: Write(s); break;
            case AddVeth s: Write(s); break;
            case SetAlias s: Set(s.Link).Attribute(Rtnetlink.LinkAlias, s.Alias); break;
            case SetUp s: Set(s.Link, s.Up ? Rtnetlink.Up : 0, Rtnetlink.Up); break;
            case SetMtu s: Set(s.Link).Attribute(Rtnetlink.LinkMtu, s.MtuBytes); break;
            case SetMac s: Set(s.Link).Attribute(Rtnetlink.LinkMac, s.Mac.ToBytes()); break;
            case Announce s: Set(s.Link).Attribute(Rtnetlink.LinkMac, s.Mac.ToBytes()); break;
            case SetGroup s: Set(s.Link).Attribute(Rtnetlink.LinkGroup, s.Group); break;
            case SetRoutesLoopback s: Write(s); break;
            case SetMaster s: Set(s.Link).Attribute(Rtnetlink.LinkMaster, Master(step, s.Master)); break;
            case SetIsolated s: WritePort(s.Link, (Rtnetlink.PortIsolated, Setting(s.Isolated))); break;
            case ForgetLearned s: WritePort(s.Link, (Rtnetlink.PortFlush, [])); break;
            case SetTunnelPort s: WritePort(s.Link, (Rtnetlink.PortLearning, Setting(false)), (Rtnetlink.PortNeighbourSuppression, Setting(true))); break;
            case AddForwarding s: RtnetlinkNeighbours.Write(writer, index(s.Forwarding.Link), s.Forwarding, delete: false); break;
            case DeleteForwarding s: RtnetlinkNeighbours.Write(writer, index(s.Forwarding.Link), s.Forwarding, delete: true); break;
            case AddNeighbour s: RtnetlinkNeighbours.Write(writer, index(s.Neighbour.Link), s.Neighbour, delete: false); break;
            case DeleteNeighbour s: RtnetlinkNeighbours.Write(writer, index(s.Neighbour.Link), s.Neighbour, delete: true); break;
            case Retire s: Write(s); break;
            case Reuse s: Write(s); break;
            case DeleteLink s: writer.Begin(Rtnetlink.DeleteLink, Change).LinkHeader().Attribute(Rtnetlink.LinkName, s.Link.Name); break;
            case DeleteGroup s: writer.Begin(Rtnetlink.DeleteLink, Change).LinkHeader().Attribute(Rtnetlink.LinkGroup, s.Group); break;
            case AddAddress s: Write(s); break;
            case DeleteAddress s: Write(Rtnetlink.DeleteAddress, Change, s.Address); break;
            case AddRoute s: Write(s.Route, Rtnetlink.NewRoute, Put, Rtnetlink.Static, Rtnetlink.Universe, Rtnetlink.Unicast); break;
            case DeleteRoute s: Write(s.Route, Rtnetlink.DeleteRoute, Change, 0, Rtnetlink.Nowhere, 0); break;
            default: return false;
        }

        return true;
    }

    private NetlinkWriter Set(LinkName link, uint flags = 0, uint change = 0) =>
        writer.Begin(Rtnetlink.SetLink, Change).LinkHeader(0, flags, change).Attribute(Rtnetlink.LinkName, link.Name);

    /// <summary>Not left to the kernel: to it, master 0 means none, and it would make the link without.</summary>
    private int Master(Step step, string name) => index(name) is > 0 and var master ? master : throw new DataplaneException(step.ToString(), $"no link named {name}");

    private void Write(AddBridge s)
    {
        writer.Begin(Rtnetlink.NewLink, Make).LinkHeader()
            .Attribute(Rtnetlink.LinkName, s.Name).Attribute(Rtnetlink.LinkMac, s.Mac.ToBytes())
            .Attribute(Rtnetlink.LinkMtu, s.MtuBytes).Attribute(Rtnetlink.LinkGroup, s.Group);
        var info = writer.Nest(Rtnetlink.LinkInfo);
        writer.Attribute(Rtnetlink.InfoKind, "bridge").End(info);
    }

    private void Write(AddVxlan s)
    {
        writer.Begin(Rtnetlink.NewLink, Make).LinkHeader()
            .Attribute(Rtnetlink.LinkName, s.Name).Attribute(Rtnetlink.LinkMtu, s.MtuBytes).Attribute(Rtnetlink.LinkGroup, s.Group);
        var info = writer.Nest(Rtnetlink.LinkInfo);
        writer.Attribute(Rtnetlink.InfoKind, "vxlan");
        var data = writer.Nest(Rtnetlink.InfoData);
        writer.Attribute(Rtnetlink.VxlanId, s.Vni).Attribute(s.Local.IsIPv6 ? Rtnetlink.VxlanLocal6 : Rtnetlink.VxlanLocal, s.Local)
            .Attribute(Rtnetlink.VxlanLearning, [0]).Attribute(Rtnetlink.VxlanPort, [WantedVxlan.Port >> 8, WantedVxlan.Port & 0xff])
            .End(data).End(info);
    }

    private void Write(AddVeth s)
    {
        var master = Master(s, s.Master);
        var netns = s.Peer.Netns.Name is { } sandbox ? netnsFd(sandbox) : (int?)null;
        writer.Begin(Rtnetlink.NewLink, Make).LinkHeader(0, Rtnetlink.Up, Rtnetlink.Up)
            .Attribute(Rtnetlink.LinkName, s.Name).Attribute(Rtnetlink.LinkMtu, s.MtuBytes)
            .Attribute(Rtnetlink.LinkMaster, master).Attribute(Rtnetlink.LinkGroup, s.Group);
        OneQueue();
        var info = writer.Nest(Rtnetlink.LinkInfo);
        writer.Attribute(Rtnetlink.InfoKind, "veth");
        var data = writer.Nest(Rtnetlink.InfoData);
        var peer = writer.Nest(Rtnetlink.VethPeer);
        writer.LinkHeader()
            .Attribute(Rtnetlink.LinkName, s.Peer.Name).Attribute(Rtnetlink.LinkMtu, s.MtuBytes)
            .Attribute(Rtnetlink.LinkMac, s.PeerMac.ToBytes());
        OneQueue();
        if (netns is { } elsewhere) writer.Attribute(Rtnetlink.LinkNetnsFd, elsewhere);
        writer.End(peer).End(data).End(info);
    }

    // What a pair uses, whoever makes it. Left to itself the kernel makes one for each processor, takes all but one away again, and waits for everybody who might have seen them.
    private void OneQueue() => writer.Attribute(Rtnetlink.LinkTransmitQueues, 1).Attribute(Rtnetlink.LinkReceiveQueues, 1);

    private static byte[] Setting(bool on) => [on ? (byte)1 : (byte)0];

    private void WritePort(LinkName link, params ReadOnlySpan<(ushort Setting, byte[] Value)> settings)
    {
        writer.Begin(Rtnetlink.NewLink, Change).LinkHeader().Attribute(Rtnetlink.LinkName, link.Name);
        var info = writer.Nest(Rtnetlink.LinkInfo);
        writer.Attribute(Rtnetlink.InfoSlaveKind, "bridge");
        var data = writer.Nest(Rtnetlink.InfoSlaveData);
        foreach (var (setting, value) in settings) writer.Attribute(setting, value);
        writer.End(data).End(info);
    }

    /// <summary>The same as the setting <c>net.ipv4.conf.NAME.route_localnet</c>, in the same batch as the rest.</summary>
    private void Write(SetRoutesLoopback s)
    {
        Set(s.Link);
        var families = writer.Nest(Rtnetlink.LinkFamilies);
        var inet = writer.Nest(Rtnetlink.Inet);
        var configuration = writer.Nest(Rtnetlink.InetConfiguration);
        writer.Attribute(Rtnetlink.RouteLocalnet, s.RoutesLoopback ? 1 : 0).End(configuration).End(inet).End(families);
    }

    /// <summary>Two messages: kernels before 6.3 rename a link only when it is down.</summary>
    private void Write(Retire s)
    {
        Set(s.Link, 0, Rtnetlink.Up).Attribute(Rtnetlink.LinkMaster, 0);
        writer.Begin(Rtnetlink.SetLink, Change).LinkHeader(index(s.Link.Name)).Attribute(Rtnetlink.LinkName, s.NewName).Attribute(Rtnetlink.LinkGroup, s.Group);
    }

    private void Write(Reuse s)
    {
        writer.Begin(Rtnetlink.SetLink, Change).LinkHeader(index(s.Link.Name))
            .Attribute(Rtnetlink.LinkMac, s.Mac.ToBytes()).Attribute(Rtnetlink.LinkMtu, s.MtuBytes).Attribute(Rtnetlink.LinkGroup, s.Group)
            .Attribute(Rtnetlink.LinkName, s.NewName).Attribute(Rtnetlink.LinkAlias, s.Alias);
    }

    private void Write(AddAddress s)
    {
        Write(Rtnetlink.NewAddress, Put, s.Address);
        if (s.Address.Address.IsIPv6) writer.Attribute(Rtnetlink.AddressFlags, Rtnetlink.NoDad);
        else if (s.Address.Prefix < 31) writer.Attribute(Rtnetlink.AddressBroadcast, Subnet.Around(s.Address.Address, s.Address.Prefix).Last);
    }

    private void Write(ushort type, ushort flags, LinkAddress address)
    {
        var link = index(address.Link.Name);
        writer.Begin(type, flags).AddressHeader(Rtnetlink.FamilyOf(address.Address.IsIPv6), address.Prefix, link)
            .Attribute(Rtnetlink.AddressLocal, address.Address).Attribute(Rtnetlink.AddressAddress, address.Address);
    }

    private void Write(Route route, ushort type, ushort flags, byte protocol, byte scope, byte kind)
    {
        var link = index(route.Link);
        writer.Begin(type, flags).RouteHeader(Rtnetlink.FamilyOf(route.Destination.IsIPv6), route.Destination.Prefix, Rtnetlink.MainTable, protocol, scope, kind);
        if (!route.IsDefault) writer.Attribute(Rtnetlink.RouteDestination, route.Destination.Address);
        if (route.Gateway is { } gateway) writer.Attribute(Rtnetlink.RouteGateway, gateway);
        writer.Attribute(Rtnetlink.RouteOut, link);
    }
}
