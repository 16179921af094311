using System.Buffers.Binary;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Linux.Netlink;
using static NetworkCluster.Linux.Nftables.NftElements;

namespace NetworkCluster.Linux.Nftables;

/// <summary>A published port as an element of a map: concatenated fields, each filled up to 4 bytes, in network byte order.</summary>
internal static class NftMappings
{
    private const byte Tcp = 6, Udp = 17;
    private const int FieldBytes = 4;

    /// <summary>Writes the element with its data.</summary>
    public static void Write(NetlinkWriter writer, PortMapping mapping)
    {
        Span<byte> bytes = stackalloc byte[16 + FieldBytes];
        WriteKey(writer, mapping.Key);
        var data = writer.Nest(ElementData | Nested);
        writer.Attribute(DataValue, WritePort(bytes, WriteAddress(bytes, mapping.Target), mapping.TargetPort)).End(data);
    }

    /// <summary>Writes the element by its key alone, as deleting wants it.</summary>
    public static void WriteKey(NetlinkWriter writer, MappingKey key)
    {
        Span<byte> bytes = stackalloc byte[16 + (2 * FieldBytes)];
        var length = key.Address is { } address ? WriteAddress(bytes, address) : 0;
        bytes.Slice(length, FieldBytes).Clear();
        bytes[length] = key.Protocol == PortProtocol.Udp ? Udp : Tcp;
        var nest = writer.Nest(ElementKey | Nested);
        writer.Attribute(DataValue, WritePort(bytes, length + FieldBytes, key.Port)).End(nest);
    }

    /// <summary>Reads one element of a dump.</summary>
    public static void Read(bool ipv6, bool hasAddress, ReadOnlySpan<byte> element, List<PortMapping> found)
    {
        var (width, key, target, targetPort) = (ipv6 ? 16 : 4, (MappingKey?)null, (InetAddress?)null, 0);
        var item = new NetlinkAttributes(element);
        while (item.Next())
        {
            if (item.Type is not (ElementKey or ElementData)) continue;
            var value = new NetlinkAttributes(item.Value);
            if (!value.Next() || value.Type != DataValue) continue;
            var bytes = value.Value;
            if (item.Type == ElementKey && bytes.Length >= (hasAddress ? width : 0) + (2 * FieldBytes))
            {
                InetAddress? address = hasAddress ? InetAddress.FromBytes(bytes[..width]) : null;
                var rest = hasAddress ? bytes[width..] : bytes;
                key = new(address, ipv6, rest[0] == Udp ? PortProtocol.Udp : PortProtocol.Tcp, BinaryPrimitives.ReadUInt16BigEndian(rest[FieldBytes..]));
            }
            else if (item.Type == ElementData && bytes.Length >= width + 2)
            {
                (target, targetPort) = (InetAddress.FromBytes(bytes[..width]), BinaryPrimitives.ReadUInt16BigEndian(bytes[width..]));
            }
        }

        if (key is { } k && target is { } t) found.Add(new(k, t, targetPort));
    }

    private static int WriteAddress(Span<byte> bytes, InetAddress address)
    {
        var value = address.ToBytes();
        value.CopyTo(bytes);
        return value.Length;
    }

    private static ReadOnlySpan<byte> WritePort(Span<byte> bytes, int at, int port)
    {
        bytes.Slice(at, FieldBytes).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], (ushort)port);
        return bytes[..(at + FieldBytes)];
    }
}
