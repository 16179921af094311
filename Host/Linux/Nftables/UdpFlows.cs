using System.Buffers.Binary;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Linux.Netlink;

namespace NetworkCluster.Linux.Nftables;

/// <summary>
/// Forgets what the kernel has noted of UDP flows to a port (conntrack). A flow is translated as it was when it began, and one that goes on never ends: it would lead to a container
/// that has gone, or past one that has come. Asks for the port's flows alone, so the price does not grow with those of others more than the kernel's own walk does.
/// </summary>
internal static class UdpFlows
{
    private const ushort Get = (1 << 8) | 1, Delete = (1 << 8) | 2;
    private const ushort Original = 1, Filter = 25, OriginalFlags = 1;
    private const ushort TupleAddresses = 1, TupleProtocol = 2;
    private const ushort DestinationIPv4 = 2, DestinationIPv6 = 4;
    private const ushort ProtocolNumber = 1, DestinationPort = 3;
    private const int ByDestination = 1 << 1, ByProtocol = 1 << 3, ByDestinationPort = 1 << 5;
    private const ushort Nested = NftElements.Nested;
    private const byte Udp = 17, Inet = 2, Inet6 = 10;

    /// <summary>Forgets the flows to a published port, or to one that is published no more.</summary>
    /// <param name="socket">One of nfnetlink.</param>
    /// <param name="port">The port; of TCP there is nothing to forget.</param>
    public static void Forget(NetlinkSocket socket, MappingKey port)
    {
        if (port.Protocol != PortProtocol.Udp) return;
        var family = port.IsIPv6 ? Inet6 : Inet;
        try
        {
            var flows = new List<byte[]>();
            socket.Dump(Question(port, family), flows.Clear, (_, payload) =>
            {
                if (OriginalOf(payload) is { IsEmpty: false } tuple && IsTo(tuple, port)) flows.Add(tuple.ToArray());
            });
            foreach (var flow in flows)
            {
                // It may have ended meanwhile.
                socket.Execute(NftElements.Header(new NetlinkWriter().Begin(Delete, NetlinkWriter.Ack), family).Attribute(Original | Nested, flow));
            }
        }
        catch (NetlinkException)
        {
            // A kernel without ctnetlink: the flows end by themselves once nobody sends for a while.
        }
    }

    private static NetlinkWriter Question(MappingKey port, byte family)
    {
        var writer = NftElements.Header(new NetlinkWriter().Begin(Get, NetlinkWriter.Dump), family);
        var tuple = writer.Nest(Original | Nested);
        if (port.Address is { } address)
        {
            var addresses = writer.Nest(TupleAddresses | Nested);
            writer.Attribute(port.IsIPv6 ? DestinationIPv6 : DestinationIPv4, address).End(addresses);
        }

        var protocol = writer.Nest(TupleProtocol | Nested);
        Span<byte> number = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)port.Port);
        writer.Attribute(ProtocolNumber, [Udp]).Attribute(DestinationPort, number).End(protocol).End(tuple);
        var filter = writer.Nest(Filter | Nested);
        return writer.Attribute(OriginalFlags, ByProtocol | ByDestinationPort | (port.Address is null ? 0 : ByDestination)).End(filter);
    }

    private static ReadOnlySpan<byte> OriginalOf(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 4) return [];
        var attributes = new NetlinkAttributes(payload[4..]);
        return attributes.Seek(Original) ? attributes.Value : [];
    }

    // Also where the kernel filters: one before Linux 5.8 does not, and says nothing.
    private static bool IsTo(ReadOnlySpan<byte> tuple, MappingKey port)
    {
        var (address, protocol, number) = ((InetAddress?)null, (byte)0, 0);
        var parts = new NetlinkAttributes(tuple);
        while (parts.Next())
        {
            var fields = new NetlinkAttributes(parts.Value);
            while (fields.Next())
            {
                if (parts.Type == TupleAddresses && fields.Type is DestinationIPv4 or DestinationIPv6 && fields.Type == (port.IsIPv6 ? DestinationIPv6 : DestinationIPv4)) address = InetAddress.FromBytes(fields.Value);
                else if (parts.Type == TupleProtocol && fields.Type == ProtocolNumber && fields.Value.Length == 1) protocol = fields.Value[0];
                else if (parts.Type == TupleProtocol && fields.Type == DestinationPort && fields.Value.Length == 2) number = BinaryPrimitives.ReadUInt16BigEndian(fields.Value);
            }
        }

        return protocol == Udp && number == port.Port && address is { } to && (port.Address is not { } at || at == to);
    }
}
