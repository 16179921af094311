using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam;

public sealed class AddressSpaceTests
{
    private static readonly AddressSpaceId Id = AddressSpaceId.Of(Some.Host);
    private static readonly ImmutableArray<DefaultPool> Defaults = [new(Subnet.Parse("172.16.0.0/15"), 16), new(Subnet.Parse("fd00::/63"), 64)];

    [Fact]
    public void A_create_takes_name_and_subnets_in_one_fact_and_is_answered_when_the_network_is_made()
    {
        var space = Space().When(Create(1, "web", ["10.77.0.0/16"]));
        space.Journals(nameof(NetworkRegistered));
        Assert.Null(space.Then.Reply);
        var spec = space.Sends<EstablishNetwork>().Spec;
        Assert.Equal("10.77.0.1", spec.Pools.Single().Gateway.ToString());
        Assert.True(spec.Pools.Single().UserGiven);
        space.When(new ConfirmNetwork(spec)).Journals(nameof(NetworkConfirmed));
        Assert.Equal(spec.Id, space.Replies<NetworkSummary>().Spec.Id);
    }

    [Fact]
    public void Without_a_subnet_the_first_free_default_is_picked_and_none_left_is_refused_with_the_holders()
    {
        var space = Space().When(Create(1, "a"), Create(2, "b"));
        Assert.Equal("172.17.0.0/16", space.Sends<EstablishNetwork>().Spec.Pools.Single().Id.Subnet.ToString());
        Assert.False(space.Sends<EstablishNetwork>().Spec.Pools.Single().UserGiven);
        var refused = space.When(Create(3, "c")).Refuses<NoFreeSubnet>();
        Assert.Equal(["a 172.16.0.0/16", "b 172.17.0.0/16"], refused.Holders.Order());
    }

    [Fact]
    public void An_IPv6_network_gets_a_subnet_of_each_family()
    {
        var command = Create(1, "six");
        var spec = Space().When(command with { Request = command.Request with { EnableIPv6 = true } }).Sends<EstablishNetwork>().Spec;
        Assert.Equal(["172.16.0.0/16", "fd00::/64"], spec.Pools.Select(pool => pool.Id.Subnet.ToString()));
    }

    [Theory]
    [InlineData("10.77.0.0/16")]
    [InlineData("10.77.8.0/24")]
    [InlineData("10.0.0.0/8")]
    [InlineData("10.77.255.252/30")]
    public void A_subnet_that_shares_an_address_with_another_networks_is_refused_and_names_it(string subnet)
    {
        var refused = Given("base", "10.77.0.0/16").When(Create(2, "xx", [subnet])).Refuses<PoolOverlap>();
        Assert.Equal("base", refused.Network);
        Assert.Equal("10.77.0.0/16", refused.Existing.ToString());
        Assert.Equal(RejectionKind.Forbidden, refused.Kind);
    }

    [Fact]
    public void Two_spaces_know_nothing_of_each_other() =>
        new Scenario<AddressSpaceState>(new AddressSpaceDecider(), "host2").When(Create(2, "base", ["10.77.0.0/16"])).Journals(nameof(NetworkRegistered));

    [Fact]
    public void A_subnet_that_a_route_of_the_host_covers_is_refused_but_a_default_route_covers_nothing()
    {
        var create = Create(1, "xx", ["10.99.0.0/24"]);
        Space().When(create with { HostRoutes = [Subnet.Parse("10.99.0.0/16")] }).Refuses<RouteOverlap>();
        Space().When(create with { HostRoutes = [Subnet.Parse("0.0.0.0/0")] }).Journals(nameof(NetworkRegistered));
    }

