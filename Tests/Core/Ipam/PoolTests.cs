using CsCheck;
using NetworkCluster.Addressing;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam;

public sealed class PoolTests
{
    private static readonly Incarnation Life = new(1);

    [Theory]
    [InlineData("10.73.0.0/29", "10.73.0.0/32")]
    [InlineData("10.73.0.0/24", "10.73.0.255/32")]
    [InlineData("fd73::/64", "fd73::/128")]
    public void A_range_of_nothing_but_an_address_that_is_nobodys_has_none(string subnet, string range)
    {
        var id = new PoolId(AddressSpaceId.Global, Subnet.Parse(subnet), Subnet.Parse(range));
        Assert.Equal(UInt128.Zero, AddressRange.Capacity(id));
        Assert.Null(AddressRange.LowestExcept(id, []));
        var (first, last) = AddressRange.Pickable(id);
        Assert.True(last < first);
    }

    [Fact]
    public void An_opened_pool_has_its_gateway_and_auxiliary_addresses_taken()
    {
        var network = Network("10.0.0.0/24", aux: [("a", "10.0.0.5"), ("a", "10.0.0.6"), ("b", "10.0.0.7")]);
        var pool = Pool(network).When(new OpenPool(network, 0));
        pool.Journals(nameof(PoolOpened), nameof(AddressAllocated), nameof(AddressAllocated), nameof(AddressAllocated), nameof(AddressAllocated));
        Assert.Equal(0, pool.Sends<NetworkPoolOpened>().Index);
        Assert.Equal(["gateway", "aux:a", "aux:a#2", "aux:b"], pool.State.Held.Select(held => held.Handle.ToString()));
    }

    [Fact]
    public void One_name_may_stand_for_several_addresses_and_none_is_lost_even_where_somebody_has_the_second_ones_key()
    {
        var network = Network("10.0.0.0/24", aux: [("a", "10.0.0.5"), ("a", "10.0.0.6"), ("a#2", "10.0.0.7"), ("a", "10.0.0.8")]);
        var pool = Pool(network).When(new OpenPool(network, 0));
        Assert.Equal(["aux:a 10.0.0.5", "aux:a#3 10.0.0.6", "aux:a#2 10.0.0.7", "aux:a#4 10.0.0.8"], pool.State.Held.Skip(1).Select(held => $"{held.Handle} {held.Address}"));
    }

    [Fact]
    public void Opening_again_is_the_same_and_for_another_network_it_is_refused()
    {
        var network = Network("10.0.0.0/24");
        var pool = Pool(network).When(new OpenPool(network, 0), new OpenPool(network, 0));
        pool.Journals();
        pool.Sends<NetworkPoolOpened>();
        var other = network with { Id = Some.NetworkId(2), Name = "other" };
        pool.When(new OpenPool(other, 0));
        Assert.IsType<PoolOverlap>(pool.Sends<AbandonNetwork>().Reason);
    }

    [Theory]
    [InlineData("192.168.0.0/23", null, 510)]
    [InlineData("10.0.0.0/31", null, 2)]
    [InlineData("10.0.0.0/30", null, 2)]
    [InlineData("10.0.0.7/32", null, 1)]
    [InlineData("172.28.0.0/16", "172.28.30.0/24", 256)]
    [InlineData("10.0.0.0/16", "10.0.0.0/24", 255)]
    [InlineData("172.18.0.0/24", "172.18.0.0/24", 254)]
    [InlineData("fd00::/120", null, 255)]
    [InlineData("fd00::/127", null, 2)]
    public void A_pool_gives_every_address_once_then_it_is_exhausted_and_what_comes_back_goes_out_again(string subnet, string? range, int capacity)
    {
        var network = Network(subnet, range, gateway: false);
        var pool = Pool(network).When(new OpenPool(network, 0));
        var given = Enumerable.Range(1, capacity).Select(i => pool.When(Ask(network, i)).Sends<CompleteAttach>().Address!.Value).ToList();
        Assert.Equal(capacity, given.Distinct().Count());
        Assert.All(given, address => Assert.True((network.Pools[0].Id.SubPool ?? network.Pools[0].Id.Subnet).Contains(address)));
        Assert.Equal((UInt128)capacity, pool.When(new GetPool(network.Pools[0].Id)).Replies<PoolView>().Capacity);

        pool.When(Ask(network, 100_000));
        pool.Journals();
        Assert.IsType<PoolExhausted>(pool.Sends<CompleteAttach>().Refusal);

        foreach (var at in new[] { 0, capacity / 3, capacity - 1 })
        {
            pool.When(Release(network, at + 1));
            Assert.Equal(given[at], pool.When(Ask(network, at + 1)).Sends<CompleteAttach>().Address!.Value);
        }
    }

