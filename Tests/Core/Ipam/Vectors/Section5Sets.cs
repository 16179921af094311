using NetworkCluster.Addressing;
using NetworkCluster.Ipam;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam.Vectors;

/// <summary>Section 5: sets of addresses, and large IPv6 subnets. Docker's sets ignore host bits; ours cannot have any.</summary>
public sealed class Section5Sets
{
    [Theory]
    [InlineData("10.20.0.0/16", "10.20.0.0 10.20.255.255", "0.0.0.0/1=2 128.0.0.0/1=0 10.0.0.0/8=2 10.20.0.0/24=1 10.20.1.0/24=0 10.20.255.0/24=1 10.21.0.0/24=0", "10.20.0.0 10.20.0.1", "10.20.30.0/24", "10.20.30.0")]
    [InlineData("fddd::/56", "fddd:: fddd:0:0:ff:ffff:ffff:ffff:ffff", "fddd::/72=1 fddd:0:0:ff:fe00::/72=0 fddd:0:0:ff:ff00::/72=1", "fddd:: fddd::1", "fddd:0:0:f0::/60", "fddd:0:0:f0::")]
    public void Members_are_counted_by_block_taken_once_and_removed(string block, string members, string counts, string lowest, string range, string lowestInRange)
    {
        var subnet = Subnet.Parse(block);
        var set = new AddressSet(subnet.LastOffset);
        InetAddress[] given = [.. members.Split(' ').Select(text => InetAddress.Parse(text))];
        foreach (var address in given) Assert.True(set.Add(Offset(address)));
        Assert.Equal((UInt128)2, set.Count);
        foreach (var count in counts.Split(' ').Select(text => text.Split('=')))
            Assert.Equal(count[1], given.Count(address => Subnet.Parse(count[0]).Contains(address) && set.Contains(Offset(address))).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.All(given, address => Assert.False(set.Add(Offset(address))));
        Assert.False(set.Remove(Offset(subnet.Address.Plus(77))));
        Assert.Equal((UInt128)2, set.Count);
        Assert.All(given, address => Assert.True(set.Remove(Offset(address))));
        Assert.Equal((UInt128)0, set.Count);

        foreach (var next in lowest.Split(' '))
        {
            var free = set.FirstFree(0, subnet.LastOffset)!.Value;
            Assert.Equal(next, subnet.Address.Plus(free).ToString());
            set.Add(free);
        }

        var part = Subnet.Parse(range);
        Assert.Equal(lowestInRange, subnet.Address.Plus(set.FirstFree(Offset(part.Address), Offset(part.Last))!.Value).ToString());

        UInt128 Offset(InetAddress address) => address.Value - subnet.Address.Value;
    }

    [Theory]
    [InlineData("fd75:7f12:d221:7b32::/64", "fd75:7f12:d221:7b32:94b0:97ff:fefe:52da")]
    [InlineData("fd75:7f12:d221:7b32:94b0:97ff::/96", "fd75:7f12:d221:7b32:94b0:97ff:fefe:52da")]
    public void An_address_far_into_a_large_pool_is_taken_once_and_again_after_it_came_back(string subnet, string address) => new PoolRun(subnet)
        .Gives(1, address, address).Refuses<AddressInUse>(2, address).Release(1).Gives(2, address, address);

    [Fact]
    public void A_24_gives_256_then_none()
    {
        var set = new AddressSet(255);
        for (var i = 0; i < 256; i++) Assert.True(set.Add(set.FirstFree(0, 255)!.Value));
        Assert.Null(set.FirstFree(0, 255));
        Assert.Equal((UInt128)256, set.Count);
        Assert.Equal([128, 128, 64], new[] { (0, 127), (128, 255), (64, 127) }.Select(part => Enumerable.Range(part.Item1, part.Item2 - part.Item1 + 1).Count(offset => set.Contains((UInt128)offset))));
    }

    [Fact]
    public void What_lies_outside_is_refused()
    {
        new PoolRun("10.20.0.0/16").Refuses<AddressOutsideNetwork>(1, "10.21.0.0").Refuses<AddressOutsideNetwork>(1, "10.19.255.255");
        foreach (var range in new[] { "10.20.0.0/15", "10.21.0.0/24" })
            Assert.IsType<InvalidRequest>(new SpaceRun().Create(null, false, SpaceRun.Pool("10.20.0.0/16", range)).Refusal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AddressSet(65535).Add(65536));
        Assert.False(PoolId.TryParse("host1/invalid", null, out _));
    }

    [Fact]
    public void Counters_have_128_bits()
    {
        var id = PoolId.Parse("host1/fd00::/8");
        Assert.Equal((UInt128.One << 120) - 1, AddressRange.Capacity(id));
        var (first, second) = (InetAddress.Parse("fd00::1"), InetAddress.Parse("fdff::"));
        Assert.Equal(new PoolUsage(3, (UInt128.One << 120) - 3), PoolUsage.Of(id, [first, second]));
    }

    [Theory]
    [InlineData("fd2e:b68c:ce26::/64", null, null)]
    [InlineData("fd2e:b68c:ce26::/64", null, "fd2e:b68c:ce26::1")]
    [InlineData("fd2e:b68c:ce26::/64", "fd2e:b68c:ce26::/64", null)]
    [InlineData("fd2e:b68c:ce26::/64", "fd2e:b68c:ce26::/64", "fd2e:b68c:ce26::1")]
    [InlineData("fd2e:b68c:ce26::/56", null, null)]
    [InlineData("fd2e:b68c:ce26::/56", null, "fd2e:b68c:ce26::1")]
    [InlineData("fd2e:b68c:ce26::/56", "fd2e:b68c:ce26::/64", null)]
    [InlineData("fd2e:b68c:ce26::/56", "fd2e:b68c:ce26::/64", "fd2e:b68c:ce26::1")]
    public void Large_subnets_with_a_range_and_a_gateway_are_made(string subnet, string? range, string? gateway)
    {
        var (pools, refusal) = new SpaceRun("172.17.0.0/16:16").Create(null, false, SpaceRun.Pool(subnet, range, gateway));
        Assert.Null(refusal);
        Assert.Equal("fd2e:b68c:ce26::1", pools[1].Gateway.ToString());
        new PoolRun(subnet, range, "fd2e:b68c:ce26::1").Gives(1, "fd2e:b68c:ce26::2");
    }

    [Theory]
    [InlineData("fda9:8d04:86e::/64", "fda9:8d04:86e:0:ffff:ffff:ffff:ff0e/127", "fda9:8d04:86e:0:ffff:ffff:ffff:ff0e fda9:8d04:86e:0:ffff:ffff:ffff:ff0f")]
    [InlineData("fda9:8d04:86e::/64", "fda9:8d04:86e:0:ffff:ffff:ffff:fffe/127", "fda9:8d04:86e:0:ffff:ffff:ffff:fffe fda9:8d04:86e:0:ffff:ffff:ffff:ffff")]
    [InlineData("fda9:8d04:86e::/56", "fda9:8d04:86e:aa:ffff:ffff:ffff:fffe/127", "fda9:8d04:86e:aa:ffff:ffff:ffff:fffe fda9:8d04:86e:aa:ffff:ffff:ffff:ffff")]
    public void Ranges_at_the_edge_of_64_bits_give_their_addresses(string subnet, string range, string given)
    {
        var (pools, refusal) = new SpaceRun("172.17.0.0/16:16").Create(null, false, SpaceRun.Pool(subnet, range, subnet[..^3] + "1"));
        Assert.Null(refusal);
        var pool = new PoolRun(subnet, range, pools[1].Gateway.ToString());
        var next = 0;
        foreach (var address in given.Split(' ')) pool.Gives(++next, address);
        pool.Refuses<PoolExhausted>(9);
    }

    [Fact]
    public void Every_size_from_56_to_127_gives_its_first_and_its_last_address()
    {
        for (var prefix = 56; prefix <= 127; prefix++)
        {
            var subnet = Subnet.Around(InetAddress.Parse("fda9:8d04:86e:ab00:ffff:ffff:ffff:fffe"), prefix);
            var (first, last) = AddressRange.Pickable(new(default, subnet));
            var gateway = new SpaceRun("172.17.0.0/16:16").Create(null, false, SpaceRun.Pool(subnet.ToString())).Pools[1].Gateway!.Value;
            Assert.Equal(subnet.Address.Plus(first), gateway);
            var pool = new PoolRun(subnet.ToString(), gateway: gateway.ToString());
            pool.Gives(1, subnet.Address.Plus(last).ToString(), subnet.Address.Plus(last).ToString());
            if (last - first > 1) pool.Gives(2, gateway.Plus(1).ToString());
            else pool.Refuses<PoolExhausted>(2);
        }
    }
}
