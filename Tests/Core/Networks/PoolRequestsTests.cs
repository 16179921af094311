using System.Collections.Immutable;
using CsCheck;
using NetworkCluster.Addressing;
using NetworkCluster.Networks;
using Xunit;

namespace NetworkCluster.Tests.Core;

public sealed class PoolRequestsTests
{
    /// <summary>What the Docker command line refuses by itself, with its words.</summary>
    [Theory]
    [InlineData("no matching subnet for gateway 11.115.0.1", "12.115.0.0/16", "", "11.115.0.1", "")]
    [InlineData("every ip-range or gateway must have a corresponding subnet", "", "", "12.118.0.1", "")]
    [InlineData("no matching subnet for gateway foo", "12.119.0.0/16", "", "foo", "")]
    [InlineData("every ip-range or gateway must have a corresponding subnet", "12.122.0.0/16", "", "12.122.0.1 12.122.0.2", "")]
    [InlineData("invalid aux-address: =12.123.0.9 has no name", "12.123.0.0/16", "", "", "=12.123.0.9")]
    [InlineData("no matching subnet for aux-address 11.123.0.9", "12.123.0.0/16", "", "", "a=11.123.0.9")]
    [InlineData("no matching subnet for aux-address zz", "12.124.0.0/16", "", "", "a=zz")]
    [InlineData("no matching subnet for aux-address ", "12.125.0.0/16", "", "", "12.125.0.9")]
    [InlineData("no matching subnet for range 11.128.0.0/24", "12.128.0.0/16", "11.128.0.0/24", "", "")]
    [InlineData("no matching subnet for range 172.0.0.0/8", "12.129.0.0/16", "172.0.0.0/8", "", "")]
    [InlineData("every ip-range or gateway must have a corresponding subnet", "", "12.130.1.0/24", "", "")]
    [InlineData("no matching subnet for range zz", "12.131.0.0/16", "zz", "", "")]
    [InlineData("every ip-range or gateway must have a corresponding subnet", "12.132.0.0/16", "12.132.1.0/24 12.132.2.0/24", "", "")]
    public void What_docker_refuses_is_refused_in_its_words(string text, string subnets, string ranges, string gateways, string auxiliary) =>
        Assert.Equal(text, Refusal(subnets, ranges, gateways, auxiliary).Text);

    [Fact]
    public void Overlapping_subnets_are_refused_and_both_are_named() =>
        Assert.Equal(
            "multiple overlapping subnet configuration is not supported (12.133.0.0/16, 12.133.1.0/24)",
            Refusal("12.133.0.0/16 12.133.1.0/24").Text);

    [Theory]
    [InlineData("notacidr")]
    [InlineData("12.106.0.0")]
    [InlineData("12.107.0.0/33")]
    [InlineData("172.300.0.0/16")]
    public void A_text_that_is_no_block_is_refused(string subnet) => Assert.Equal($"invalid CIDR address: {subnet}", Refusal(subnet).Text);

    [Fact]
    public void Host_bits_are_refused_and_the_right_block_is_named() =>
        Assert.Equal(new HostBitsSet("12.109.5.9/16", Subnet.Parse("12.109.0.0/16")), Refusal("12.109.5.9/16"));

    [Fact]
    public void A_range_wider_than_its_subnet_belongs_to_none() =>
        Assert.Equal(new NoMatchingSubnet("range", "12.0.0.0/8"), Refusal("12.0.0.0/16", "12.0.0.0/8"));

    [Fact]
    public void Two_gateways_of_one_subnet_are_refused() =>
        Assert.IsType<SeveralGateways>(Refusal("10.1.0.0/16 10.2.0.0/16", gateways: "10.1.0.1 10.1.0.2"));

    [Fact]
    public void Two_ranges_of_one_subnet_are_refused() =>
        Assert.IsType<SeveralRanges>(Refusal("10.1.0.0/16 10.2.0.0/16", ranges: "10.1.1.0/24 10.1.2.0/24"));

