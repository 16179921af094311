using CsCheck;
using NetworkCluster.Addressing;
using Xunit;

namespace NetworkCluster.Tests.Messages;

public sealed class MacAddressTests
{
    [Fact]
    public void Text_and_bytes_give_the_address_back() => Gen.ULong[0, 0xFFFF_FFFF_FFFF].Sample(value =>
    {
        var mac = new MacAddress(value);
        Assert.Equal(mac, MacAddress.Parse(mac.ToString()));
        Assert.Equal(mac, MacAddress.Parse(mac.ToString().ToUpperInvariant().Replace(':', '-')));
        Assert.Equal(mac, MacAddress.FromBytes(mac.ToBytes()));
        Assert.Equal((mac.ToBytes()[0] & 1) == 1, mac.IsMulticast);
    });

    [Fact]
    public void An_IPv4_endpoints_address_is_Dockers() => Gen.UInt.Sample(value =>
        Assert.Equal($"02:42:{value >> 24:x2}:{value >> 16 & 255:x2}:{value >> 8 & 255:x2}:{value & 255:x2}", MacAddress.ForIPv4(new(value, false)).ToString()));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("zz:zz")]
    [InlineData("02:42:ac:11:00")]
    [InlineData("02:42:ac:11:00:02:03")]
    [InlineData("02:42:ac:11:00:2")]
    [InlineData("2:42:ac:11:00:002")]
    [InlineData("02-42:ac:11:00:02")]
    [InlineData("02:42-ac:11:00:02")]
    [InlineData("0242.ac11.0002")]
    [InlineData("0242ac110002")]
    [InlineData("02:42:ac:11:00:0g")]
    [InlineData("02 42 ac 11 00 02")]
    [InlineData(" 02:42:ac:11:00:2")]
    [InlineData("02:42:ac:11:00:02 ")]
    [InlineData("02:42:ac:11:00:０2")]
    public void Anything_else_is_refused(string? text)
    {
        Assert.False(MacAddress.TryParse(text, out var mac));
        Assert.Equal(default, mac);
        if (text is not null) Assert.Throws<FormatException>(() => MacAddress.Parse(text));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(8)]
    public void Bytes_of_another_length_are_no_address(int length) => Assert.Throws<ArgumentException>(() => MacAddress.FromBytes(new byte[length]));
}
