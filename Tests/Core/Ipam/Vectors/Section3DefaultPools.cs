using CsCheck;
using NetworkCluster.Addressing;
using NetworkCluster.Ipam;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam.Vectors;

/// <summary>Section 3: which default pool is next. Subnets that are taken are disjoint here, since an address space refuses others.</summary>
public sealed class Section3DefaultPools
{
    private const string DockerLocal = "172.17.0.0/16:16; 172.18.0.0/16:16; 172.19.0.0/16:16; 172.20.0.0/14:16; 172.24.0.0/14:16; 172.28.0.0/14:16; 192.168.0.0/16:20";

    [Theory]
    [InlineData("3.1", "192.168.0.0/16:24", "192.168.255.0/24", "", "192.168.0.0/24")]
    [InlineData("3.2", "10.0.0.0/8:24; 192.168.0.0/16:24", "10.0.0.0/8", "10.0.0.0/7", "192.168.0.0/24")]
    [InlineData("3.3", "10.20.0.0/16:24; 192.168.0.0/16:24", "10.0.0.0/8; 192.168.128.0/24", "", "192.168.0.0/24")]
    [InlineData("3.4", "10.20.0.0/16:24; 192.168.0.0/16:24", "10.0.0.0/8; 192.168.0.0/24; 192.168.128.0/24", "", "192.168.1.0/24")]
    [InlineData("3.5", "10.20.0.0/22:24; 192.168.0.0/16:24", "10.20.0.0/24; 10.20.1.0/24; 10.20.2.0/24; 192.168.128.0/24", "10.20.3.0/24", "192.168.0.0/24")]
    [InlineData("3.6", "10.20.0.0/16:24; 192.168.0.0/16:24", "10.20.0.0/17; 10.20.128.0/17", "200.1.2.0/24", "192.168.0.0/24")]
    [InlineData("3.7", "10.10.0.0/22:24; 192.168.0.0/16:24", "10.10.0.0/24; 10.10.1.0/24; 10.10.2.0/24; 10.10.3.0/24", "10.10.3.0/24", "192.168.0.0/24")]
    [InlineData("3.8", "192.168.0.0/16:24", "192.168.0.0/24; 192.168.1.0/24; 192.168.2.0/23; 192.168.4.0/30", "", "192.168.5.0/24")]
    [InlineData("3.9", "10.0.0.0/31:31; 192.168.0.0/16:24", "10.0.0.0/32; 100.0.0.0/32; 200.0.0.0/32", "", "192.168.0.0/24")]
    [InlineData("3.10", "192.168.0.0/16:24", "192.168.0.0/24; 192.168.1.0/24; 192.168.2.0/30", "192.168.2.4/30; 192.168.3.0/30; 192.168.4.0/23", "192.168.6.0/24")]
    [InlineData("3.11", "192.168.0.0/16:24", "192.168.0.0/24", "192.168.0.0/24", "192.168.1.0/24")]
    [InlineData("3.12", "10.0.0.0/8:24; 192.168.0.0/16:24", "10.0.0.0/24", "192.168.0.0/24", "10.0.1.0/24")]
    [InlineData("3.13", "10.0.0.0/8:24; 10.0.0.0/16:24; 10.10.0.0/16:24; 192.168.0.0/16:24", "", "10.0.0.0/8", "192.168.0.0/24")]
    [InlineData("3.14", "172.16.0.0/15:16", "172.16.0.0/16", "", "172.17.0.0/16")]
    [InlineData("3.15", "172.16.0.0/15:16; 192.168.0.0/16:24", "172.16.0.0/16; 172.17.0.0/17", "", "192.168.0.0/24")]
    [InlineData("none", "172.16.0.0/15:16", "172.16.0.0/16; 172.17.0.0/17", "", null)]
    [InlineData("the end of IPv4", "255.255.255.0/24:24", "255.255.255.0/24", "", null)]
    [InlineData("a default route", "192.168.0.0/16:24", "", "0.0.0.0/0", "192.168.0.0/24")]
    public void The_first_free_default_subnet_in_order_is_next(string row, string defaults, string taken, string routes, string? expected)
    {
        var table = SpaceRun.List(taken).Aggregate(SubnetTable.Empty, (before, subnet) => before.Add(Subnet.Parse(subnet), Some.NetworkId(1)));
        var next = SubnetChoice.Next(SpaceRun.Pools(defaults), false, null, table, [.. SpaceRun.List(routes).Select(route => Subnet.Parse(route))]);
        Assert.True(expected == next?.ToString(), $"{row}: {next}");
    }

