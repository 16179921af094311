using System.Buffers.Binary;
using NetworkCluster.Addressing;
using NetworkCluster.Linux;
using Xunit;

namespace NetworkCluster.Tests.Host.Linux;

public sealed class NeighbourFrameTests
{
    private static readonly MacAddress Mac = MacAddress.Parse("02:42:0a:47:00:09");

    [Fact]
    public void An_IPv4_address_is_announced_by_a_broadcast_request_for_itself() => Assert.Equal(
        "FFFFFFFFFFFF" + "02420A470009" + "0806" + "0001080006040001" + "02420A470009" + "0A470009" + "000000000000" + "0A470009",
        Convert.ToHexString(NeighbourFrame.For(InetAddress.Parse("10.71.0.9"), Mac)));

    [Theory]
    [InlineData("fd71::9")]
    [InlineData("fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void An_IPv6_address_is_announced_to_all_nodes_with_a_checksum_that_makes_the_sum_of_all_words_minus_zero(string text)
    {
        var address = InetAddress.Parse(text);
        var frame = NeighbourFrame.For(address, Mac);
        var itself = Convert.ToHexString(address.ToBytes());
        var hex = Convert.ToHexString(frame);
        Assert.StartsWith("333300000001" + "02420A470009" + "86DD" + "60000000" + "0020" + "3AFF" + itself + "FF020000000000000000000000000001" + "8800", hex, StringComparison.Ordinal);
        Assert.EndsWith("20000000" + itself + "0201" + "02420A470009", hex, StringComparison.Ordinal);
        Assert.Equal(14 + 40 + 32, frame.Length);

        // The pseudo header: both addresses, the length, the next header.
        long sum = 32 + 58;
        for (var at = 14 + 8; at < frame.Length; at += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(at));
        while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
        Assert.Equal(0xFFFF, sum);
    }
}
