using System.Buffers.Binary;

namespace NetworkCluster.Dns;

/// <summary>One understood query. Its spans point into the packet and into the caller's text buffer.</summary>
internal readonly ref struct DnsQuery
{
    public const int HeaderLength = 12;
    private const int FlagsAt = 2;
    private const int FixedRecordLength = 10;

    /// <summary>The name asked for, dotted, without the final dot; case as sent.</summary>
    public ReadOnlySpan<char> Name { get; private init; }

    /// <summary>Labels in the name; 0 is the root.</summary>
    public int Labels { get; private init; }

    /// <summary>Name, type and class as they came, to be repeated in the reply.</summary>
    public ReadOnlySpan<byte> Question { get; private init; }

    public ushort Type { get; private init; }

    public ushort Class { get; private init; }

    /// <summary>Offset of the UDP size that the client announces; 0 without EDNS.</summary>
    public int EdnsSizeAt { get; private init; }

    public ushort EdnsSize { get; private init; }

    public byte EdnsVersion { get; private init; }

    /// <summary>Whether the client wants DNSSEC records; only repeated.</summary>
    public bool DnssecOk { get; private init; }

    public bool HasEdns => EdnsSizeAt > 0;

    /// <summary>
    /// Reads a packet. None: no reply is due. <see cref="ResponseCode.NoError"/>: <paramref name="query"/> is complete. Any other code goes back.
    /// Nothing may follow the last record (as BIND has it); exactly one question is served (RFC 9619).
    /// </summary>
    public static ResponseCode? Read(ReadOnlySpan<byte> packet, Span<char> text, out DnsQuery query)
    {
        query = default;
        if (packet.Length < HeaderLength) return null;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(packet[FlagsAt..]);
        if ((flags & 0x8000) != 0) return null;
        if ((flags & 0x7800) != 0) return ResponseCode.NotImplemented;
        if (BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) != 1) return ResponseCode.FormatError;

        var offset = HeaderLength;
        if (!DnsName.TryRead(packet, ref offset, text, out var length, out var labels) || offset + 4 > packet.Length) return ResponseCode.FormatError;
        var edns = default(Edns);
        var question = packet[HeaderLength..(offset + 4)];
        offset += 4;
        if (!ReadRecords(packet, ref offset, ref edns) || offset != packet.Length) return ResponseCode.FormatError;
        query = new()
        {
            Name = text[..length],
            Labels = labels,
            Question = question,
            Type = BinaryPrimitives.ReadUInt16BigEndian(question[^4..]),
            Class = BinaryPrimitives.ReadUInt16BigEndian(question[^2..]),
            EdnsSizeAt = edns.SizeAt,
            EdnsSize = edns.SizeAt > 0 ? BinaryPrimitives.ReadUInt16BigEndian(packet[edns.SizeAt..]) : (ushort)0,
            EdnsVersion = edns.SizeAt > 0 ? packet[edns.SizeAt + 3] : (byte)0,
            DnssecOk = edns.SizeAt > 0 && (packet[edns.SizeAt + 4] & 0x80) != 0,
        };
        return ResponseCode.NoError;
    }

    private ref struct Edns
    {
        public int SizeAt;
    }

    // Each record takes at least 11 bytes, so the packet's own length bounds the loop whatever the counts claim.
    private static bool ReadRecords(ReadOnlySpan<byte> packet, ref int offset, ref Edns edns)
    {
        int additional = BinaryPrimitives.ReadUInt16BigEndian(packet[10..]);
        var count = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) + BinaryPrimitives.ReadUInt16BigEndian(packet[8..]) + additional;
        Span<char> ignored = stackalloc char[DnsName.MaxTextLength];
        for (var i = 0; i < count; i++)
        {
            if (!DnsName.TryRead(packet, ref offset, ignored, out _, out var labels) || offset + FixedRecordLength > packet.Length) return false;
            if (BinaryPrimitives.ReadUInt16BigEndian(packet[offset..]) == RecordType.Opt)
            {
                // RFC 6891 6.1.1: at most one, in the additional section, owned by the root.
                if (edns.SizeAt > 0 || labels > 0 || i < count - additional) return false;
                edns.SizeAt = offset + 2;
            }

            offset += FixedRecordLength + BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 8)..]);
            if (offset > packet.Length) return false;
        }

        return true;
    }
}
