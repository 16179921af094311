using CsCheck;
using NetworkCluster.Addressing;
using NetworkCluster.Ipam;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam.Vectors;

/// <summary>Section 4: addresses from one pool.</summary>
public sealed class Section4Addresses
{
    [Theory]
    [InlineData("192.168.59.0/24", 254, "192.168.59.254")]
    [InlineData("192.168.240.0/20", 255, "192.168.240.255")]
    [InlineData("192.168.0.0/16", 255, "192.168.0.255")]
    [InlineData("192.168.0.0/16", 256, "192.168.1.0")]
    [InlineData("10.16.0.0/16", 255, "10.16.0.255")]
    [InlineData("10.128.0.0/12", 255, "10.128.0.255")]
    [InlineData("10.0.0.0/8", 256, "10.0.1.0")]
    [InlineData("192.168.128.0/18", 1023, "192.168.131.255")]
    [InlineData("fd00::/64", 3, "fd00::3")]
    public void The_nth_address_of_an_empty_pool(string subnet, int nth, string expected)
    {
        var pool = new PoolRun(subnet);
        InetAddress? last = null;
        for (var i = 1; i <= nth; i++) last = pool.Ask(i);
        Assert.Equal(expected, last.ToString());
    }

    [Fact]
    public void The_same_address_twice() => new PoolRun("192.168.100.0/24").Gives(1, "192.168.100.250", "192.168.100.250").Refuses<AddressInUse>(2, "192.168.100.250");

    [Fact]
    public void A_sub_pool_that_is_the_pool() => new PoolRun("172.18.0.0/16", "172.18.0.0/16").Gives(1, "172.18.0.1");

    [Fact]
    public void Both_addresses_of_a_31_are_given() => new PoolRun("192.168.0.2/31")
        .Refuses<AddressOutsideNetwork>(1, "192.168.0.1").Refuses<AddressOutsideNetwork>(1, "192.168.0.4").Refuses<AddressOutsideNetwork>(1, "192.168.0.100")
        .Gives(1, "192.168.0.2").Gives(2, "192.168.0.3").Refuses<PoolExhausted>(3);

    [Theory]
    [InlineData("10.111.5.8/31", "10.111.5.8", "10.111.5.9")]
    [InlineData("1.1.1.1/32", "1.1.1.1", null)]
    [InlineData("192.168.0.0/32", "192.168.0.0", null)]
    [InlineData("fd00::2/127", "fd00::2", "fd00::3")]
    [InlineData("fd00::2/128", "fd00::2", null)]
    public void A_network_of_one_or_two_addresses_is_taken_and_its_gateway_is_the_first(string subnet, string gateway, string? endpoint)
    {
        // Swarm takes 1.1.1.1/32; netavark and Docker's bridge refuse what has no room for a container. Here it is a network without room: connecting says so.
        var granted = new SpaceRun("172.17.0.0/16:16").Create(null, false, SpaceRun.Pool(subnet)).Pools.Single(pool => pool.Id.Subnet.ToString() == subnet);
        Assert.Equal(gateway, granted.Gateway.ToString());
        var pool = new PoolRun(subnet, gateway: gateway);
        if (endpoint is not null) pool.Gives(1, endpoint);
        pool.Refuses<PoolExhausted>(2);
    }

    [Fact]
    public void Pools_of_every_size_from_11_to_31_can_be_drained()
    {
        for (var prefix = 11; prefix <= 31; prefix++)
        {
            var id = new PoolId(default, Subnet.Around(InetAddress.Parse("10.0.0.0"), prefix));
            var (first, last) = AddressRange.Pickable(id);
            if (prefix >= 18)
            {
                Assert.Equal(AddressRange.Capacity(id), (UInt128)new PoolRun(id.Subnet.ToString()).Drain().Count);
                continue;
            }

            // The large ones without a holder for each: what finds the free one is the same.
            var set = new AddressSet(id.Subnet.LastOffset);
            while (set.FirstFree(first, last) is { } free) set.Add(free);
            Assert.Equal(AddressRange.Capacity(id), set.Count);
        }
    }

    [Theory]
    [InlineData("172.28.0.0/16", "172.28.30.0/24", "172.28.30.255", "172.28.30.97")]
    [InlineData("10.0.0.0/16", "10.0.0.0/24", "10.0.0.255", "10.0.0.79")]
    public void A_drained_sub_pool_gives_again_what_came_back(string subnet, string range, string last, string released)
    {
        // In Docker the serial allocator gives the same here: when all is taken, there is only one to give.
        var pool = new PoolRun(subnet, range);
        var held = pool.Drain();
        Assert.Equal(last, held.MaxBy(one => one.Value).Key);
        pool.Release(held[released]).Gives(5000, released).Refuses<PoolExhausted>(5001);
    }

