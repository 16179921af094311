using System.Buffers.Binary;
using NetworkCluster.Addressing;

namespace NetworkCluster.Dns;

/// <summary>
/// Writes one reply into a span and never beyond its limit: records that do not fit are left out and TC is set, so that clients
/// that know TCP ask again and the others have as many addresses as fit.
/// </summary>
internal ref struct ReplyWriter : IEndpointSink
{
    private const int OptLength = 11;
    private const ushort NameOfQuestion = 0xC000 | DnsQuery.HeaderLength;

    private readonly Span<byte> _reply;
    private readonly DnsQuery _query;
    private readonly uint _ttlSeconds;
    private readonly int _limit;
    private int _length;
    private ushort _answers;
    private bool _truncated;

    /// <param name="packet">The query as it came.</param>
    /// <param name="query">The query as understood.</param>
    /// <param name="reply">Where to write; as long as the reply may be, at least 512 bytes.</param>
    /// <param name="ttlSeconds">How long others may keep the answers, where their network does not say.</param>
    public ReplyWriter(ReadOnlySpan<byte> packet, in DnsQuery query, Span<byte> reply, uint ttlSeconds)
    {
        _reply = reply;
        _query = query;
        _ttlSeconds = ttlSeconds;
        _limit = reply.Length - (query.HasEdns ? OptLength : 0);
        packet[..DnsQuery.HeaderLength].CopyTo(reply);
        query.Question.CopyTo(reply[DnsQuery.HeaderLength..]);
        _length = DnsQuery.HeaderLength + query.Question.Length;
    }

    /// <summary>Records written so far.</summary>
    public readonly int Answers => _answers;

    /// <summary>Whether the question is an address's name: then names are answered, otherwise addresses.</summary>
    public bool Reverse { get; init; }

    /// <inheritdoc/>
    public void Add(NamedEndpoint endpoint)
    {
        if (Reverse)
        {
            if (_query.Type is RecordType.Ptr or RecordType.Any && endpoint.Reverse is { } name) Append(RecordType.Ptr, name, endpoint.TtlSeconds);
            return;
        }

        if (_query.Type is RecordType.A or RecordType.Any && endpoint.IPv4 is { } v4) Append(v4, endpoint.TtlSeconds);
        if (_query.Type is RecordType.Aaaa or RecordType.Any && endpoint.IPv6 is { } v6) Append(v6, endpoint.TtlSeconds);
    }

    /// <summary>Finishes the reply and gives its length in bytes.</summary>
    public int Finish(ResponseCode code)
    {
        // RA is set and AA is not, as Docker's server has it: clients take us for a resolver, not for a zone's server.
        var asked = BinaryPrimitives.ReadUInt16BigEndian(_reply[2..]);
        var flags = 0x8080 | (asked & 0x0110) | ((int)code & 0xF) | (_truncated ? 0x0200 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(_reply[2..], (ushort)flags);
        BinaryPrimitives.WriteUInt16BigEndian(_reply[4..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(_reply[6..], _answers);
        BinaryPrimitives.WriteUInt16BigEndian(_reply[8..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(_reply[10..], _query.HasEdns ? (ushort)1 : (ushort)0);
        if (!_query.HasEdns) return _length;

        var opt = _reply.Slice(_length, OptLength);
        opt.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(opt[1..], RecordType.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(opt[3..], DnsResponder.MaxUdpBytes);
        opt[5] = (byte)((int)code >> 4);
        opt[7] = _query.DnssecOk ? (byte)0x80 : (byte)0;
        return _length + OptLength;
    }

    private void Append(InetAddress address, uint? ttlSeconds)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address.Value);
        if (address.IsIPv6) Append(RecordType.Aaaa, bytes, ttlSeconds);
        else Append(RecordType.A, bytes[12..], ttlSeconds);
    }

    private void Append(ushort type, scoped ReadOnlySpan<byte> data, uint? ttlSeconds)
    {
        _truncated |= _length + 12 + data.Length > _limit || _answers == ushort.MaxValue;
        if (_truncated) return;
        var record = _reply[_length..];
        BinaryPrimitives.WriteUInt16BigEndian(record, NameOfQuestion);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], type);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(record[6..], ttlSeconds ?? _ttlSeconds);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], (ushort)data.Length);
        data.CopyTo(record[12..]);
        _length += 12 + data.Length;
        _answers++;
    }
}