    [Fact]
    public void Rows_3_23_to_3_28_host_bits_of_a_base_are_no_place_to_start() =>
        // Docker starts 172.17.0.0/12 at 172.17. A block that says what it does not mean is refused when the settings are read.
        Assert.False(Subnet.TryParse("172.17.0.0/12", out _));

    [Fact]
    public void A_base_given_twice_or_inside_another_changes_nothing_while_the_first_has_a_subnet()
    {
        // Docker drops the later ones. Here they stay, and give what the first could not in its own size.
        var space = new SpaceRun("10.0.0.0/8:16; 10.0.0.0/8:24; 10.10.0.0/16:24; 192.168.0.0/24:24");
        space.Subnets("10.1.0.0/25");
        Assert.Equal("10.0.0.0/16", space.Subnets());
        Assert.Equal("10.2.0.0/16", space.Subnets());
        for (var i = 3; i < 256; i++) space.Subnets();
        Assert.Equal("10.1.1.0/24", space.Subnets());
    }

    [Fact]
    public void Subnets_are_ordered_by_address_then_the_wider_first()
    {
        string[] given = ["192.168.0.0/16", "10.0.0.0/24", "10.0.1.0/24", "10.1.0.0/16", "10.0.0.0/31", "10.0.0.0/8", "192.168.3.0/24"];
        Assert.Equal(
            ["10.0.0.0/8", "10.0.0.0/24", "10.0.0.0/31", "10.0.1.0/24", "10.1.0.0/16", "192.168.0.0/16", "192.168.3.0/24"],
            given.Select(text => Subnet.Parse(text)).Order().Select(subnet => subnet.ToString()));
    }

    [Theory]
    [InlineData("a", "10.0.0.0/24:24; 10.0.1.0/24:24; 10.1.0.0/16:24", "10.0.0.0/16", "+1 +2")]
    [InlineData("b", "10.0.0.0/8:24", "", "+1 +2 +3 -1 +4 +5")]
    [InlineData("c", "10.0.0.0/8:24", "", "+1 +2 +3 +4 -2 -3 +5 +6 +7")]
    public void What_is_given_is_never_held_and_never_reserved(string row, string defaults, string routes, string steps)
    {
        var space = new SpaceRun(defaults) { Routes = [.. SpaceRun.List(routes).Select(route => Subnet.Parse(route))] };
        var held = new Dictionary<string, Subnet>();
        foreach (var step in steps.Split(' '))
        {
            if (step[0] == '-')
            {
                space.Remove(held[step[1..]].ToString());
                held.Remove(step[1..]);
                continue;
            }

            var given = Subnet.Parse(space.Subnets());
            Assert.False(held.Values.Concat(space.Routes).Any(given.Overlaps), $"{row} {step}: {given}");
            held.Add(step[1..], given);
        }
    }

