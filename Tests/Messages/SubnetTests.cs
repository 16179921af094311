using System.Text.Json;
using CsCheck;
using NetworkCluster.Addressing;
using Xunit;

namespace NetworkCluster.Tests.Messages;

public sealed class SubnetTests
{
    private static readonly Gen<Subnet> Any = Gen.Select(Gen.Bool, Gen.ULong, Gen.ULong, Gen.Int[0, 128]).Select((v6, high, low, prefix) =>
        v6 ? Subnet.Around(new(new UInt128(high, low), true), prefix) : Subnet.Around(new((uint)low, false), prefix / 4));

    [Fact]
    public void Text_and_json_give_the_block_back() => Any.Sample(subnet =>
    {
        Assert.Equal(subnet, Subnet.Parse(subnet.ToString()));
        Assert.Equal(subnet, JsonSerializer.Deserialize<Subnet>(JsonSerializer.Serialize(subnet)));
    });

    [Fact]
    public void A_block_holds_what_lies_between_its_first_and_last_address() => Gen.Select(Any, Gen.ULong, Gen.ULong).Sample((subnet, high, low) =>
    {
        var address = new InetAddress(subnet.IsIPv6 ? new UInt128(high, low) : (uint)low, subnet.IsIPv6);
        Assert.Equal(address >= subnet.Address && address <= subnet.Last, subnet.Contains(address));
        Assert.True(subnet.Contains(subnet.Address));
        Assert.True(subnet.Contains(subnet.Last));
        Assert.Equal(subnet.Last, subnet.Address.Plus(subnet.LastOffset));
        Assert.Equal(subnet, Subnet.Around(subnet.Last, subnet.Prefix));
    });

    [Fact]
    public void Two_blocks_overlap_when_one_holds_the_other() => Gen.Select(Any, Any).Sample((a, b) =>
    {
        var share = a.IsIPv6 == b.IsIPv6 && a.Address <= b.Last && b.Address <= a.Last;
        Assert.Equal(share, a.Overlaps(b));
        Assert.Equal(share, b.Overlaps(a));
        Assert.Equal(share, a.Contains(b) || b.Contains(a));
    });

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("10.0.0.0/8")]
    [InlineData("192.168.0.2/31")]
    [InlineData("10.110.5.9/32")]
    [InlineData("::/0")]
    [InlineData("2001:db8::/56")]
    [InlineData("fda9:8d04:86e::ff0e/127")]
    [InlineData("::1/128")]
    public void Blocks_of_all_sizes_are_read_and_written_as_they_were(string text) => Assert.Equal(text, Subnet.Parse(text).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/24")]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/00")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0/8 ")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/1000")]
    [InlineData("10.0.0.0/AB")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("10.0.0/24")]
    [InlineData("010.0.0.0/8")]
    [InlineData("172.300.0.0/16")]
    [InlineData("::/129")]
    [InlineData("fe80::%eth0/64")]
    [InlineData("[::]/0")]
    [InlineData("notacidr")]
    public void Anything_else_is_refused(string? text)
    {
        Assert.False(Subnet.TryParse(text, out var subnet));
        Assert.Equal(default, subnet);
        if (text is null) return;
        Assert.Throws<FormatException>(() => Subnet.Parse(text));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Subnet>(JsonSerializer.Serialize(text)));
    }

    [Theory]
    [InlineData("10.0.0.1/8", "10.0.0.0/8")]
    [InlineData("12.109.5.9/16", "12.109.0.0/16")]
    [InlineData("10.0.0.1/31", "10.0.0.0/31")]
    [InlineData("1.0.0.0/0", "0.0.0.0/0")]
    [InlineData("2001:db8::1/64", "2001:db8::/64")]
    [InlineData("::1/127", "::/127")]
    public void Host_bits_are_refused_and_what_was_meant_can_be_told(string text, string meant)
    {
        Assert.False(Subnet.TryParse(text, out _));
        Assert.True(Subnet.TrySplit(text, out var address, out var prefix));
        Assert.Equal(meant, Subnet.Around(address, prefix).ToString());
        Assert.Throws<ArgumentException>(() => new Subnet(address, prefix));
    }

    [Fact]
    public void An_IPv4_mapped_block_is_IPv6_and_overlaps_no_IPv4_one()
    {
        var mapped = Subnet.Parse("::ffff:10.0.0.0/104");
        Assert.True(mapped.IsIPv6);
        Assert.False(mapped.Overlaps(Subnet.Parse("10.0.0.0/8")));
    }

    [Fact]
    public void A_prefix_outside_the_family_is_no_block()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Subnet(InetAddress.Parse("10.0.0.0"), 33));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Subnet(InetAddress.Parse("10.0.0.0"), -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Subnet(InetAddress.Parse("::"), 129));
    }
}