    [Theory]
    [InlineData("10.0.0.1", "the gateway of net1")]
    [InlineData("10.0.0.0", "10.0.0.0/24 as its network address")]
    [InlineData("10.0.0.255", "10.0.0.0/24 as its broadcast address")]
    [InlineData("10.0.0.5", "auxiliary address a")]
    [InlineData("10.0.0.9", "c9")]
    public void A_fixed_address_that_somebody_has_is_refused_and_names_the_holder(string address, string holder)
    {
        var network = Network("10.0.0.0/24", aux: [("a", "10.0.0.5")]);
        var pool = Pool(network).When(new OpenPool(network, 0), Ask(network, 9, "10.0.0.9"), Ask(network, 1, address));
        pool.Journals();
        Assert.Equal(holder, Assert.IsType<AddressInUse>(pool.Sends<CompleteAttach>().Refusal).Holder);
    }

    [Fact]
    public void The_same_holder_gets_the_same_address_again_and_not_a_second_one()
    {
        var network = Network("10.0.0.0/24");
        var pool = Pool(network).When(new OpenPool(network, 0), Ask(network, 1), Ask(network, 1));
        pool.Journals();
        Assert.Equal("10.0.0.2", Given(pool));
        Assert.IsType<AddressInUse>(pool.When(Ask(network, 1, "10.0.0.9")).Sends<CompleteAttach>().Refusal);
    }

    [Fact]
    public void Giving_back_twice_or_for_another_network_changes_nothing_and_is_answered()
    {
        var network = Network("10.0.0.0/24");
        var detach = new DetachEndpoint(new(Wish(network, 1), Life, Forget: true));
        var pool = Pool(network).When(new OpenPool(network, 0), Ask(network, 1));
        pool.When(new ReleaseAddress(network.Pools[0].Id, Some.NetworkId(7), AddressHandle.Of(Some.EndpointId(1)), detach)).Journals();
        pool.When(Release(network, 1)).Journals(nameof(AddressReleased));
        pool.When(new ReleaseAddress(network.Pools[0].Id, network.Id, AddressHandle.Of(Some.EndpointId(1)), detach, 0)).Journals();
        Assert.Equal(detach, pool.Sends<AddressGivenBack>().Detach);
    }

    [Fact]
    public void A_closed_pool_gives_nothing_and_only_its_own_network_closes_it()
    {
        var network = Network("10.0.0.0/24");
        var other = network with { Id = Some.NetworkId(2) };
        var pool = Pool(network).When(new OpenPool(network, 0), new ClosePool(new(other), 0));
        pool.Journals();
        pool.Sends<NetworkPoolClosed>();
        pool.When(new ClosePool(new(network), 0)).Journals(nameof(PoolClosed));
        Assert.IsType<NetworkNotFound>(pool.When(Ask(network, 1)).Sends<CompleteAttach>().Refusal);
        pool.When(new GetPool(network.Pools[0].Id)).Refuses<InvalidRequest>();
        Assert.Empty(pool.State.Held);
    }

