using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace NetworkCluster.Addressing;

/// <summary>A 48-bit link-layer address, written as six lower-case hexadecimal pairs with colons.</summary>
[JsonConverter(typeof(ParsableJsonConverter<MacAddress>))]
public readonly record struct MacAddress(ulong Value) : IParsable<MacAddress>
{
    /// <summary>The address Docker gives an IPv4 endpoint: 02:42 and the four octets.</summary>
    public static MacAddress ForIPv4(InetAddress address) => new(0x0242_0000_0000UL | (uint)address.Value);

    /// <summary>Whether the group bit is set (no interface may have such an address).</summary>
    public bool IsMulticast => (Value >> 40 & 1) == 1;

    /// <summary>The six bytes in wire order.</summary>
    public byte[] ToBytes() => [(byte)(Value >> 40), (byte)(Value >> 32), (byte)(Value >> 24), (byte)(Value >> 16), (byte)(Value >> 8), (byte)Value];

    /// <summary>From six bytes in wire order.</summary>
    public static MacAddress FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 6) throw new ArgumentException("a MAC address has 6 bytes", nameof(bytes));
        ulong value = 0;
        foreach (var b in bytes) value = (value << 8) | b;
        return new(value);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(':', ToBytes().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));

    /// <summary>Parses six pairs with colons or dashes.</summary>
    /// <exception cref="FormatException">The text is no MAC address.</exception>
    public static MacAddress Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var mac) ? mac : throw new FormatException($"'{s}' is not a MAC address");

    /// <summary>Parses six pairs with colons or dashes; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out MacAddress result)
    {
        result = default;
        if (s is not { Length: 17 }) return false;
        ulong value = 0;
        for (var i = 0; i < 17; i++)
        {
            if (i % 3 == 2)
            {
                if (s[i] != s[2] || s[i] is not (':' or '-')) return false;
                continue;
            }

            if (!char.IsAsciiHexDigit(s[i])) return false;
            value = (value << 4) | (uint)Convert.ToInt32(s[i].ToString(), 16);
        }

        result = new(value);
        return true;
    }

    /// <summary>Parses six pairs with colons or dashes; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out MacAddress result) => TryParse(s, null, out result);
}