    [Fact]
    public void Dockers_defaults_are_31_subnets_and_when_none_is_left_all_holders_are_named_and_what_to_do()
    {
        var space = new SpaceRun(DockerLocal);
        for (var i = 0; i < 31; i++) Assert.DoesNotContain("Refus", space.Subnets(), StringComparison.Ordinal);
        Assert.Equal("172.17.0.0/16", space.Taken.Min().ToString());
        var refusal = Assert.IsType<NoFreeSubnet>(space.Create().Refusal);
        Assert.Equal(31, refusal.Holders.Length);
        Assert.Contains("n1 172.17.0.0/16", refusal.Holders);
        Assert.EndsWith("; name one with --subnet, or add to network-cluster.ipam.default-pools", refusal.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_global_defaults_are_65536_subnets_and_finding_the_next_does_not_slow_down()
    {
        var pools = SpaceRun.Pools("10.0.0.0/8:24");
        var table = SubnetTable.Empty;
        for (var i = 0; i < 65536; i++) table = table.Add(SubnetChoice.Next(pools, false, null, table, [])!.Value, Some.NetworkId(1));
        Assert.Null(SubnetChoice.Next(pools, false, null, table, []));
        table = table.Remove(Subnet.Parse("10.77.7.0/24"));
        Assert.Equal("10.77.7.0/24", SubnetChoice.Next(pools, false, null, table, []).ToString());
    }

    [Fact]
    public void The_lowest_free_subnet_is_reused_at_once()
    {
        // libnetwork (2023) gives another one each time; Docker (2026) and we give the lowest free.
        var space = new SpaceRun(DockerLocal);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("172.17.0.0/16", space.Subnets());
            space.Remove("172.17.0.0/16");
        }
    }

    [Fact]
    public void Pools_of_the_operators_own_are_used_in_order_and_a_network_keeps_its_subnet_when_they_change()
    {
        var space = new SpaceRun("175.30.0.0/16:16; 175.33.0.0/16:24");
        Assert.Equal(["175.30.0.0/16", "175.33.0.0/24", "175.33.1.0/24"], [space.Subnets(), space.Subnets(), space.Subnets()]);
        space.Defaults = SpaceRun.Pools("10.0.0.0/8:24");
        Assert.Equal("10.0.0.0/24", space.Subnets());
        Assert.Contains(Subnet.Parse("175.33.1.0/24"), space.Taken);
    }

    [Fact]
    public void Every_route_and_what_the_other_scope_has_is_skipped_and_named_when_nothing_is_left()
    {
        var space = new SpaceRun("172.17.0.0/16:16; 172.18.0.0/16:16; 172.19.0.0/16:16; 172.20.0.0/16:16; fd00::/63:64")
        {
            Routes = [Subnet.Parse("0.0.0.0/0"), Subnet.Parse("172.17.5.0/24"), Subnet.Parse("172.18.0.0/15"), Subnet.Parse("9.9.9.9/32"), Subnet.Parse("fd00::1/128")],
            Elsewhere = [new(Subnet.Parse("172.20.128.0/24"), "multi"), new(Subnet.Parse("8.8.0.0/16"), "far")],
        };
        Assert.Equal(["multi 172.20.128.0/24", "route 172.17.5.0/24 of host host1", "route 172.18.0.0/15 of host host1"], Assert.IsType<NoFreeSubnet>(space.Create().Refusal).Holders.AsEnumerable());
        space.Elsewhere = [];
        Assert.Equal(["172.20.0.0/16", "fd00:0:0:1::/64"], space.Create(ipv6: true).Pools.Select(pool => pool.Id.Subnet.ToString()));
    }

    [Fact]
    public void Parallel_requests_get_every_subnet_once() => Gen.Int.Sample(seed =>
    {
        // 16,384 subnets, in the order in which an address space happens to hear of the requests: one after the other, whoever sent them.
        var space = new SpaceRun("10.0.0.0/10:24");
        var given = Enumerable.Range(0, 16384).Select(_ => space.Create().Pools[0].Id.Subnet).ToHashSet();
        Assert.Equal(16384, given.Count);
        Assert.All(given, subnet => Assert.True(subnet.Prefix == 24 && Subnet.Parse("10.0.0.0/10").Contains(subnet)));
        Assert.IsType<NoFreeSubnet>(space.Create().Refusal);
        var back = given.ElementAt(new Random(seed).Next(given.Count));
        space.Remove(back.ToString());
        Assert.Equal(back.ToString(), space.Subnets());
    }, iter: 1);

    [Fact]
    public void The_choice_is_what_trying_every_block_in_order_would_find() => Gen.Select(Gen.Int[0, 15].Array[0, 12], Gen.Int[24, 30].Array[12], Gen.Int[0, 255].Array[0, 3], Gen.Int[0, 30]).Sample((places, sizes, routes, size) =>
    {
        var pools = SpaceRun.Pools("10.0.0.0/24:27; 10.0.2.0/23:28");
        var table = SubnetTable.Empty;
        foreach (var (place, prefix) in places.Zip(sizes))
        {
            var subnet = Subnet.Around(new((UInt128)(0x0A000000 + (place * 64)), false), prefix);
            if (table.InTheWayOf(subnet) is null) table = table.Add(subnet, Some.NetworkId(1));
            else if (place % 3 == 0 && table.InTheWayOf(subnet) is { } held) table = table.Remove(held.Subnet);
        }

        Subnet[] obstacles = [.. routes.Select(at => Subnet.Around(new((UInt128)(0x0A000000 + at), false), 29))];
        var candidates =
            from pool in pools
            let prefix = size > 0 ? size : pool.Size
            where prefix >= pool.Base.Prefix
            from i in Enumerable.Range(0, 1 << (prefix - pool.Base.Prefix))
            select Subnet.Around(pool.Base.Address.Plus((UInt128)i << (32 - prefix)), prefix);
        var expected = candidates.Where(one => table.InTheWayOf(one) is null && !obstacles.Any(one.Overlaps)).Select(one => (Subnet?)one).FirstOrDefault();
        Assert.Equal(expected, SubnetChoice.Next(pools, false, size, table, obstacles));
        foreach (var block in pools.Select(pool => pool.Base)) Assert.All(table.Within(block), held => Assert.True(held.Subnet.Overlaps(block)));
    });
}
