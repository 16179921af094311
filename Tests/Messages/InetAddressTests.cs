using System.Text.Json;
using CsCheck;
using NetworkCluster.Addressing;
using Xunit;

namespace NetworkCluster.Tests.Messages;

public sealed class InetAddressTests
{
    private static readonly Gen<InetAddress> IPv4 = Gen.UInt.Select(value => new InetAddress(value, false));
    private static readonly Gen<InetAddress> IPv6 = Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[0, 128]).Select((high, low, shift) => new InetAddress(new UInt128(high, low) >> Math.Min(shift, 127), true));
    private static readonly Gen<InetAddress> Any = Gen.OneOf(IPv4, IPv6);

    [Fact]
    public void Text_bytes_and_json_give_the_address_back() => Any.Sample(address =>
    {
        Assert.Equal(address, InetAddress.Parse(address.ToString()));
        Assert.Equal(address, InetAddress.FromBytes(address.ToBytes()));
        Assert.Equal(address, InetAddress.From(address.ToIPAddress()));
        Assert.Equal(address, JsonSerializer.Deserialize<InetAddress>(JsonSerializer.Serialize(address)));
        Assert.Equal(address.Bits / 8, address.ToBytes().Length);
    });

    [Fact]
    public void Order_is_by_family_then_number_and_counting_wraps_in_the_family() => Gen.Select(Any, Any).Sample((a, b) =>
    {
        Assert.Equal(a.IsIPv6 == b.IsIPv6 ? a.Value.CompareTo(b.Value) < 0 : b.IsIPv6, a < b);
        Assert.Equal(a == b, a.CompareTo(b) == 0);
        if (a.IsIPv6 == b.IsIPv6) Assert.Equal(b, a.Plus(unchecked(b.Value - a.Value)));
    });

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("10.20.30.40")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("2001:db8::1")]
    [InlineData("fe80::94b0:97ff:fefe:52da")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void What_is_written_canonically_is_read_and_written_as_it_was(string text) => Assert.Equal(text, InetAddress.Parse(text).ToString());

    [Theory]
    [InlineData("2001:DB8::A", "2001:db8::a")]
    [InlineData("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("::ffff:10.0.0.1", "::ffff:10.0.0.1")]
    public void Other_forms_of_RFC_4291_are_read_and_written_as_RFC_5952_has_them(string text, string canonical) => Assert.Equal(canonical, InetAddress.Parse(text).ToString());

    [Fact]
    public void An_IPv4_mapped_address_stays_IPv6()
    {
        var mapped = InetAddress.Parse("::ffff:10.0.0.1");
        Assert.True(mapped.IsIPv6);
        Assert.NotEqual(InetAddress.Parse("10.0.0.1"), mapped);
        Assert.Equal(16, mapped.ToBytes().Length);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1")]
    [InlineData("10.1")]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.0.1")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.01")]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0.00")]
    [InlineData("10.0.0.1000")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("10.0.0.-1")]
    [InlineData("10.0.0.+1")]
    [InlineData("10.0.0.1 ")]
    [InlineData(" 10.0.0.1")]
    [InlineData("10.0.0.1\n")]
    [InlineData("10.0.0.")]
    [InlineData("10..0.1")]
    [InlineData("10.0.0.１")]
    [InlineData("10.0.0.1/24")]
    [InlineData("10.0.0.1:80")]
    [InlineData("::1/64")]
    [InlineData("[::1]")]
    [InlineData("::1]")]
    [InlineData("[::1]:80")]
    [InlineData("::1]:80")]
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::1%2")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1::2::3")]
    [InlineData(":::")]
    [InlineData(":1")]
    [InlineData("1:")]
    [InlineData("12345::1")]
    [InlineData("::00001")]
    [InlineData("g::1")]
    [InlineData("::0x1")]
    [InlineData(" ::1")]
    [InlineData("::1 ")]
    [InlineData("::1\n")]
    [InlineData("::ffff:10.0.0.256")]
    [InlineData("::ffff:10.0.0")]
    [InlineData("::10.0.0.1:1")]
    public void Anything_else_is_refused(string? text)
    {
        Assert.False(InetAddress.TryParse(text, out var address));
        Assert.Equal(default, address);
        if (text is null) return;
        Assert.Throws<FormatException>(() => InetAddress.Parse(text));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<InetAddress>(JsonSerializer.Serialize(text)));
    }

    [Fact]
    public void Whatever_is_read_is_read_the_same_again_and_nothing_throws() => Gen.String[Gen.Char["0123456789abcf.:/%[] x"], 0, 24].Sample(text =>
    {
        if (InetAddress.TryParse(text, out var address)) Assert.Equal(address, InetAddress.Parse(address.ToString()));
    });

    [Fact]
    public void A_number_that_is_too_large_for_IPv4_is_no_address() => Assert.Throws<ArgumentOutOfRangeException>(() => new InetAddress((UInt128)uint.MaxValue + 1, false));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(17)]
    public void Bytes_of_another_length_are_no_address(int length) => Assert.Throws<ArgumentException>(() => InetAddress.FromBytes(new byte[length]));
}
