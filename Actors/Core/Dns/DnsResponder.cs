using System.Buffers.Binary;
using NetworkCluster.Containers;

namespace NetworkCluster.Dns;

/// <summary>Answers a sandbox's queries from the name table, or says that they are for the servers above. Pure: bytes in, bytes out; never throws, whatever the bytes; allocates nothing.</summary>
/// <param name="names">What each sandbox may resolve.</param>
/// <param name="ttlSeconds">
/// How long clients may keep the answers. The sensible value is 0: a container's address is true only now, a query on the loopback
/// costs some 30 microseconds, and glibc and musl keep nothing anyway. Negative answers carry no SOA, so they are never kept (RFC 2308).
/// </param>
public sealed class DnsResponder(NameTable names, uint ttlSeconds)
{
    /// <summary>The longest reply over UDP that we write or announce: the DNS flag day's 1,232 bytes, which never need fragments.</summary>
    public const int MaxUdpBytes = 1232;

    /// <summary>The longest reply over UDP to a client without EDNS.</summary>
    public const int MinUdpBytes = 512;

    /// <summary>The longest message over TCP.</summary>
    public const int MaxTcpBytes = ushort.MaxValue;

    private const ushort ClassInternet = 1;

    /// <summary>Answers one query of one sandbox.</summary>
    /// <param name="asker">The sandbox's container; one that is unknown can resolve nothing.</param>
    /// <param name="packet">The query; anything at all.</param>
    /// <param name="transport">How it came.</param>
    /// <param name="reply">Room for the reply: <see cref="MaxUdpBytes"/> or <see cref="MaxTcpBytes"/>; at least <see cref="MinUdpBytes"/>.</param>
    /// <param name="isFirst">Whether another resolver of the sandbox stands behind: then all that is nobody's here is its, names of one word and those of who leads nowhere, too.</param>
    public DnsResult Answer(ContainerId asker, ReadOnlySpan<byte> packet, DnsTransport transport, Span<byte> reply, bool isFirst = false)
    {
        Span<char> text = stackalloc char[DnsName.MaxTextLength];
        switch (DnsQuery.Read(packet, text, out var query))
        {
            case null: return new(DnsOutcome.Dropped, 0, 0, 0, 0);
            case ResponseCode.NoError: break;
            case { } code:
                var outcome = code == ResponseCode.FormatError ? DnsOutcome.Malformed : DnsOutcome.Refused;
                return new(outcome, WriteFailure(packet, 0, code, reply), MinUdpBytes, 0, 0);
        }

        var limit = Math.Min(reply.Length, transport == DnsTransport.Tcp ? MaxTcpBytes : Math.Clamp((int)query.EdnsSize, MinUdpBytes, MaxUdpBytes));
        var reverse = ReverseName.TryParse(query.Name, out var address);
        var writer = new ReplyWriter(packet, query, reply[..limit], ttlSeconds) { Reverse = reverse };
        if (query.EdnsVersion != 0) return Done(DnsOutcome.Refused, ResponseCode.BadVersion, query, ref writer, limit);
        if (query.Class != ClassInternet || query.Type is RecordType.Axfr or RecordType.Ixfr)
            return Done(DnsOutcome.Refused, ResponseCode.Refused, query, ref writer, limit);

        var sandbox = names.Find(asker);
        switch (reverse ? sandbox.Reverse(address, ref writer) : sandbox.Resolve(query.Name, ref writer))
        {
            case NameOwner.Known:
                return Done(writer.Answers > 0 ? DnsOutcome.Answered : DnsOutcome.NoData, ResponseCode.NoError, query, ref writer, limit);
            case NameOwner.Foreign when isFirst || (query.Labels != 1 && sandbox.LeadsOutside):
                return new(DnsOutcome.Forward, 0, limit, query.Question.Length, query.EdnsSizeAt);
            default:
                return Done(DnsOutcome.NameError, ResponseCode.NameError, query, ref writer, limit);
        }
    }

    /// <summary>Writes a reply without answers: the header, and the question where <paramref name="questionLength"/> tells that it was understood.</summary>
    /// <returns>Bytes written.</returns>
    public static int WriteFailure(ReadOnlySpan<byte> packet, int questionLength, ResponseCode code, Span<byte> reply)
    {
        var length = DnsQuery.HeaderLength + questionLength;
        packet[..length].CopyTo(reply);
        var asked = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(reply[2..], (ushort)(0x8080 | (asked & 0x7910) | (int)code));
        reply[4..DnsQuery.HeaderLength].Clear();
        if (questionLength > 0) reply[5] = 1;
        return length;
    }

    private static DnsResult Done(DnsOutcome outcome, ResponseCode code, in DnsQuery query, ref ReplyWriter writer, int limit) =>
        new(outcome, writer.Finish(code), limit, query.Question.Length, query.EdnsSizeAt);
}
