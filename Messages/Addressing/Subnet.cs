using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace NetworkCluster.Addressing;

/// <summary>
/// A CIDR block. Its text is strict: <c>address/prefix</c> with no host bit set (the BCL masks them in silence). Prefix 0-32 for IPv4, 0-128 for IPv6.
/// </summary>
[JsonConverter(typeof(ParsableJsonConverter<Subnet>))]
public readonly record struct Subnet : IParsable<Subnet>, IComparable<Subnet>
{
    /// <summary>The first address (the network address).</summary>
    public InetAddress Address { get; }

    /// <summary>Length of the prefix in bits.</summary>
    public int Prefix { get; }

    /// <summary>A block from its first address.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The prefix is longer than the family allows.</exception>
    /// <exception cref="ArgumentException">A host bit is set.</exception>
    public Subnet(InetAddress address, int prefix)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prefix);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefix, address.Bits);
        if ((address.Value & HostMask(address.Bits, prefix)) != 0) throw new ArgumentException($"host bits are set in {address}/{prefix}", nameof(address));
        Address = address;
        Prefix = prefix;
    }

    /// <summary>The block of this prefix around an address (host bits are masked on purpose).</summary>
    public static Subnet Around(InetAddress address, int prefix) =>
        new(new InetAddress(address.Value & ~HostMask(address.Bits, prefix), address.IsIPv6), prefix);

    /// <summary>Whether this is an IPv6 block.</summary>
    public bool IsIPv6 => Address.IsIPv6;

    /// <summary>The last address: IPv4's broadcast address where the prefix is 30 or shorter.</summary>
    public InetAddress Last => new(Address.Value | HostMask(Address.Bits, Prefix), IsIPv6);

    /// <summary>Number of addresses minus one (2^128 does not fit its counter).</summary>
    public UInt128 LastOffset => HostMask(Address.Bits, Prefix);

    /// <summary>Whether the address lies in the block.</summary>
    public bool Contains(InetAddress address) =>
        address.IsIPv6 == IsIPv6 && (address.Value & ~HostMask(Address.Bits, Prefix)) == Address.Value;

    /// <summary>Whether the whole other block lies in this one.</summary>
    public bool Contains(Subnet other) => other.Prefix >= Prefix && Contains(other.Address);

    /// <summary>Whether the blocks share an address.</summary>
    public bool Overlaps(Subnet other) => Contains(other) || other.Contains(this);

    /// <inheritdoc/>
    public int CompareTo(Subnet other) => Address.CompareTo(other.Address) is var c && c != 0 ? c : Prefix.CompareTo(other.Prefix);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{Prefix}");

    /// <summary>Parses strictly.</summary>
    /// <exception cref="FormatException">The text is no block, or has host bits set.</exception>
    public static Subnet Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var subnet) ? subnet : throw new FormatException($"'{s}' is not a CIDR block without host bits");

    /// <summary>Parses strictly; false for anything else, host bits included.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Subnet result)
    {
        result = default;
        if (!TrySplit(s, out var address, out var prefix) || (address.Value & HostMask(address.Bits, prefix)) != 0) return false;
        result = new(address, prefix);
        return true;
    }

    /// <summary>Parses strictly; false for anything else, host bits included.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out Subnet result) => TryParse(s, null, out result);

    /// <summary>Splits <c>address/prefix</c> where host bits may be set, to tell that mistake from others.</summary>
    public static bool TrySplit([NotNullWhen(true)] string? s, out InetAddress address, out int prefix)
    {
        address = default;
        prefix = 0;
        if (s is null || s.IndexOf('/') is var slash && slash <= 0) return false;
        var digits = s.AsSpan(slash + 1);
        if (digits.Length is 0 or > 3 || (digits.Length > 1 && digits[0] == '0')) return false;
        return InetAddress.TryParse(s[..slash], out address)
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out prefix)
            && prefix <= address.Bits;
    }

    private static UInt128 HostMask(int bits, int prefix) =>
        bits == prefix ? UInt128.Zero : UInt128.MaxValue >> (128 - (bits - prefix));

    /// <summary>Whether left comes before right (by first address, then the wider block).</summary>
    public static bool operator <(Subnet left, Subnet right) => left.CompareTo(right) < 0;
    /// <summary>Whether left comes after right.</summary>
    public static bool operator >(Subnet left, Subnet right) => left.CompareTo(right) > 0;
    /// <summary>Whether left does not come after right.</summary>
    public static bool operator <=(Subnet left, Subnet right) => left.CompareTo(right) <= 0;
    /// <summary>Whether left does not come before right.</summary>
    public static bool operator >=(Subnet left, Subnet right) => left.CompareTo(right) >= 0;
}
