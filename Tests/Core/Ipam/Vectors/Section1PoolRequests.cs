using NetworkCluster.Addressing;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam.Vectors;

/// <summary>Section 1 of the vectors that Docker, libnetwork and others test: pools asked for in one or two spaces. Where peers disagree, the row says what is decided here.</summary>
public sealed class Section1PoolRequests
{
    private const string Ok = "ok", Overlap = nameof(PoolOverlap);

    [Fact]
    public void Rows_1_1_to_1_10_state_carries_down()
    {
        var spaces = new Dictionary<string, SpaceRun> { ["LOCAL"] = new("172.30.0.0/15:24"), ["GLOBAL"] = new("172.30.0.0/15:24", global: true) };
        (string Row, string Space, string Pool, string? Sub, string Expected)[] rows =
        [
            ("1.1", "LOCAL", "10.0.0.0/8", null, Ok),
            ("1.2", "GLOBAL", "10.0.0.0/8", null, Ok),
            ("1.3", "GLOBAL", "10.0.0.0/8", null, Overlap),
            ("1.4", "GLOBAL", "10.128.0.0/9", null, Overlap),
            ("1.5", "GLOBAL", "10.0.0.0/8", "10.128.0.0/9", Overlap), // Docker takes it: a sub-pool of a pool that another network has. Two networks with one subnet cannot both be routed.
            ("1.6", "GLOBAL", "10.0.0.0/8", "10.128.0.0/9", Overlap),
            ("1.7", "LOCAL", "10.20.2.0/24", null, Overlap),
            ("1.8", "LOCAL", "10.128.0.0/9", null, Overlap),
            ("1.9", "LOCAL", "1003:1:2:3:4:5:6:0/112", null, Ok),
            ("1.10", "LOCAL", "1003:1:2:3::/64", null, Overlap),
        ];
        foreach (var (row, space, pool, sub, expected) in rows)
        {
            var refusal = spaces[space].Create(null, false, SpaceRun.Pool(pool, sub)).Refusal;
            Assert.True((refusal?.GetType().Name ?? Ok) == expected, $"{row}: {refusal}");
        }
    }

    [Fact]
    public void One_pool_with_other_sub_pools_is_refused_and_names_the_network_that_has_it()
    {
        // Docker (2026) takes 10.10.0.0/17 and 10.11.0.0/16 too; the identical pair is refused by it, and counted by libnetwork (2023).
        var space = new SpaceRun();
        Assert.Null(space.Create("first", false, SpaceRun.Pool("10.0.0.0/8", "10.10.0.0/16")).Refusal);
        foreach (var sub in new[] { "10.10.0.0/16", "10.10.0.0/17", "10.11.0.0/16" })
            Assert.Equal("first", Assert.IsType<PoolOverlap>(space.Create(null, false, SpaceRun.Pool("10.0.0.0/8", sub)).Refusal).Network);
    }

    [Theory]
    [InlineData("default/172.27.0.0/16", "172.27.0.0/16", null)]
    [InlineData("default/172.27.0.0/16/172.27.3.0/24", "172.27.0.0/16", "172.27.3.0/24")]
    [InlineData("global/2001:db8::/32/2001:db8:1::/48", "2001:db8::/32", "2001:db8:1::/48")]
    public void The_text_of_a_pools_id(string text, string subnet, string? sub)
    {
        var id = PoolId.Parse(text);
        Assert.Equal((Subnet.Parse(subnet), sub), (id.Subnet, id.SubPool?.ToString()));
        Assert.Equal(text, id.ToString());
        Assert.Equal(id, new PoolId(id.Space, id.Subnet, id.SubPool));
    }

    [Fact]
    public void A_released_pool_comes_again_under_the_same_id_and_releasing_it_twice_is_refused()
    {
        var space = new SpaceRun();
        var first = space.Create("one", false, SpaceRun.Pool("10.0.0.0/8")).Pools[0].Id;
        var id = space.State.Names["one"];
        space.Remove("10.0.0.0/8");
        Assert.Empty(space.Taken);
        Assert.IsType<NetworkNotFound>(Assert.IsType<Rejected>(space.Decide(new RemoveNetwork(AddressSpaceId.Of(Some.Host), id)).Reply).Reason);
        Assert.Equal(first.ToString(), space.Create("two", false, SpaceRun.Pool("10.0.0.0/8")).Pools[0].Id.ToString());
    }