    [Fact]
    public void Nothing_named_makes_no_pools() => Assert.Empty(Pools(""));

    [Fact]
    public void The_guides_overlay_gives_everything_to_the_subnet_that_contains_it()
    {
        var pools = Pools(
            "192.168.0.0/16 192.170.0.0/16", "192.168.1.0/24", "192.168.0.100 192.170.0.100",
            "a=192.168.1.5 b=192.168.1.6 a=192.170.1.5 b=192.170.1.6");
        Assert.Equal(
            ["192.168.0.0/16 192.168.1.0/24 192.168.0.100 a=192.168.1.5 b=192.168.1.6", "192.170.0.0/16  192.170.0.100 a=192.170.1.5 b=192.170.1.6"],
            pools.Select(p => $"{p.Subnet} {p.IpRange} {p.Gateway} {string.Join(' ', p.Auxiliary.Select(a => $"{a.Name}={a.Address}"))}"));
    }

    [Fact]
    public void A_name_given_twice_in_one_subnet_keeps_both_addresses_and_the_same_pair_twice_is_one() => Assert.Equal(
        ["a=10.1.0.5", "a=10.1.0.6"],
        Pools("10.1.0.0/16", auxiliary: "a=10.1.0.5 a=10.1.0.6 a=10.1.0.5").Single().Auxiliary.Select(aux => $"{aux.Name}={aux.Address}"));

    [Fact]
    public void A_size_alone_contains_no_gateway_and_overlaps_nothing()
    {
        Assert.Equal(new NoMatchingSubnet("gateway", "10.0.0.1"), Refusal("0.0.0.0/0", gateways: "10.0.0.1"));
        Assert.Equal([false, true], Pools("0.0.0.0/0 10.0.0.0/16").Select(pool => pool.NamesSubnet));
    }

    [Fact]
    public void Families_are_matched_by_containment_too()
    {
        var pools = Pools("172.28.0.0/16 2001:db8:1::/64", gateways: "2001:db8:1::1 172.28.0.254");
        Assert.Equal(["172.28.0.254", "2001:db8:1::1"], pools.Select(p => p.Gateway.ToString()));
    }

    [Fact]
    public void The_order_of_gateways_never_matters() => Gen.Int[1, 6].Select(Gen.Int[0, 10_000]).Sample((count, seed) =>
    {
        var random = new Random(seed);
        var subnets = string.Join(' ', Enumerable.Range(0, count).Select(i => $"10.{i}.0.0/16"));
        var gateways = Enumerable.Range(0, count).Select(i => $"10.{i}.0.{random.Next(1, 255)}").ToArray();
        var straight = Pools(subnets, gateways: string.Join(' ', gateways));
        random.Shuffle(gateways);
        var shuffled = Pools(subnets, gateways: string.Join(' ', gateways));
        return straight.Select(p => p.Gateway).SequenceEqual(shuffled.Select(p => p.Gateway)) && straight.All(p => p.Subnet!.Value.Contains(p.Gateway!.Value));
    });

    private static PoolRequestProblem Refusal(string subnets, string ranges = "", string gateways = "", string auxiliary = "")
    {
        Assert.False(PoolRequests.TryMatch(Options(subnets, ranges, gateways, auxiliary), out var pools, out var problem));
        Assert.Empty(pools);
        return problem;
    }

    private static ImmutableArray<PoolRequest> Pools(string subnets, string ranges = "", string gateways = "", string auxiliary = "")
    {
        Assert.True(PoolRequests.TryMatch(Options(subnets, ranges, gateways, auxiliary), out var pools, out var problem), problem?.Text);
        return pools;
    }

    private static PoolOptions Options(string subnets, string ranges, string gateways, string auxiliary) =>
        new() { Subnets = Split(subnets), IpRanges = Split(ranges), Gateways = Split(gateways), Auxiliary = Split(auxiliary) };

    private static ImmutableArray<string> Split(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
