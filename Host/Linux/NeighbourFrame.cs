using System.Buffers.Binary;
using NetworkCluster.Addressing;

namespace NetworkCluster.Linux;

/// <summary>
/// The Ethernet frames by which an address is announced to everybody on a link: an ARP request for oneself (RFC 5227 section 3), an unsolicited neighbour advertisement that
/// overrides what is known (RFC 4861 section 4.4). Linux takes both for addresses that it has in its cache, and makes no new entry of them.
/// </summary>
internal static class NeighbourFrame
{
    private const int MacBytes = 6, EthernetBytes = 14, ArpBytes = 28, IPv6Bytes = 40, AdvertisementBytes = 32;
    private const int TypeArp = 0x0806, TypeIPv6 = 0x86DD, NextIcmp = 58, HopLimit = 255;
    private const byte Advertisement = 136, Override = 0x20, TargetLinkAddress = 2;

    // ff02::1 and where it is on Ethernet.
    private static readonly InetAddress AllNodes = InetAddress.Parse("ff02::1");
    private static readonly MacAddress AllNodesMac = MacAddress.Parse("33:33:00:00:00:01");
    private static readonly MacAddress Broadcast = MacAddress.Parse("ff:ff:ff:ff:ff:ff");

    /// <summary>The frame that says an address is at a link-layer address.</summary>
    public static byte[] For(InetAddress address, MacAddress mac) => address.IsIPv6 ? Advertise(address, mac) : Request(address, mac);

    private static byte[] Request(InetAddress address, MacAddress mac)
    {
        var frame = Ethernet(Broadcast, mac, TypeArp, ArpBytes);
        var arp = frame.AsSpan(EthernetBytes);
        // Ethernet and IPv4, 6 and 4 bytes, a request.
        ReadOnlySpan<byte> kind = [0, 1, 8, 0, MacBytes, 4, 0, 1];
        kind.CopyTo(arp);
        mac.ToBytes().CopyTo(arp[8..]);
        address.ToBytes().CopyTo(arp[14..]);
        address.ToBytes().CopyTo(arp[24..]);
        return frame;
    }

    private static byte[] Advertise(InetAddress address, MacAddress mac)
    {
        var frame = Ethernet(AllNodesMac, mac, TypeIPv6, IPv6Bytes + AdvertisementBytes);
        var header = frame.AsSpan(EthernetBytes);
        header[0] = 6 << 4;
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], AdvertisementBytes);
        (header[6], header[7]) = (NextIcmp, HopLimit);
        address.ToBytes().CopyTo(header[8..]);
        AllNodes.ToBytes().CopyTo(header[24..]);
        var message = header[IPv6Bytes..];
        (message[0], message[4]) = (Advertisement, Override);
        address.ToBytes().CopyTo(message[8..]);
        (message[24], message[25]) = (TargetLinkAddress, 1);
        mac.ToBytes().CopyTo(message[26..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], Checksum(header[8..], AdvertisementBytes + NextIcmp));
        return frame;
    }

    private static byte[] Ethernet(MacAddress to, MacAddress from, int type, int payloadBytes)
    {
        var frame = new byte[EthernetBytes + payloadBytes];
        to.ToBytes().CopyTo(frame, 0);
        from.ToBytes().CopyTo(frame, MacBytes);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2 * MacBytes), (ushort)type);
        return frame;
    }

    // Over both addresses, the message, and what else the pseudo header holds (RFC 8200 section 8.1).
    private static ushort Checksum(ReadOnlySpan<byte> words, int rest)
    {
        var sum = (uint)rest;
        for (var i = 0; i < words.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(words[i..]);
        while (sum > ushort.MaxValue) sum = (sum & ushort.MaxValue) + (sum >> 16);
        return (ushort)~sum;
    }
}
