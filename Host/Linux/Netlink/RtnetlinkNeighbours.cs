using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Dataplane;

namespace NetworkCluster.Linux.Netlink;

/// <summary>Reads and writes what a host knows of other hosts' endpoints: forwarding entries of tunnels, permanent neighbours of bridges.</summary>
internal static class RtnetlinkNeighbours
{
    /// <summary>Where a tunnel sends to; only what both its own table and its bridge's have.</summary>
    public static ImmutableHashSet<Forwarding> Forwardings(NetlinkSocket socket, string link, int index)
    {
        var (own, bridged) = (new Dictionary<MacAddress, InetAddress>(), new HashSet<MacAddress>());
        Dump(socket, new NetlinkWriter().Begin(Rtnetlink.GetNeighbour, NetlinkWriter.Dump).NeighbourHeader(Rtnetlink.Bridge, index), () => (own, bridged) = ([], []), entry =>
        {
            if (entry.Index != index || entry.Mac is not { } mac) return;
            if (entry.Destination is { } vtep) own[mac] = vtep;
            else if (entry.HasMaster) bridged.Add(mac);
        });
        return [.. own.Where(entry => bridged.Contains(entry.Key)).Select(entry => new Forwarding(link, entry.Key, entry.Value))];
    }

    /// <summary>Permanent neighbours of a link.</summary>
    public static ImmutableHashSet<Neighbour> Permanent(NetlinkSocket socket, string link, int index)
    {
        var found = ImmutableHashSet.CreateBuilder<Neighbour>();
        Dump(socket, new NetlinkWriter().Begin(Rtnetlink.GetNeighbour, NetlinkWriter.Dump).NeighbourHeader(0).Attribute(Rtnetlink.NeighbourInterface, index), found.Clear, entry =>
        {
            if (entry.Index == index && (entry.State & Rtnetlink.NeighbourPermanent) != 0 && entry is { Mac: { } mac, Destination: { } address }) found.Add(new Neighbour(link, address, mac));
        });
        return found.ToImmutable();
    }

    /// <summary>Two messages: the tunnel's table, and its bridge's.</summary>
    public static void Write(NetlinkWriter writer, int index, Forwarding forwarding, bool delete)
    {
        var (type, flags) = Kind(delete);
        writer.Begin(type, flags).NeighbourHeader(Rtnetlink.Bridge, index, Rtnetlink.NeighbourPermanent, Rtnetlink.NeighbourOfItself)
            .Attribute(Rtnetlink.NeighbourMac, forwarding.Mac.ToBytes()).Attribute(Rtnetlink.NeighbourDestination, forwarding.Vtep);
        writer.Begin(type, flags).NeighbourHeader(Rtnetlink.Bridge, index, Rtnetlink.NeighbourStatic, Rtnetlink.NeighbourOfMaster)
            .Attribute(Rtnetlink.NeighbourMac, forwarding.Mac.ToBytes());
    }

    /// <summary>A permanent neighbour.</summary>
    public static void Write(NetlinkWriter writer, int index, Neighbour neighbour, bool delete)
    {
        var (type, flags) = Kind(delete);
        writer.Begin(type, flags).NeighbourHeader(Rtnetlink.FamilyOf(neighbour.Address.IsIPv6), index, Rtnetlink.NeighbourPermanent)
            .Attribute(Rtnetlink.NeighbourDestination, neighbour.Address).Attribute(Rtnetlink.NeighbourMac, neighbour.Mac.ToBytes());
    }

    private static (ushort Type, ushort Flags) Kind(bool delete) =>
        delete ? (Rtnetlink.DeleteNeighbour, NetlinkWriter.Ack) : (Rtnetlink.NewNeighbour, (ushort)(NetlinkWriter.Ack | NetlinkWriter.Create | NetlinkWriter.Replace));

    private readonly record struct Entry(int Index, ushort State, MacAddress? Mac, InetAddress? Destination, bool HasMaster);

    private static void Dump(NetlinkSocket socket, NetlinkWriter question, Action again, Action<Entry> take) => socket.Dump(question, again, (type, payload) =>
    {
        if (type != Rtnetlink.NewNeighbour) return;
        var entry = new Entry(BitConverter.ToInt32(payload[4..]), BitConverter.ToUInt16(payload[8..]), null, null, false);
        var attributes = new NetlinkAttributes(payload[12..]);
        while (attributes.Next())
        {
            switch ((ushort)attributes.Type)
            {
                case Rtnetlink.NeighbourMac when attributes.Value.Length == 6: entry = entry with { Mac = MacAddress.FromBytes(attributes.Value) }; break;
                case Rtnetlink.NeighbourDestination when attributes.Value.Length is 4 or 16: entry = entry with { Destination = InetAddress.FromBytes(attributes.Value) }; break;
                case Rtnetlink.NeighbourMaster: entry = entry with { HasMaster = true }; break;
            }
        }

        take(entry);
    });
}
