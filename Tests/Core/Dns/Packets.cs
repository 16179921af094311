using System.Buffers.Binary;
using System.Net;
using System.Text;
using NetworkCluster.Containers;
using NetworkCluster.Dns;
using Xunit;

namespace NetworkCluster.Tests.Core.Dns;

/// <summary>Queries and replies as a client sees them, written and read here without the code under test.</summary>
internal static class Packets
{
    public const ushort A = 1, Ptr = 12, Mx = 15, Aaaa = 28, Any = 255;

    public static byte[] Query(string name, ushort type = A, int? edns = null, ushort id = 0x1234, ushort flags = 0x0100, ushort @class = 1)
    {
        List<byte> packet = [.. U16(id), .. U16(flags), 0, 1, 0, 0, 0, 0, 0, edns is null ? (byte)0 : (byte)1, .. Name(name), .. U16(type), .. U16(@class)];
        if (edns is { } size) packet.AddRange([0, 0, 41, .. U16((ushort)size), 0, 0, 0, 0, 0, 0]);
        return [.. packet];
    }

    public static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)), 0];

    public static byte[] U16(ushort value) => [(byte)(value >> 8), (byte)value];

    /// <summary>A reply from a server above.</summary>
    public static byte[] Reply(byte[] query, int code = 0, params string[] addresses)
    {
        var question = QuestionEnd(query);
        List<byte> reply = [query[0], query[1], 0x81, (byte)(0x80 | code), 0, 1, 0, (byte)addresses.Length, 0, 0, 0, 0, .. query[12..question]];
        foreach (var address in addresses) reply.AddRange([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. IPAddress.Parse(address).GetAddressBytes()]);
        return [.. reply];
    }

    public static int QuestionEnd(byte[] packet)
    {
        var at = 12;
        while (packet[at] != 0) at += packet[at] + 1;
        return at + 5;
    }

    public static Answer Ask(this NameTable names, ContainerId asker, string name, ushort type = A, int? edns = null, DnsTransport transport = DnsTransport.Udp) =>
        names.Ask(asker, Query(name, type, edns), transport);

    public static Answer Ask(this NameTable names, ContainerId asker, byte[] query, DnsTransport transport = DnsTransport.Udp)
    {
        var reply = new byte[transport == DnsTransport.Tcp ? DnsResponder.MaxTcpBytes : DnsResponder.MaxUdpBytes];
        var result = new DnsResponder(names, ttlSeconds: 0).Answer(asker, query, transport, reply);
        return Read(result.Outcome, reply[..result.Length]);
    }

    public static Answer Read(DnsOutcome outcome, byte[] reply)
    {
        if (reply.Length == 0) return new(outcome, reply, [], -1, false);
        List<string> records = [];
        var at = reply[5] == 0 ? 12 : QuestionEnd(reply);
        for (var i = 0; i < BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(6)); i++)
        {
            Assert.Equal((0xC0, 12), (reply[at], reply[at + 1]));
            var type = BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(at + 2));
            var length = BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(at + 10));
            var data = reply[(at + 12)..(at + 12 + length)];
            records.Add(type == Ptr ? Text(data) : new IPAddress(data).ToString());
            at += 12 + length;
        }

        return new(outcome, reply, records, reply[3] & 0xF, (reply[2] & 2) != 0);
    }

    private static string Text(byte[] name)
    {
        var text = "";
        for (var at = 0; name[at] != 0; at += name[at] + 1) text += Encoding.ASCII.GetString(name, at + 1, name[at]) + ".";
        return text;
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(DnsOutcome Outcome, byte[] Bytes, IReadOnlyList<string> Records, int Code, bool Truncated)
{
    public void Is(params string[] expected)
    {
        Assert.Equal(expected, Records);
        Assert.Equal((expected.Length > 0 ? DnsOutcome.Answered : DnsOutcome.NoData, 0), (Outcome, Code));
    }

    public void IsNameError() => Assert.Equal((DnsOutcome.NameError, 3, 0), (Outcome, Code, Records.Count));

    public void IsForwarded() => Assert.Equal((DnsOutcome.Forward, 0), (Outcome, Bytes.Length));
}