    [Fact]
    public void No_address_ever_has_two_holders_and_a_snapshot_makes_no_difference() =>
        Gen.Select(Gen.Int[0, 3].Select(at => new[] { "10.0.0.0/28", "10.0.0.0/24", "fd00::/125", "10.0.0.0/30" }[at]), Gen.Select(Gen.Int[0, 3], Gen.Int[1, 20], Gen.Int[0, 20]).Array[1, 120]).Sample((subnet, operations) =>
        {
            var network = Network(subnet);
            var decider = new PoolDecider();
            var state = decider.Empty(network.Pools[0].Id.ToString());
            var held = new Dictionary<AddressHandle, InetAddress>();
            Apply(decider.Decide(state, new OpenPool(network, 0)));
            foreach (var (what, who, offset) in operations)
            {
                var handle = AddressHandle.Of(Some.EndpointId(who));
                if (what == 0)
                {
                    Apply(decider.Decide(state, Release(network, who)));
                    held.Remove(handle);
                    continue;
                }

                if (what == 1) state = decider.Compact(state).Aggregate(decider.Empty(network.Pools[0].Id.ToString()), decider.Evolve);
                var fixedAddress = what == 2 ? network.Pools[0].Id.Subnet.Address.Plus((UInt128)offset).ToString() : null;
                var decision = decider.Decide(state, Ask(network, who, fixedAddress));
                var answer = (CompleteAttach)decision.Sends.Single();
                var before = held.TryGetValue(handle, out var had) ? had : (InetAddress?)null;
                if (answer.Address is { } address)
                {
                    if (before is { } same) Assert.Equal(same, address);
                    else Assert.DoesNotContain(address, held.Values);
                    Assert.NotEqual(network.Pools[0].Gateway, address);
                    held[handle] = address;
                }
                else
                {
                    Assert.Empty(decision.Events);
                    if (answer.Refusal is PoolExhausted) Assert.Equal(decider.Decide(state, new GetPool(network.Pools[0].Id)).Reply is PoolView view ? view.Capacity : 0, (UInt128)state.Count);
                }

                Apply(decision);
                Assert.Equal(held.OrderBy(one => one.Value).Select(one => one.Value), state.Held.Where(one => one.Handle.Endpoint is not null).Select(one => one.Address));
            }

            void Apply(Decision decision) => state = decision.Events.Aggregate(state, decider.Evolve);
        });

    [Fact]
    public void One_that_has_read_its_journal_says_which_endpoints_it_has_given_addresses()
    {
        var network = Network("10.0.0.0/16");
        var pool = Pool(network).When(new OpenPool(network, 0));
        Assert.Empty(pool.Recovered().Resumed());
        for (var number = 1; number <= 501; number++) pool.When(Ask(network, number));
        pool.When(Release(network, 7));
        var said = pool.Recovered().Resumed().Cast<ConfirmHolders>().ToList();
        Assert.Single(said);
        Assert.All(said, confirm => Assert.Equal((network.Id, network.Pools[0].Id), (confirm.Network, confirm.Pool)));
        Assert.Equal(Enumerable.Range(1, 501).Except([7]).Select(number => Some.EndpointId(number).ToString()).Order(StringComparer.Ordinal), said.SelectMany(confirm => confirm.Holders).Select(holder => holder.ToString()).Order(StringComparer.Ordinal));
        pool.When(Ask(network, 7));
        Assert.Equal([500, 1], pool.Recovered().Resumed().Cast<ConfirmHolders>().Select(confirm => confirm.Holders.Length));
    }

    private static NetworkSpec Network(string subnet, string? range = null, bool gateway = true, (string Name, string Address)[]? aux = null)
    {
        var whole = Subnet.Parse(subnet);
        return Some.Network(1, []) with
        {
            Pools =
            [
                new()
                {
                    Id = new(AddressSpaceId.Of(Some.Host), whole, range is null ? null : Subnet.Parse(range)),
                    Gateway = gateway ? whole.Address.Plus(1) : null,
                    Auxiliary = [.. (aux ?? []).Select(one => new AuxiliaryAddress(one.Name, InetAddress.Parse(one.Address)))],
                    UserGiven = true,
                },
            ],
        };
    }

    private static Scenario<PoolState> Pool(NetworkSpec network) => new(new PoolDecider(), network.Pools[0].Id.ToString());

    private static EndpointSpec Wish(NetworkSpec network, int number) => Some.Endpoint(number, network, number).Spec;

    private static AllocateAddress Ask(NetworkSpec network, int number, string? address = null) =>
        new(network.Pools[0].Id, address is null ? null : InetAddress.Parse(address), new(Wish(network, number), Life, Running: true), []);

    private static ReleaseAddress Release(NetworkSpec network, int number) => new(network.Pools[0].Id, network.Id, AddressHandle.Of(Some.EndpointId(number)));

    private static string Given(Scenario<PoolState> pool) => pool.Sends<CompleteAttach>().Address.ToString()!;
}
