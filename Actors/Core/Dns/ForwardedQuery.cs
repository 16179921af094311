using System.Buffers.Binary;
using System.Text;

namespace NetworkCluster.Dns;

/// <summary>
/// One query on its way to a server above and back: the client's bytes under another id, with no more UDP size announced than the
/// client may be answered with. Pure; the reply is checked here because anybody may send us packets.
/// </summary>
public sealed class ForwardedQuery
{
    private const int TruncatedFlag = 0x0200;
    private readonly byte[] _packet;
    private readonly ushort _clientId;
    private readonly int _questionLength;
    private readonly int _limit;

    /// <summary>Takes a copy of the packet.</summary>
    /// <param name="packet">The client's query, as <see cref="DnsResponder.Answer"/> understood it.</param>
    /// <param name="result">What the responder said, with outcome <see cref="DnsOutcome.Forward"/>.</param>
    public ForwardedQuery(ReadOnlySpan<byte> packet, in DnsResult result)
    {
        _packet = packet.ToArray();
        _clientId = BinaryPrimitives.ReadUInt16BigEndian(_packet);
        _questionLength = result.QuestionLength;
        _limit = result.Limit;
        if (result.EdnsSizeAt > 0)
            BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(result.EdnsSizeAt), (ushort)Math.Min(result.Limit, DnsResponder.MaxUdpBytes));
    }

    /// <summary>The query as it goes out, under <paramref name="id"/>, which should be random for every attempt.</summary>
    public ReadOnlyMemory<byte> Under(ushort id)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_packet, id);
        return _packet;
    }

    /// <summary>Whether these bytes answer this query: a response to the id it went out under, repeating its question (letter case aside).</summary>
    public bool IsAnsweredBy(ReadOnlySpan<byte> reply)
    {
        var end = DnsQuery.HeaderLength + _questionLength;
        return reply.Length >= end
            && reply[..2].SequenceEqual(_packet.AsSpan(0, 2))
            && (reply[2] & 0xF8) == 0x80
            && reply[4..6].SequenceEqual(_packet.AsSpan(4, 2))
            && EqualsIgnoringCase(reply[DnsQuery.HeaderLength..end], _packet.AsSpan(DnsQuery.HeaderLength, _questionLength));
    }

    /// <summary>Whether the server could not or would not answer (SERVFAIL, REFUSED, NOTIMP, FORMERR), so that the next one may know better.</summary>
    public static bool IsFailure(ReadOnlySpan<byte> reply) => (ResponseCode)(reply[3] & 0xF) is not (ResponseCode.NoError or ResponseCode.NameError);

    /// <summary>Whether the server left records out and TCP would bring all.</summary>
    public static bool IsTruncated(ReadOnlySpan<byte> reply) => (reply[2] & (TruncatedFlag >> 8)) != 0;

    /// <summary>Gives the reply the client's id. One that is longer than the client may get loses its records and gets TC, so that the client asks over TCP.</summary>
    /// <returns>Bytes to send.</returns>
    public int Return(Span<byte> reply)
    {
        BinaryPrimitives.WriteUInt16BigEndian(reply, _clientId);
        if (reply.Length <= _limit) return reply.Length;
        reply[2] |= TruncatedFlag >> 8;
        reply[6..DnsQuery.HeaderLength].Clear();
        return DnsQuery.HeaderLength + _questionLength;
    }

    /// <summary>Writes SERVFAIL for the client.</summary>
    /// <returns>Bytes to send.</returns>
    public int Fail(Span<byte> reply)
    {
        var length = DnsResponder.WriteFailure(_packet, _questionLength, ResponseCode.ServerFailure, reply);
        BinaryPrimitives.WriteUInt16BigEndian(reply, _clientId);
        return length;
    }

    // Length bytes of labels are below 'A', so folding letters over the whole name folds nothing else. Type and class are compared exactly;
    // names with bytes outside ASCII (which Ascii.EqualsIgnoreCase refuses) too.
    private static bool EqualsIgnoringCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.SequenceEqual(right)
        || (Ascii.EqualsIgnoreCase(left[..^4], right[..^4]) && left[^4..].SequenceEqual(right[^4..]));
}
