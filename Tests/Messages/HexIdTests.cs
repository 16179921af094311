using CsCheck;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using Xunit;

namespace NetworkCluster.Tests.Messages;

public sealed class HexIdTests
{
    private static readonly string Good = new string('0', 62) + "af";

    [Fact]
    public void Sixty_four_digits_are_an_id_of_each_kind_and_come_back_as_they_were() => Gen.Byte.Array[32].Select(Convert.ToHexStringLower).Sample(text =>
    {
        Assert.True(HexId.IsValid(text));
        Assert.Equal(text, NetworkId.Parse(text).ToString());
        Assert.Equal(text, ContainerId.Parse(text).ToString());
        Assert.Equal(text, EndpointId.Parse(text).ToString());
        Assert.Equal(text[..12], NetworkId.Parse(text).Short);
        Assert.Equal(text, AddressHandle.Of(EndpointId.Parse(text)).Endpoint.ToString());
    });

    [Fact]
    public void Leading_zeros_are_part_of_it() => Assert.Equal(Good, NetworkId.Parse(Good).ToString());

    public static TheoryData<string?> Others { get; } = [null, "", "af", Good[1..], Good + "0", Good.ToUpperInvariant(), "0x" + Good[2..], Good[..63] + "g", Good[..63] + " ", " " + Good[1..], Good[..63] + "０", Good[..63] + "\n"];

    [Theory]
    [MemberData(nameof(Others))]
    public void Anything_else_is_refused(string? text)
    {
        Assert.False(HexId.IsValid(text));
        Assert.False(NetworkId.TryParse(text, null, out var network));
        Assert.Equal(default, network);
        Assert.False(ContainerId.TryParse(text, null, out _));
        Assert.False(EndpointId.TryParse(text, null, out _));
        if (text is not null) Assert.Throws<FormatException>(() => NetworkId.Parse(text));
    }
}