    [Theory]
    [InlineData("10.110.5.9/32", "No available addresses on this pool")]
    [InlineData("127.0.0.0/8", "subnet 127.0.0.0/8 cannot be used: 127.0.0.0/8 is loopback")]
    [InlineData("224.0.0.0/24", "subnet 224.0.0.0/24 cannot be used: 224.0.0.0/4 is multicast")]
    [InlineData("240.0.0.0/24", "subnet 240.0.0.0/24 cannot be used: 240.0.0.0/4 is reserved")]
    [InlineData("169.254.0.0/24", "subnet 169.254.0.0/24 cannot be used: 169.254.0.0/16 is link-local")]
    [InlineData("fe80::/64", "subnet fe80::/64 cannot be used: fe80::/10 is link-local")]
    public void A_subnet_that_no_network_can_have_is_refused(string subnet, string why)
    {
        // A single address can be the gateway, and then nobody's: it is for others to ask whether that is of use.
        if (subnet.EndsWith("/32", StringComparison.Ordinal))
        {
            var request = Pool(subnet) with { Auxiliary = [new("a", InetAddress.Parse("10.110.5.9"))] };
            Assert.Contains(why, Refused([request]).Text, StringComparison.Ordinal);
            return;
        }

        Assert.Contains(why, Refused([Pool(subnet)]).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_that_do_not_fit_their_subnet_are_refused_with_everything_that_is_wrong()
    {
        var refused = Refused(
        [
            Pool("10.120.0.0/16") with { Gateway = InetAddress.Parse("10.120.0.0"), IpRange = Subnet.Parse("11.0.0.0/24"), Auxiliary = [new("a", InetAddress.Parse("11.0.0.9")), new("b", InetAddress.Parse("10.120.255.255"))] },
        ]);
        Assert.Equal(
            [
                "ip-range 11.0.0.0/24 is not part of subnet 10.120.0.0/16",
                "failed to allocate gateway (10.120.0.0): Address already in use by 10.120.0.0/16 as its network address",
                "auxiliary address: (a:11.0.0.9) must belong to the master pool: 10.120.0.0/16",
                "failed to allocate secondary ip address (b:10.120.255.255): Address already in use by 10.120.0.0/16 as its broadcast address",
            ],
            refused.Problems.AsEnumerable());
    }

    [Theory]
    [InlineData("11.115.0.1", "Requested address is out of range")]
    [InlineData("12.115.255.255", "broadcast address")]
    public void A_gateway_that_nobody_can_have_is_refused(string gateway, string why) =>
        Assert.Contains(why, Refused([Pool("12.115.0.0/16") with { Gateway = InetAddress.Parse(gateway) }]).Text, StringComparison.Ordinal);

    [Fact]
    public void An_auxiliary_address_that_is_the_gateway_or_given_twice_is_refused()
    {
        var five = InetAddress.Parse("12.126.0.5");
        Assert.Contains("the gateway", Refused([Pool("12.126.0.0/16") with { Gateway = five, Auxiliary = [new("a", five)] }]).Text, StringComparison.Ordinal);
        Assert.Contains("another auxiliary address", Refused([Pool("12.126.0.0/16") with { Auxiliary = [new("a", five), new("b", five)] }]).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gateway_or_a_range_needs_a_subnet()
    {
        Assert.Contains("corresponding subnet", Refused([new PoolRequest { Gateway = InetAddress.Parse("12.118.0.1") }]).Text, StringComparison.Ordinal);
        Assert.Contains("corresponding subnet", Refused([new PoolRequest { IpRange = Subnet.Parse("12.130.1.0/24") }]).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_subnets_of_a_family_are_not_for_a_bridge_and_must_not_overlap()
    {
        Assert.Contains("doesn't support multiple subnets", Refused([Pool("12.134.0.0/16"), Pool("11.134.0.0/16")]).Text, StringComparison.Ordinal);
        Assert.Contains("overlap", Refused([Pool("12.133.0.0/16"), Pool("12.133.1.0/24")]).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bridge")]
    [InlineData("host")]
    [InlineData("none")]
    [InlineData("default")]
    public void The_hosts_own_names_are_refused(string name) => Assert.Equal(name, Space().When(Create(1, name)).Refuses<ReservedNetworkName>().Name);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\nb")]
    [InlineData("1111111111111111111111111111111111111111111111111111111111111111")]
    public void A_name_that_nobody_can_read_is_refused(string name) => Space().When(Create(1, name)).Refuses<InvalidRequest>();

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public void A_name_has_a_length_that_lists_can_bear(int length, bool taken) =>
        Assert.Equal(taken, Space().When(Create(1, new string('n', length))).Then.Reply is null);

    [Theory]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("-ab")]
    [InlineData("nätz")]
    [InlineData("deadbeef")]
    [InlineData("Bridge")]
    public void Any_other_name_is_taken_as_in_Docker(string name)
    {
        Assert.Equal(name, Space().When(Create(1, name)).Sends<EstablishNetwork>().Spec.Name);
        Assert.Equal(300, Space().When(Create(1, new string('n', 300))).Sends<EstablishNetwork>().Spec.Name.Length);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("null")]
    public void There_is_one_network_of_the_host_and_null_drivers(string driver)
    {
        var create = Create(1, "xx");
        Assert.Equal(driver, Space().When(create with { Request = create.Request with { Driver = driver } }).Refuses<SingleInstanceDriver>().Driver);
    }

    [Fact]
    public void A_taken_name_is_refused_and_names_the_holder_but_a_predefined_network_is_found()
    {
        var space = Given("base", "10.77.0.0/16").When(Create(2, "base"));
        Assert.Equal(Some.NetworkId(1), space.Refuses<NetworkNameTaken>().Holder);
        var create = Create(3, "base");
        Assert.Equal(Some.NetworkId(1), space.When(create with { Request = create.Request with { Predefined = true } }).Replies<NetworkSummary>().Spec.Id);
    }

    [Fact]
    public void The_same_create_again_is_the_same_and_an_id_is_not_used_twice()
    {
        var space = Space().When(Create(1, "web"), Create(1, "web"));
        space.Journals();
        var spec = space.Sends<EstablishNetwork>().Spec;
        Assert.Equal(Some.NetworkId(1), space.When(new ConfirmNetwork(spec), Create(1, "web")).Replies<NetworkSummary>().Spec.Id);
        space.When(Create(1, "other")).Refuses<IdTaken>();
    }

    [Fact]
    public void A_create_that_failed_on_the_way_gives_everything_back_and_answers_with_the_reason()
    {
        var space = Space().When(Create(1, "web", ["10.77.0.0/16"]));
        var spec = space.Sends<EstablishNetwork>().Spec;
        var reason = new HostFault(Some.Host, "make the bridge", "no");
        space.When(new AbandonNetwork(spec, reason)).Journals(nameof(NetworkRemovalStarted));
        Assert.Equal(reason, space.Sends<DismantleNetwork>().Undo);
        Assert.Equal(reason, ((DismantleNetwork)space.Recovered().Resumed().Single()).Undo);
        space.When(new UnregisterNetwork(spec, reason)).Journals(nameof(NetworkUnregistered));
        Assert.Equal(reason, space.Replies<Rejected>().Reason);
        space.When(Create(2, "web", ["10.77.0.0/16"])).Journals(nameof(NetworkRegistered));
    }

    [Fact]
    public void Of_two_copies_of_a_create_both_are_answered_the_way_it_ended()
    {
        var made = Space().When(Create(1, "web"));
        var spec = made.Sends<EstablishNetwork>().Spec;
        made.When(new ConfirmNetwork(spec), new ConfirmNetwork(spec)).Replies<NetworkSummary>();
        made.When(new AbandonNetwork(spec, new IdTaken("x"))).Replies<NetworkSummary>();
        made.Journals();

        var failed = Space().When(Create(1, "web"), new AbandonNetwork(spec, new HostFault(Some.Host, "a", "b")), new ConfirmNetwork(spec));
        failed.Refuses<HostFault>();
    }

    [Fact]
    public void A_removal_is_noted_first_and_ends_with_name_and_subnet_free()
    {
        var space = Given("base", "10.77.0.0/16").When(new RemoveNetwork(Id, Some.NetworkId(1)));
        space.Journals(nameof(NetworkRemovalStarted));
        var dismantle = space.Sends<DismantleNetwork>();
        space.When(new RemoveNetwork(Id, Some.NetworkId(1))).Journals();
        Assert.IsType<DismantleNetwork>(space.Recovered().Resumed().Single());
        space.When(new UnregisterNetwork(dismantle.Spec, null)).Replies<NetworkRemoved>();
        // Who has not heard it asks again.
        space.When(new RemoveNetwork(Id, Some.NetworkId(1)) { Again = true }).Replies<NetworkRemoved>();
        space.When(new RemoveNetwork(Id, Some.NetworkId(1))).Refuses<NetworkNotFound>();
        space.When(Create(2, "base", ["10.77.0.0/16"])).Journals(nameof(NetworkRegistered));
    }

    [Fact]
    public void Pruning_is_a_removal_with_a_condition_that_survives_a_death_and_others_hear_how_it_ends()
    {
        var space = Given("base", "10.77.0.0/16").When(new RemoveNetwork(Id, Some.NetworkId(1)) { IfUnused = true });
        space.Journals(nameof(NetworkRemovalStarted));
        Assert.True(space.Sends<DismantleNetwork>().IfUnused);
        Assert.True(Assert.IsType<DismantleNetwork>(space.Recovered().Resumed().Single()).IfUnused);
        space.When(new RemoveNetwork(Id, Some.NetworkId(1))).Journals();
        Assert.True(space.Sends<DismantleNetwork>().IfUnused);
        var spec = space.State.Find(Some.NetworkId(1))!.Spec;
        space.When(new KeepNetwork(spec, new ActiveEndpoints("base", spec.Id, ["c1"])) { Attempt = 1 }, new RemoveNetwork(Id, Some.NetworkId(1)));
        space.Journals(nameof(NetworkRemovalStarted));
        Assert.False(space.Sends<DismantleNetwork>().IfUnused);
        Assert.False(Assert.IsType<DismantleNetwork>(space.Recovered().Resumed().Single()).IfUnused);
    }

    [Fact]
    public void A_removal_that_its_network_refuses_is_answered_with_the_reason_and_over()
    {
        var space = Given("base", "10.77.0.0/16").When(new RemoveNetwork(Id, Some.NetworkId(1)));
        var spec = space.Sends<DismantleNetwork>().Spec;
        space.When(new KeepNetwork(spec, new ActiveEndpoints("base", spec.Id, ["c1"])) { Attempt = 1 }).Journals(nameof(NetworkRemovalCancelled));
        Assert.IsType<ActiveEndpoints>(space.Replies<Rejected>().Reason);
        Assert.Empty(space.Recovered().Resumed());
    }

    [Fact]
    public void What_is_not_there_and_what_is_predefined_cannot_be_removed()
    {
        Space().When(new RemoveNetwork(Id, Some.NetworkId(1))).Refuses<NetworkNotFound>();
        var create = Create(1, "bridge");
        var space = Space().When(create with { Request = create.Request with { Predefined = true } });
        space.When(new RemoveNetwork(Id, Some.NetworkId(1))).Refuses<PredefinedNetwork>();
    }

    [Fact]
    public void Networks_are_found_by_id_then_name_then_unique_prefix()
    {
        var space = Space().When(Create(0x10, "one"), Create(0x11, "two"), Create(0x20, "0000002", ["10.1.0.0/16"]));
        Assert.Equal("one", Found(Some.NetworkId(0x10).ToString()));
        Assert.Equal("two", Found("two"));
        Assert.Equal("two", Found("00000011"));
        Assert.Equal("0000002", Found("0000002"));
        Assert.Equal(2, space.When(new FindNetwork(Id, "0000001")).Refuses<AmbiguousName>().Matches.Length);
        space.When(new FindNetwork(Id, "nope")).Refuses<NetworkNotFound>();
        space.When(new FindNetwork(Id, "")).Refuses<NetworkNotFound>();
        Assert.Equal(["one", "two", "0000002"], space.When(new ListNetworks(Id)).Replies<NetworkList>().Networks.Select(network => network.Name));

        string Found(string text) => space.When(new FindNetwork(Id, text)).Replies<NetworkSummary>().Spec.Name;
    }

    [Fact]
    public void With_the_ipam_driver_null_there_are_no_pools_and_unknown_ones_are_refused()
    {
        var create = Create(1, "plain");
        var space = Space().When(create with { Request = create.Request with { IpamDriver = "null" } });
        var spec = space.Sends<EstablishNetwork>().Spec;
        Assert.Empty(spec.Pools);
        Assert.Equal("null", spec.IpamDriver);
        Assert.Null(Space().When(create with { Request = create.Request with { IpamDriver = "default" } }).Sends<EstablishNetwork>().Spec.IpamDriver);
        Assert.Equal("plugin \"nosuchipam\" not found (drivers: default, null)", Space().When(create with { Request = create.Request with { IpamDriver = "nosuchipam" } }).Refuses<DriverNotFound>().Text);
        Assert.Contains("gives no addresses", Space().When(create with { Request = create.Request with { IpamDriver = "null", Pools = [Pool("10.1.0.0/16")] } }).Refuses<InvalidRequest>().Text, StringComparison.Ordinal);
        Assert.Contains("no IPv6 subnet", Space().When(create with { Request = create.Request with { IpamDriver = "null", EnableIPv6 = true } }).Refuses<InvalidRequest>().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_change_in_one_fact_and_again_is_the_same()
    {
        var relabel = new UpdateNetwork(Id, Some.NetworkId(1), Some.Host) { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("team", "blue").Add("new", ""), RemovedLabels = ["old", "team"] };
        var space = Given("base", "10.77.0.0/16").When(relabel with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("old", "1").Add("kept", "2") }, relabel);
        space.Journals(nameof(NetworkRelabelled));
        Assert.Equal("kept=2 new= team=blue", Labels(space.Replies<NetworkSummary>().Spec));
        space.Recovered().When(relabel).Journals();
        Assert.Equal("kept=2 new= team=blue", Labels(space.When(new FindNetwork(Id, "base")).Replies<NetworkSummary>().Spec));
        Space().When(relabel).Refuses<NetworkNotFound>();

        static string Labels(NetworkSpec spec) => string.Join(' ', spec.Labels.Select(label => $"{label.Key}={label.Value}"));
    }

    [Fact]
    public void What_a_space_holds_within_some_blocks_is_told_with_names()
    {
        var space = Space().When(Create(1, "a", ["10.1.0.0/16"]), Create(2, "b", ["10.2.0.0/16"]), Create(3, "c", ["172.20.0.0/16"]));
        var told = space.When(new GetTakenSubnets(Id, [Subnet.Parse("10.2.5.0/24"), Subnet.Parse("172.16.0.0/12"), Subnet.Parse("fd00::/8"), Subnet.Parse("172.20.0.0/14")])).Replies<TakenSubnets>();
        Assert.Equal(["b 10.2.0.0/16", "c 172.20.0.0/16"], told.Subnets.Select(held => $"{held.Network} {held.Subnet}"));
    }

    private static Scenario<AddressSpaceState> Space() => new(new AddressSpaceDecider(), Id.ToString());

    private static Scenario<AddressSpaceState> Given(string name, string subnet)
    {
        var space = Space().When(Create(1, name, [subnet]));
        return space.When(new ConfirmNetwork(space.Sends<EstablishNetwork>().Spec)).Recovered();
    }

    private static InvalidRequest Refused(ImmutableArray<PoolRequest> pools)
    {
        var create = Create(1, "xx");
        return Space().When(create with { Request = create.Request with { Pools = pools } }).Refuses<InvalidRequest>();
    }

    private static PoolRequest Pool(string subnet) => new() { Subnet = Subnet.Parse(subnet) };

    private static CreateNetwork Create(int number, string name, string[]? subnets = null) => new(
        new() { Id = Some.NetworkId(number), Name = name, Host = Some.Host, Created = DateTimeOffset.UnixEpoch, Pools = [.. (subnets ?? []).Select(Pool)] },
        NetworkScope.Local, [], Defaults);
}
