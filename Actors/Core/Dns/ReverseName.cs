using NetworkCluster.Addressing;

namespace NetworkCluster.Dns;

/// <summary>The names under which addresses are looked up backwards: <c>4.3.2.1.in-addr.arpa</c> and 32 nibbles under <c>ip6.arpa</c>.</summary>
internal static class ReverseName
{
    private const string IPv4Suffix = ".in-addr.arpa";
    private const string IPv6Suffix = ".ip6.arpa";

    /// <summary>The address of a complete reverse name; false for anything else, for example a reverse zone of fewer octets.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out InetAddress address)
    {
        address = default;
        if (name.EndsWith(IPv4Suffix, StringComparison.OrdinalIgnoreCase)) return TryParseIPv4(name[..^IPv4Suffix.Length], out address);
        return name.EndsWith(IPv6Suffix, StringComparison.OrdinalIgnoreCase) && TryParseIPv6(name[..^IPv6Suffix.Length], out address);
    }

    private static bool TryParseIPv4(ReadOnlySpan<char> octets, out InetAddress address)
    {
        address = default;
        uint value = 0;
        var count = 0;
        foreach (var range in octets.Split('.'))
        {
            var octet = octets[range];
            if (count == 4 || octet.Length is 0 or > 3 || (octet.Length > 1 && octet[0] == '0')) return false;
            uint number = 0;
            foreach (var c in octet)
            {
                if (!char.IsAsciiDigit(c)) return false;
                number = (number * 10) + (uint)(c - '0');
            }

            if (number > 255) return false;
            value |= number << (8 * count++);
        }

        if (count != 4) return false;
        address = new(value, isIPv6: false);
        return true;
    }

    private static bool TryParseIPv6(ReadOnlySpan<char> nibbles, out InetAddress address)
    {
        address = default;
        if (nibbles.Length != 63) return false;
        UInt128 value = 0;
        for (var i = 0; i < 32; i++)
        {
            if (!char.IsAsciiHexDigit(nibbles[2 * i]) || (i > 0 && nibbles[(2 * i) - 1] != '.')) return false;
            var c = nibbles[2 * i];
            value |= (UInt128)(uint)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10) << (4 * i);
        }

        address = new(value, isIPv6: true);
        return true;
    }
}