    [Fact]
    public void The_lowest_free_one_fills_the_gaps_around_a_fixed_one() =>
        // Swarm's serial mode would go on with .3 and .4; here, as in Docker, the lowest free address is next.
        new PoolRun("10.2.0.0/16", "10.2.2.0/24")
            .Gives(1, "10.2.2.1", "10.2.2.1").Gives(2, "10.2.2.0").Gives(3, "10.2.2.2")
            .Release(2).Gives(4, "10.2.2.0").Release(1).Gives(5, "10.2.2.1")
            .Gives(6, "10.2.200.1", "10.2.200.1");

    [Fact]
    public void Released_and_asked_for_again_it_is_the_same_one()
    {
        var pool = new PoolRun("192.168.0.0/23");
        var held = pool.Drain();
        Assert.Equal(510, held.Count);
        var next = 1000;
        foreach (var tail in "0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 0.10 0.30 0.31 1.32 0.254 1.1 1.2 1.3 1.253 1.254".Split(' '))
        {
            var address = $"192.168.{tail}";
            pool.Release(held[address]).Gives(++next, address).Refuses<PoolExhausted>(9999);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("172.25.252.0/22")]
    public void Taken_at_random_and_freed_all_stay_distinct(string? range) => Gen.Int.Sample(seed =>
    {
        var pool = new PoolRun("172.25.0.0/16", range);
        for (var i = 1; i <= 384; i++) Assert.NotNull(pool.Ask(i));
        int[] numbers = [.. Enumerable.Range(1, 384)];
        new Random(seed).Shuffle(numbers);
        foreach (var number in numbers.Take(192)) pool.Release(number);
        for (var i = 1001; i <= 1192; i++) Assert.NotNull(pool.Ask(i));
        Assert.Equal(384, pool.State.Held.Select(held => held.Address).Distinct().Count());
    }, iter: 20);

    [Fact]
    public void Each_addresss_log_of_takes_and_releases_stays_between_none_and_one() => Gen.Int.Sample(seed =>
    {
        var (pool, random, held) = (new PoolRun("198.168.0.0/23"), new Random(seed), new List<int>());
        for (var i = 1; i <= 10_000; i++)
        {
            if (held.Count > 500)
            {
                var at = random.Next(held.Count);
                pool.Release(held[at]);
                held.RemoveAt(at);
            }

            Assert.NotNull(pool.Ask(i));
            held.Add(i);
        }

        var log = new Dictionary<InetAddress, int>();
        foreach (var fact in pool.Journal)
        {
            if (fact is AddressAllocated allocated) Assert.Equal(1, log[allocated.Address] = log.GetValueOrDefault(allocated.Address) + 1);
            if (fact is AddressReleased released) Assert.Equal(0, log[released.Address] -= 1);
        }
    }, iter: 2);

    [Theory]
    [InlineData(29)]
    [InlineData(25)]
    [InlineData(24)]
    [InlineData(21)]
    public void Drained_from_several_sides_each_address_is_given_once_and_each_freed_one_can_be_named(int prefix) =>
        Gen.Select(Gen.Int, Gen.Int[1, 3].Select(power => 1 << power), Gen.Int[0, 2].Select(which => new[] { "all", "odd", "even" }[which])).Sample((seed, askers, which) =>
        {
            // An entity hears one request after the other; what differs is whose turn it is.
            var pool = new PoolRun($"10.0.0.0/{prefix}");
            var size = (1 << (32 - prefix)) - 2;
            int[] order = [.. Enumerable.Range(0, size + 10).OrderBy(i => (i % askers, i))];
            new Random(seed).Shuffle(order);
            var held = new Dictionary<int, InetAddress>();
            foreach (var number in order) if (pool.Ask(number + 1) is { } address) held.Add(number + 1, address);
            Assert.Equal(size, held.Values.Distinct().Count());
            Assert.Equal(size, held.Count);

            var freed = held.Where(one => which == "all" || one.Value.Value % 2 == (which == "odd" ? 1u : 0u)).ToList();
            foreach (var (number, _) in freed) pool.Release(number);
            foreach (var (number, address) in freed) pool.Gives(number + 10_000, address.ToString(), address.ToString());
            pool.Refuses<PoolExhausted>(99_999);
        }, iter: 6);
}
