using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;

namespace NetworkCluster.Addressing;

/// <summary>
/// One IPv4 or IPv6 address as a number, so that pools can count with it. Strict text: four decimal octets without leading
/// zeros for IPv4; RFC 4291 text without a scope for IPv6 (IPv4-mapped addresses stay IPv6). Written in RFC 5952 form.
/// </summary>
[JsonConverter(typeof(ParsableJsonConverter<InetAddress>))]
public readonly record struct InetAddress : IParsable<InetAddress>, IComparable<InetAddress>
{
    /// <summary>The address as an unsigned number in host order: 0 to 2^32-1 for IPv4, 0 to 2^128-1 for IPv6.</summary>
    public UInt128 Value { get; }

    /// <summary>Whether this is an IPv6 address.</summary>
    public bool IsIPv6 { get; }

    /// <summary>An address from its number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An IPv4 number of 2^32 or more.</exception>
    public InetAddress(UInt128 value, bool isIPv6)
    {
        if (!isIPv6) ArgumentOutOfRangeException.ThrowIfGreaterThan(value, uint.MaxValue);
        Value = value;
        IsIPv6 = isIPv6;
    }

    /// <summary>Whether it is <c>0.0.0.0</c> or <c>::</c>.</summary>
    public bool IsUnspecified => Value == 0;

    /// <summary>Bits in the family: 32 or 128.</summary>
    public int Bits => IsIPv6 ? 128 : 32;

    /// <summary>The address <paramref name="offset"/> further on; wraps in the family's width.</summary>
    public InetAddress Plus(UInt128 offset) => new(IsIPv6 ? unchecked(Value + offset) : (uint)unchecked(Value + offset), IsIPv6);

    /// <summary>The 4 or 16 bytes in network order.</summary>
    public byte[] ToBytes()
    {
        Span<byte> all = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(all, Value);
        return (IsIPv6 ? all : all[12..]).ToArray();
    }

    /// <summary>The address from 4 or 16 bytes in network order.</summary>
    public static InetAddress FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is not (4 or 16)) throw new ArgumentException("an address has 4 or 16 bytes", nameof(bytes));
        UInt128 value = 0;
        foreach (var b in bytes) value = (value << 8) | b;
        return new(value, bytes.Length == 16);
    }

    /// <summary>The BCL's form, for sockets.</summary>
    public IPAddress ToIPAddress() => new(ToBytes());

    /// <summary>From the BCL's form.</summary>
    public static InetAddress From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return FromBytes(address.GetAddressBytes());
    }

    /// <inheritdoc/>
    public int CompareTo(InetAddress other) => IsIPv6 == other.IsIPv6 ? Value.CompareTo(other.Value) : IsIPv6.CompareTo(other.IsIPv6);

    /// <inheritdoc/>
    public override string ToString() => ToIPAddress().ToString();

    /// <summary>Parses strictly. </summary>
    /// <exception cref="FormatException">The text is no address.</exception>
    public static InetAddress Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var address) ? address : throw new FormatException($"'{s}' is not an IP address");

    /// <summary>Parses strictly; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out InetAddress result)
    {
        result = default;
        if (string.IsNullOrEmpty(s) || s.Contains('%') || s.Contains('[')) return false;
        if (s.Contains(':'))
        {
            if (!IPAddress.TryParse(s, out var v6) || v6.AddressFamily != AddressFamily.InterNetworkV6) return false;
            result = From(v6);
            return true;
        }

        var (value, octets) = (0u, 0);
        foreach (var part in s.AsSpan().Split('.'))
        {
            var octet = s.AsSpan(part);
            if (++octets > 4 || octet.Length is 0 or > 3 || (octet.Length > 1 && octet[0] == '0') || !byte.TryParse(octet, NumberStyles.None, CultureInfo.InvariantCulture, out var b)) return false;
            value = (value << 8) | b;
        }

        if (octets != 4) return false;
        result = new(value, false);
        return true;
    }

    /// <summary>Parses strictly; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out InetAddress result) => TryParse(s, null, out result);

    /// <summary>Whether left comes before right (IPv4 before IPv6).</summary>
    public static bool operator <(InetAddress left, InetAddress right) => left.CompareTo(right) < 0;
    /// <summary>Whether left comes after right.</summary>
    public static bool operator >(InetAddress left, InetAddress right) => left.CompareTo(right) > 0;
    /// <summary>Whether left does not come after right.</summary>
    public static bool operator <=(InetAddress left, InetAddress right) => left.CompareTo(right) <= 0;
    /// <summary>Whether left does not come before right.</summary>
    public static bool operator >=(InetAddress left, InetAddress right) => left.CompareTo(right) >= 0;
}
