namespace NetworkCluster.Dns;

/// <summary>Domain names between their wire form (RFC 1035 3.1) and dotted text without the final dot.</summary>
internal static class DnsName
{
    /// <summary>Room for the text of the longest name: 255 bytes on the wire are at most 253 characters.</summary>
    public const int MaxTextLength = 253;

    private const int MaxWireLength = 255;
    private const int MaxLabelLength = 63;
    private const int HeaderLength = 12;

    /// <summary>
    /// Reads the name at <paramref name="offset"/> and moves the offset behind it. Compression pointers may only lead further
    /// back than where the name (or the last pointer) led before, so there is no loop. A dot or control character inside a label becomes NUL,
    /// which no known name contains.
    /// </summary>
    /// <returns>False: the name leaves the message, is too long, or points forward or into the header.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int offset, Span<char> text, out int length, out int labels)
    {
        length = labels = 0;
        int at = offset, behind = -1, earliest = offset, wire = 1;
        while ((uint)at < (uint)message.Length)
        {
            int size = message[at];
            if (size == 0)
            {
                offset = behind < 0 ? at + 1 : behind;
                return true;
            }

            if (size >= 0xC0)
            {
                if (at + 1 >= message.Length) return false;
                var target = ((size & 0x3F) << 8) | message[at + 1];
                if (behind < 0) behind = at + 2;
                if (target >= earliest || target < HeaderLength) return false;
                at = earliest = target;
                continue;
            }

            wire += size + 1;
            if (size > MaxLabelLength || wire > MaxWireLength || at + 1 + size > message.Length) return false;
            if (labels++ > 0) text[length++] = '.';
            foreach (var b in message.Slice(at + 1, size)) text[length++] = b is (byte)'.' or < 0x20 ? '\0' : (char)b;
            at += size + 1;
        }

        return false;
    }

    /// <summary>The wire form with the final root label; none where the text is no domain name (empty or long labels, not ASCII).</summary>
    public static byte[]? ToWire(string text)
    {
        if (!IsAscii(text) || text.Length is 0 or > MaxTextLength) return null;
        var wire = new byte[text.Length + 2];
        var at = 0;
        foreach (var range in text.AsSpan().Split('.'))
        {
            var label = text.AsSpan(range);
            if (label.Length is 0 or > MaxLabelLength) return null;
            wire[at++] = (byte)label.Length;
            foreach (var c in label) wire[at++] = (byte)c;
        }

        return wire;
    }

    /// <summary>Whether a query could ever carry this text as a name.</summary>
    public static bool IsName(string text) => ToWire(text) is not null;

    private static bool IsAscii(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
