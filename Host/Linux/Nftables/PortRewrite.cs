using System.Buffers.Binary;
using System.Net;
using NetworkCluster.Agents;
using NetworkCluster.Linux.Netlink;

namespace NetworkCluster.Linux.Nftables;

/// <summary>
/// Has a server answer at a port that it does not listen at: inside one namespace, what is sent to the one port goes to the other, and the answers come from the one again. Packets
/// are rewritten as they leave, both ways, without connection tracking: no entry per query, and none that can run out.
/// <para>As nft has it, once for UDP and once for TCP: <c>ip daddr ADDRESS udp dport ASKED udp dport set SERVED notrack; ip saddr ADDRESS udp sport SERVED udp sport set ASKED notrack</c>.</para>
/// </summary>
internal static class PortRewrite
{
    private const string Table = "embedded_dns", Chain = "output";
    private const ushort Append = 0x800;
    private const ushort Subsystem = 10 << 8;
    private const ushort BatchBegin = 0x10, BatchEnd = 0x11, NewTable = Subsystem, DeleteTable = Subsystem | 2, NewChain = Subsystem | 3, NewRule = Subsystem | 6;
    private const ushort TableName = 1, ChainTable = 1, ChainName = 3, ChainHook = 4, ChainType = 7, HookNumber = 1, HookPriority = 2;
    private const ushort RuleTable = 1, RuleChain = 2, RuleExpressions = 4, ListElement = 1, ExpressionName = 1, ExpressionData = 2;
    private const ushort MetaTo = 1, MetaKey = 2, CompareFrom = 1, CompareOperator = 2, CompareData = 3, ImmediateTo = 1, ImmediateData = 2;
    private const ushort PayloadTo = 1, PayloadBase = 2, PayloadOffset = 3, PayloadLength = 4, PayloadFrom = 5, PayloadSum = 6, PayloadSumOffset = 7;
    private const int LocalOut = 3, Raw = -300, Equal = 0, L4Protocol = 16, NetworkHeader = 1, TransportHeader = 2, InternetSum = 1, Register = 1;
    private const byte IPv4 = 2, Tcp = 6, Udp = 17;
    private const int Source = 12, Destination = 16, SourcePort = 0, DestinationPort = 2;

    /// <summary>Puts the rules in place of those that are there.</summary>
    /// <param name="netnsPath">The namespace.</param>
    /// <param name="address">The server's, IPv4.</param>
    /// <param name="asked">The port it is asked at.</param>
    /// <param name="udp">The port it listens at for UDP.</param>
    /// <param name="tcp">The port it listens at for TCP.</param>
    /// <exception cref="DataplaneException">There is no such namespace, or the kernel refuses.</exception>
    public static void Replace(string netnsPath, IPAddress address, int asked, int udp, int tcp)
    {
        var writer = new NetlinkWriter();
        NftElements.Header(writer.Begin(BatchBegin, 0), 0, 10);
        // Made first, so that there is one to delete.
        foreach (var (type, flags) in (ReadOnlySpan<(ushort, ushort)>)[(NewTable, NetlinkWriter.Create), (DeleteTable, 0), (NewTable, NetlinkWriter.Create)])
            NftElements.Header(writer.Begin(type, (ushort)(NetlinkWriter.Ack | flags)), IPv4).Attribute(TableName, Table);
        NftElements.Header(writer.Begin(NewChain, NetlinkWriter.Ack | NetlinkWriter.Create), IPv4).Attribute(ChainTable, Table).Attribute(ChainName, Chain);
        var hook = writer.Nest(ChainHook | NftElements.Nested);
        writer.AttributeBigEndian(HookNumber, LocalOut).AttributeBigEndian(HookPriority, Raw).End(hook).Attribute(ChainType, "filter");
        Span<byte> server = stackalloc byte[4];
        address.TryWriteBytes(server, out _);
        foreach (var (protocol, sum, served) in (ReadOnlySpan<(byte, int, int)>)[(Udp, 6, udp), (Tcp, 16, tcp)])
        {
            Rule(writer, Destination, server, protocol, sum, DestinationPort, asked, served);
            Rule(writer, Source, server, protocol, sum, SourcePort, served, asked);
        }

        NftElements.Header(writer.Begin(BatchEnd, 0), 0, 10);
        using var socket = NetlinkSocket.Open(NetlinkSocket.Netfilter, netnsPath);
        if (socket.Execute(writer) is [var refusal, ..]) throw new DataplaneException($"nft add table ip {Table} in {netnsPath}", refusal.Message, refusal);
    }

    private static void Rule(NetlinkWriter writer, int end, ReadOnlySpan<byte> server, byte protocol, int sum, int port, int before, int after)
    {
        NftElements.Header(writer.Begin(NewRule, NetlinkWriter.Ack | NetlinkWriter.Create | Append), IPv4).Attribute(RuleTable, Table).Attribute(RuleChain, Chain);
        var rule = writer.Nest(RuleExpressions | NftElements.Nested);
        Load(writer, NetworkHeader, end, server.Length);
        Compare(writer, server);
        Expression(writer, "meta", static w => w.AttributeBigEndian(MetaTo, Register).AttributeBigEndian(MetaKey, L4Protocol));
        Compare(writer, [protocol]);
        Load(writer, TransportHeader, port, sizeof(ushort));
        Compare(writer, Port(before));
        var value = Port(after);
        Expression(writer, "immediate", w => Value(w.AttributeBigEndian(ImmediateTo, Register), ImmediateData, value));
        Expression(writer, "payload", w => w
            .AttributeBigEndian(PayloadFrom, Register).AttributeBigEndian(PayloadBase, TransportHeader).AttributeBigEndian(PayloadOffset, port).AttributeBigEndian(PayloadLength, sizeof(ushort))
            .AttributeBigEndian(PayloadSum, InternetSum).AttributeBigEndian(PayloadSumOffset, sum));
        Expression(writer, "notrack", static _ => { });
        writer.End(rule);
    }

    private static byte[] Port(int port)
    {
        var bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)port);
        return bytes;
    }

    private static void Load(NetlinkWriter writer, int header, int offset, int length) => Expression(writer, "payload", w => w
        .AttributeBigEndian(PayloadTo, Register).AttributeBigEndian(PayloadBase, header).AttributeBigEndian(PayloadOffset, offset).AttributeBigEndian(PayloadLength, length));

    private static void Compare(NetlinkWriter writer, ReadOnlySpan<byte> with)
    {
        var value = with.ToArray();
        Expression(writer, "cmp", w => Value(w.AttributeBigEndian(CompareFrom, Register).AttributeBigEndian(CompareOperator, Equal), CompareData, value));
    }

    private static void Value(NetlinkWriter writer, ushort type, ReadOnlySpan<byte> value)
    {
        var data = writer.Nest((ushort)(type | NftElements.Nested));
        writer.Attribute(NftElements.DataValue, value).End(data);
    }

    private static void Expression(NetlinkWriter writer, string name, Action<NetlinkWriter> write)
    {
        var element = writer.Nest(ListElement | NftElements.Nested);
        writer.Attribute(ExpressionName, name);
        var data = writer.Nest(ExpressionData | NftElements.Nested);
        write(writer);
        writer.End(data).End(element);
    }
}