    [Theory]
    [InlineData(false, "192.168.0.0/16; 172.17.0.0/16; 10.0.0.0/8; 2001:db8:1:2:3:4:ffff:0/112")]
    [InlineData(true, "172.17.0.0/16; 10.0.0.0/8; 2001:db8:1:2:3:4:5:0/112; 2001:db8:1:2:3:4:ffff:0/112")]
    public void The_remove_set_is_taken_and_given_back(bool global, string subnets)
    {
        var space = new SpaceRun("172.30.0.0/15:24", global);
        foreach (var subnet in SpaceRun.List(subnets)) Assert.Contains(subnet, space.Subnets(subnet), StringComparison.Ordinal);
        foreach (var subnet in SpaceRun.List(subnets)) space.Remove(subnet);
        Assert.Empty(space.Taken);
        Assert.Null(space.State.Subnets.InTheWayOf(Subnet.Parse("0.0.0.0/0")));
    }

    [Fact]
    public void Syntax()
    {
        Assert.False(AddressSpaceId.TryParse("", null, out _));
        Assert.False(PoolId.TryParse("/192.168.0.0/16", null, out _));
        Assert.False(PoolId.TryParse("/192.168.0.0/16/192.168.0.0/24", null, out _));
        Assert.False(PoolId.TryParse("", null, out _));
        Assert.IsType<InvalidRequest>(new SpaceRun("10.0.0.0/8:24").Create(null, false, new PoolRequest { IpRange = Subnet.Parse("192.168.0.0/24") }).Refusal);

        var pool = new PoolRun("192.168.0.0/16", "192.168.0.0/24");
        pool.Refuses<AddressOutsideNetwork>(1, "172.17.0.23").Gives(1, "192.168.0.50", "192.168.0.50");
        // Docker: releasing a nil address, or what is free, is an error. Here a success that changes nothing.
        Assert.Equal(pool.Journal.Count, pool.Release(2).Journal.Count);
        Assert.Equal(0, pool.Release(1).State.Count);
    }

    [Fact]
    public void A_preferred_size_is_any_subnet_of_that_size_out_of_the_defaults()
    {
        var space = new SpaceRun("172.17.0.0/16:16; 172.18.0.0/16:16; 192.168.0.0/16:20; fd00::/48:64");
        Assert.Equal("172.17.0.0/24", space.Subnets("0.0.0.0/24"));
        Assert.Equal("172.18.0.0/16", space.Subnets());
        Assert.Equal("172.17.1.0/25", space.Subnets("0.0.0.0/25"));
        Assert.Equal("192.168.0.0/20 fd00::/64", space.Subnets("::/0"));
        Assert.Equal("192.168.16.0/20 fd00:0:0:1::/64", space.Subnets("::/0"));
        Assert.Equal("172.17.2.0/24 fd00:0:0:2::/120", space.Subnets("0.0.0.0/24", "::/120"));
        Assert.Equal("192.168.32.0/20", space.Subnets("0.0.0.0/0"));
        Assert.Equal(nameof(NoFreeSubnet), space.Subnets("0.0.0.0/8"));
        // What was picked is a fact: the journal has it, however often it is read.
        var again = new AddressSpaceDecider();
        var replayed = space.Journal.Aggregate(again.Empty("host1"), again.Evolve);
        Assert.Equal(space.Taken.Order(), replayed.Networks.Values.SelectMany(network => network.Spec.Pools).Select(pool => pool.Id.Subnet).Order());
        Assert.All(replayed.Networks.Values.SelectMany(network => network.Spec.Pools), pool => Assert.False(pool.UserGiven));
    }

    [Theory]
    [InlineData("/24")]
    [InlineData("0.0.0.0/AB")]
    public void A_size_without_a_family_or_a_number_is_no_block(string text) => Assert.False(Subnet.TryParse(text, out _));

    [Fact]
    public void A_size_alone_has_no_gateway_range_or_auxiliary_address()
    {
        foreach (var request in new PoolRequest[] { SpaceRun.Pool("0.0.0.0/0", gateway: "10.0.0.1"), SpaceRun.Pool("0.0.0.0/8", "0.0.0.0/24") })
            Assert.IsType<InvalidRequest>(new SpaceRun("10.0.0.0/8:24").Create(null, false, request).Refusal);
    }
}
