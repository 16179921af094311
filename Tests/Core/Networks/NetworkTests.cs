using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Networks;

public sealed class NetworkTests
{
    private static readonly NetworkSpec Spec = Some.Network(1, ["10.77.0.0/16"]);
    private static readonly NetworkSpec Dual = Some.Network(1, ["10.77.0.0/16", "fd00::/64"]);
    private static readonly Incarnation Life = new(1);

    [Fact]
    public void It_opens_its_pools_one_by_one_then_its_kernel_and_exists_only_then()
    {
        var network = Network(Dual).When(new EstablishNetwork(Dual));
        Assert.Equal(0, network.Sends<OpenPool>().Index);
        Assert.Equal(1, network.When(new NetworkPoolOpened(Dual, 0)).Sends<OpenPool>().Index);
        network.When(new NetworkPoolOpened(Dual, 1)).Sends<ApplyNetwork>();
        network.When(new GetNetwork(Dual.Id)).Refuses<NetworkNotFound>();
        network.When(new NetworkApplied(Dual)).Journals(nameof(NetworkCreated));
        network.Sends<ConfirmNetwork>();
        // Again, it goes over all of it again.
        network.When(new NetworkApplied(Dual), new NetworkPoolOpened(Dual, 0), new NetworkPoolOpened(Dual, 1)).Journals();
        network.Sends<ConfirmNetwork>();
        Assert.Equal(0, network.When(new GetNetwork(Dual.Id)).Replies<NetworkView>().Revision);
    }

    [Fact]
    public void A_kernel_that_cannot_have_it_ends_the_create_and_an_id_of_a_removed_network_does_not_come_back()
    {
        var network = Network(Spec).When(new NetworkApplied(Spec, new HostFault(Some.Host, "a", "b")));
        Assert.IsType<HostFault>(network.Sends<AbandonNetwork>().Reason);
        network.When(new DismantleNetwork(Spec)).Journals(nameof(NetworkDeleted));
        Assert.IsType<IdTaken>(network.Recovered().When(new EstablishNetwork(Spec)).Sends<AbandonNetwork>().Reason);
        network.When(new NetworkPoolOpened(Spec, 0)).DoesNothing();
        network.When(new NetworkApplied(Spec)).DoesNothing();
    }

    [Fact]
    public void A_removal_takes_it_out_of_the_kernel_then_closes_its_pools_then_gives_its_name_back()
    {
        var network = Existing(Dual).When(new DismantleNetwork(Dual));
        network.Journals(nameof(NetworkDeleted));
        var dismantle = network.Sends<WithdrawNetwork>().Dismantle;
        Assert.Equal(0, network.When(new NetworkWithdrawn(dismantle)).Sends<ClosePool>().Index);
        Assert.Equal(1, network.When(new NetworkPoolClosed(dismantle, 0)).Sends<ClosePool>().Index);
        network.When(new NetworkPoolClosed(dismantle, 1)).Sends<UnregisterNetwork>();
        Assert.IsType<NetworkNotFound>(network.When(Attach(1)).Sends<EndpointSettled>().Failure);
    }

    [Fact]
    public void A_network_with_running_containers_stays_and_names_them()
    {
        var network = With(1);
        network.When(new DismantleNetwork(Spec)).Journals();
        Assert.Equal(["c1"], Assert.IsType<ActiveEndpoints>(network.Sends<KeepNetwork>().Reason).Containers.AsEnumerable());
    }

    [Fact]
    public void A_stopped_containers_wish_keeps_a_network_from_pruning_but_not_from_removal()
    {
        var network = Existing(Spec).Given(new EndpointReserved(Some.Endpoint(2, Spec, 3), 0));
        network.When(new DismantleNetwork(Spec, null, IfUnused: true)).Journals();
        Assert.Equal(["c2"], Assert.IsType<ActiveEndpoints>(network.Sends<KeepNetwork>().Reason).Containers.AsEnumerable());
        network.When(new DismantleNetwork(Spec)).Journals(nameof(NetworkDeleted));
        Existing(Spec).When(new DismantleNetwork(Spec, null, IfUnused: true)).Journals(nameof(NetworkDeleted));
    }

    [Fact]
    public void A_removed_network_has_the_wishes_of_stopped_containers_dropped_and_nobody_waits_for_that()
    {
        var network = Existing(Spec).Given(new EndpointReserved(Some.Endpoint(2, Spec, 3), 0)).When(new DismantleNetwork(Spec));
        network.Sends<WithdrawNetwork>();
        var wish = Some.Endpoint(2, Spec, 3).Spec;
        Assert.Equal(new DisconnectContainer(wish.Host, wish.Container, Spec.Id, Spec.Name), Assert.Single(network.Then.Orders));
        // Whoever died before they were told is told when the removal is carried on.
        Assert.Single(network.Recovered().When(new DismantleNetwork(Spec)).Then.Orders);
    }

    [Fact]
    public void Its_members_are_told_with_the_wishes_of_stopped_containers()
    {
        var network = With(1).Given(new EndpointReserved(Some.Endpoint(2, Spec, 3), 1));
        Assert.Equal(["c1 True", "c2 False"], network.When(new GetNetworkMembers(Spec.Id)).Replies<NetworkMembers>().Members.Select(member => $"{member.Endpoint.Spec.ContainerName} {member.Attached}"));
        Network(Spec).When(new GetNetworkMembers(Spec.Id)).Refuses<NetworkNotFound>();
    }

    [Fact]
    public void Without_pools_an_endpoint_gets_its_place_and_a_link_address_at_once_and_no_fixed_address()
    {
        var plain = Spec with { Pools = [], IpamDriver = "null" };
        var network = Existing(plain).When(Attach(1, plain));
        network.Journals(nameof(EndpointAttached));
        var endpoint = network.Then.Events.OfType<EndpointAttached>().Single().Endpoint;
        // Its own id begins as the network's, from which the bridge has its address.
        Assert.Equal((null, null, "02:42:00:00:00:1e"), (endpoint.IPv4, endpoint.IPv6, endpoint.Mac.ToString()));
        var attach = Attach(2, plain);
        network.When(attach with { Endpoint = attach.Endpoint with { Settings = new() { IPv4 = InetAddress.Parse("10.77.0.9") } } });
        Assert.IsType<FixedAddressNotSupported>(network.Sends<EndpointSettled>().Failure);
    }

    [Fact]
    public void A_running_containers_endpoint_gets_an_address_of_each_family_then_its_place_in_one_fact()
    {
        var network = Existing(Dual).When(Attach(1, Dual));
        var v4 = network.Sends<AllocateAddress>();
        Assert.Equal("host1/10.77.0.0/16", v4.Pool.ToString());
        network.When(Given(v4, "10.77.0.2"));
        network.Journals();
        var v6 = network.Sends<AllocateAddress>();
        Assert.Equal("host1/fd00::/64", v6.Pool.ToString());
        network.When(Given(v6, "fd00::2")).Journals(nameof(EndpointAttached));
        var (snapshot, bind) = ((ViewSnapshot)network.Then.Sends[0], (BindEndpoint)network.Then.Sends[1]);
        Assert.Equal((1, 1), (snapshot.View.Revision, bind.Revision));
        // Its host may begin with it.
        Assert.Equal(bind, Assert.IsType<PrepareEndpoint>(Assert.Single(network.Then.Hints)).Bind);
        Assert.Equal("02:42:0a:4d:00:02", bind.Endpoint.Mac.ToString());
        Assert.Equal(("10.77.0.1", "fd00::1"), (bind.Endpoint.GatewayIPv4.ToString(), bind.Endpoint.GatewayIPv6.ToString()));
    }

    [Fact]
    public void A_stopped_container_keeps_the_link_layer_address_it_asked_for()
    {
        AttachEndpoint Asking(int number, bool running) => Attach(number, running: running) with { Endpoint = Attach(number).Endpoint with { Settings = new() { Mac = MacAddress.Parse("02:00:00:00:00:09") } } };
        var network = Existing(Spec).When(Asking(1, running: false));
        network.Journals(nameof(EndpointReserved));
        Assert.Equal("c1", Assert.IsType<MacInUse>(network.When(Asking(2, running: false)).Sends<EndpointSettled>().Failure).Holder);
        Assert.IsType<MacInUse>(network.When(Asking(2, running: true)).Sends<EndpointSettled>().Failure);
        network.Recovered();
        Assert.IsType<MacInUse>(network.When(Asking(2, running: false)).Sends<EndpointSettled>().Failure);
        network.When(Detach(1), Asking(2, running: false)).Journals(nameof(EndpointReserved));
    }

    [Theory]
    [InlineData("10.3.3.3", "invalid link local IP address: 10.3.3.3")]
    [InlineData("fec0::1", "invalid link local IP address: fec0::1")]
    [InlineData("fe80::42:aff:fe01:2", "fe80::42:aff:fe01:2 is of the form that the kernel gives to links itself (EUI-64)")]
    public void A_link_local_address_is_one(string address, string reason) =>
        Assert.Equal(reason, Failure<InvalidRequest>(Existing(Spec).When(Attach(1, settings: new() { LinkLocal = [InetAddress.Parse(address)] }))).Problems.Single());

    [Fact]
    public void A_link_local_address_has_one_holder_in_the_network_running_or_not()
    {
        var network = Existing(Spec).When(Asking(1, running: false));
        network.Journals(nameof(EndpointReserved));
        Assert.Equal("c1", Failure<AddressInUse>(network.Recovered().When(Asking(2, running: true))).Holder);
        network.When(Detach(1), Asking(2, running: false)).Journals(nameof(EndpointReserved));

        static AttachEndpoint Asking(int number, bool running) => Attach(number, settings: new() { LinkLocal = [InetAddress.Parse("169.254.7.7"), InetAddress.Parse("fe80::7")] }, running: running);
    }

    [Fact]
    public void An_option_for_an_endpoint_that_nobody_knows_is_refused_running_or_not()
    {
        foreach (var running in (bool[])[true, false])
        {
            var attach = Attach(1, running: running);
            Assert.Equal("unknown option com.docker.network.endpoint.ifname: the bridge driver has no options for endpoints", Existing(Spec).When(With("com.docker.network.endpoint.ifname")).Sends<EndpointSettled>().Failure!.Text);
            // What speaks to somebody else is kept.
            Assert.Empty(Existing(Spec).When(With("com.example.note")).Then.Sends.OfType<EndpointSettled>());

            AttachEndpoint With(string option) => attach with { Endpoint = attach.Endpoint with { Settings = new() { DriverOptions = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add(option, "b") } } };
        }
    }

    [Fact]
    public void A_host_that_takes_part_already_is_told_the_change_only()
    {
        var network = With(1).When(Attach(2));
        network.When(Given(network.Sends<AllocateAddress>(), "10.77.0.3"));
        var change = Assert.IsType<ViewChanged>(network.Then.Sends[0]);
        Assert.Equal((2, Some.EndpointId(2)), (change.Revision, change.Attached!.Id));
    }

    [Fact]
    public void A_stopped_containers_wish_takes_no_address_is_in_no_view_and_leaves_the_revision()
    {
        var network = With(1).When(Attach(2, running: false));
        network.Journals(nameof(EndpointReserved));
        network.Sends<ConfigureEndpoint>();
        Assert.Equal(1, network.State.Revision);
        Assert.Single(network.State.View.Endpoints);
        network.When(Detach(2)).Journals(nameof(EndpointDetached));
        Assert.IsNotType<ViewChanged>(Assert.Single(network.Then.Sends));
        Assert.Equal(1, network.State.Revision);
    }

    [Fact]
    public void A_stopped_containers_fixed_address_is_held_for_it_and_stays_when_it_stops_again()
    {
        var attach = Attach(1, settings: new() { IPv4 = InetAddress.Parse("10.77.7.7") }, running: false);
        var network = Existing(Spec).When(attach);
        var asked = network.Sends<AllocateAddress>();
        Assert.Equal("10.77.7.7", asked.Requested.ToString());
        network.When(Given(asked, "10.77.7.7")).Journals(nameof(EndpointReserved));
        network.When(attach with { Running = true });
        network.When(Given(network.Sends<AllocateAddress>(), "10.77.7.7")).Journals(nameof(EndpointAttached));
        network.When(new DetachEndpoint(new(attach.Endpoint, Life, Forget: false))).Journals(nameof(EndpointReserved));
        Assert.IsType<EndpointOut>(network.Then.Sends[^1]);
        Assert.Equal("10.77.7.7", network.State.Find(attach.Endpoint.Id)!.Endpoint.IPv4.ToString());
    }

    [Fact]
    public void What_an_engine_runs_keeps_no_address_when_its_host_is_lost()
    {
        var settings = new EndpointSettings { IPv4 = InetAddress.Parse("10.77.7.7"), Mac = MacAddress.Parse("02:42:0a:4d:07:07") };
        var attach = Attach(1, settings: settings);
        attach = attach with { Endpoint = attach.Endpoint with { Lent = true, ReservedAs = "engine-h1" } };
        var network = Existing(Spec).When(attach);
        network.When(Given(network.Sends<AllocateAddress>(), "10.77.7.7")).Journals(nameof(EndpointAttached));
        // The engine has made it already.
        Assert.Empty(network.Then.Hints);
        network.When(new DetachEndpoint(new(attach.Endpoint, Life, Forget: false, HostLost: true))).Journals(nameof(EndpointReserved));
        Assert.Equal(AddressHandle.Of(attach.Endpoint.Id), network.Then.Sends.OfType<ReleaseAddress>().Single().Handle);
        Assert.Null(network.State.Find(attach.Endpoint.Id)!.Endpoint.IPv4);
        // Nor is it reserved any longer for who had asked for it.
        network.When(new AddressGivenBack(new(new(attach.Endpoint, Life, Forget: false, HostLost: true)), Spec.Pools.Length - 1));
        var end = network.Then.Orders.OfType<EndReservation>().Single();
        Assert.Equal(("10.77.7.7", "engine-h1"), (end.Address.ToString(), end.Owner));
        // The next that is given this address has the link's address that goes with it.
        network.When(Attach(2, settings: settings));
        network.When(Given(network.Sends<AllocateAddress>(), "10.77.7.7")).Journals(nameof(EndpointAttached));
    }

    [Fact]
    public void What_a_pool_has_given_to_one_that_left_for_good_it_is_told_to_take_back()
    {
        var network = With(1);
        var (here, left, unknown) = (Attach(1).Endpoint.Id, Attach(2).Endpoint.Id, Attach(3).Endpoint.Id);
        network.When(new DetachEndpoint(new(Attach(2).Endpoint, Life, Forget: true)));
        var pool = Spec.Pools[0].Id;
        network.When(new ConfirmHolders(Spec.Id, pool, [here, left, unknown])).Journals();
        // What is not known may be on its way.
        Assert.Equal(new ReleaseAddress(pool, Spec.Id, AddressHandle.Of(left)), Assert.Single(network.Then.Sends));
    }

    [Fact]
    public void What_a_pool_has_given_to_one_that_has_stopped_it_is_told_to_take_back_unless_that_keeps_it_or_is_on_its_way_in()
    {
        var (any, own) = (Attach(1), Attach(2, settings: new() { IPv4 = InetAddress.Parse("10.77.0.9") }));
        var network = With(1).When(own);
        network.When(Given(network.Sends<AllocateAddress>(), "10.77.0.9"));
        foreach (var attach in (AttachEndpoint[])[any, own]) network.When(new DetachEndpoint(new(attach.Endpoint, Life, Forget: false)));
        var confirm = new ConfirmHolders(Spec.Id, Spec.Pools[0].Id, [any.Endpoint.Id, own.Endpoint.Id]);
        network.When(confirm);
        Assert.Equal(new ReleaseAddress(confirm.Pool, Spec.Id, AddressHandle.Of(any.Endpoint.Id)), Assert.Single(network.Then.Sends));
        network.When(any, confirm);
        Assert.Empty(network.Then.Sends);
    }

    [Fact]
    public void The_same_attach_again_is_the_same_place()
    {
        var network = With(1).When(Attach(1));
        network.Journals();
        Assert.Equal("10.77.0.2", network.Sends<BindEndpoint>().Endpoint.IPv4.ToString());
    }

    [Fact]
    public void A_refused_address_ends_the_attach_and_gives_back_what_was_obtained()
    {
        var network = Existing(Dual).When(Attach(1, Dual));
        network.When(Given(network.Sends<AllocateAddress>(), "10.77.0.2"));
        var asked = network.Sends<AllocateAddress>();
        network.When(new CompleteAttach(asked.Attach, asked.Pool, null, asked.Obtained, new PoolExhausted("net1", Dual.Id, asked.Pool)));
        network.Journals();
        Assert.Equal("host1/10.77.0.0/16", Assert.IsType<ReleaseAddress>(network.Then.Sends[0]).Pool.ToString());
        Assert.IsType<PoolExhausted>(Assert.IsType<EndpointSettled>(network.Then.Sends[1]).Failure);
    }

    [Fact]
    public void Who_came_meanwhile_wins_and_the_other_gives_its_address_back()
    {
        var mac = new EndpointSettings { Mac = MacAddress.Parse("02:00:00:00:00:01") };
        var network = Existing(Spec).When(Attach(1, settings: mac));
        var first = network.Sends<AllocateAddress>();
        var second = network.When(Attach(2, settings: mac)).Sends<AllocateAddress>();
        network.When(Given(first, "10.77.0.2"), Given(second, "10.77.0.3"));
        network.Journals();
        Assert.IsType<ReleaseAddress>(network.Then.Sends[0]);
        Assert.Equal("c1", Assert.IsType<MacInUse>(Assert.IsType<EndpointSettled>(network.Then.Sends[1]).Failure).Holder);
    }

    [Fact]
    public void The_gateways_link_layer_address_is_taken()
    {
        var network = Existing(Spec).When(Attach(1, settings: new EndpointSettings { Mac = MacAddress.Parse("02:42:0a:4d:00:01") }));
        Assert.Equal("MAC address already in use: 02:42:0a:4d:00:01 belongs to the gateway of network net1", network.Sends<EndpointSettled>().Failure!.Text);
    }

    [Fact]
    public void Who_has_an_address_whose_link_layer_address_another_has_chosen_gets_another_one()
    {
        var network = Existing(Spec).When(Attach(1, settings: new EndpointSettings { Mac = MacAddress.Parse("02:42:0a:4d:00:03") }));
        network.When(Given(network.Sends<AllocateAddress>(), "10.77.0.2"));
        network.When(Given(network.When(Attach(2)).Sends<AllocateAddress>(), "10.77.0.3"));
        Assert.Equal("02:42:00:00:00:02", network.Then.Events.OfType<EndpointAttached>().Single().Endpoint.Mac.ToString());
        network.When(Given(network.When(Attach(3)).Sends<AllocateAddress>(), "10.77.0.4"));
        Assert.Equal("02:42:0a:4d:00:04", network.Then.Events.OfType<EndpointAttached>().Single().Endpoint.Mac.ToString());
    }

    [Fact]
    public void A_second_endpoint_of_a_name_is_refused_with_the_host_of_the_first()
    {
        var attach = Attach(2);
        var network = With(1).When(attach with { Endpoint = attach.Endpoint with { ContainerName = "C1" } });
        Assert.Equal(Some.Host, Failure<EndpointNameTaken>(network).Host);
    }

    [Theory]
    [InlineData("172.26.0.9", typeof(AddressOutsideNetwork))]
    [InlineData("2001:db8::5", typeof(InvalidRequest))]
    public void A_fixed_address_that_does_not_fit_is_refused(string address, Type reason) =>
        Assert.IsType(reason, Settled(Existing(Spec).When(Attach(1, settings: new() { IPv4 = InetAddress.Parse(address) }))).Failure);

    [Fact]
    public void Fixed_addresses_need_a_subnet_of_their_family_that_the_user_named()
    {
        var picked = Spec with { Pools = [Spec.Pools[0] with { UserGiven = false }] };
        Failure<FixedAddressNotSupported>(Existing(picked).When(Attach(1, settings: new() { IPv4 = InetAddress.Parse("10.77.0.9") })));
        Failure<FixedAddressNotSupported>(Existing(Spec).When(Attach(1, settings: new() { IPv6 = InetAddress.Parse("fd00::9") })));
    }

    [Fact]
    public void A_predefined_network_has_no_aliases() =>
        Failure<AliasNotSupported>(Existing(Spec with { Predefined = true }).When(Attach(1, settings: new() { Aliases = ["x"] })));

    [Theory]
    [InlineData("", null, null)]
    [InlineData("a b", null, null)]
    [InlineData("a..b", null, null)]
    [InlineData(".a", null, null)]
    [InlineData("a.", null, null)]
    [InlineData("a123456789a123456789a123456789a123456789a123456789a123456789abcd", null, null)]
    [InlineData(null, "01:00:5e:00:00:01", null)]
    [InlineData(null, "00:00:00:00:00:00", null)]
    [InlineData(null, null, "a:b:c")]
    [InlineData(null, null, ":x")]
    [InlineData(null, null, "c1:x")]
    [InlineData(null, null, "c 2:x")]
    [InlineData(null, null, "ä:x")]
    [InlineData(null, null, "a:b..c")]
    public void Settings_that_make_no_sense_are_refused(string? alias, string? mac, string? link)
    {
        var at = link?.IndexOf(':') ?? 0;
        Failure<InvalidRequest>(Existing(Spec).When(Attach(1, settings: new()
        {
            Aliases = alias is null ? [] : [alias],
            Mac = mac is null ? null : MacAddress.Parse(mac),
            Links = link is null ? [] : [new(link[..at], link[(at + 1)..])],
        })));
    }

    [Theory]
    [InlineData("host")]
    [InlineData("null")]
    public void What_would_have_no_effect_without_a_link_is_refused_and_named(string driver)
    {
        var linkless = Spec with { Driver = driver, Predefined = true, Pools = [] };
        foreach (var (settings, what) in new (EndpointSettings, string)[]
        {
            (new() { Mac = MacAddress.Parse("02:00:00:00:00:09") }, "no MAC address"),
            (new() { Links = [new("other", "x")] }, "no links"),
            (new() { GatewayPriority = 5, DriverOptions = ImmutableSortedDictionary<string, string>.Empty.Add("a", "b") }, "no gateway priority and no driver options"),
            (new() { LinkLocal = [InetAddress.Parse("169.254.1.1")] }, "no link-local addresses"),
        })
        {
            Assert.EndsWith(what, Failure<InvalidRequest>(Existing(linkless).When(Attach(1, settings: settings))).Text, StringComparison.Ordinal);
        }

        Existing(linkless).When(Attach(1, settings: new() { GatewayPriority = 0 })).Journals(nameof(EndpointAttached));
    }

    [Theory]
    [InlineData("169.254.0.0")]
    [InlineData("169.254.255.255")]
    [InlineData("fe80::")]
    public void The_ends_of_the_link_local_blocks_are_nobodys(string address) =>
        Assert.Contains("first or the last", Failure<InvalidRequest>(Existing(Spec).When(Attach(1, settings: new() { LinkLocal = [InetAddress.Parse(address)] }))).Text, StringComparison.Ordinal);

    [Fact]
    public void Leaving_tells_the_view_first_then_frees_each_address_then_the_host()
    {
        var network = Existing(Dual).Given(new EndpointAttached(Some.Endpoint(1, Dual, 2), 1)).When(Detach(1, Dual));
        network.Journals(nameof(EndpointDetached));
        Assert.Equal((2, Some.EndpointId(1)), (((ViewChanged)network.Then.Sends[0]).Revision, ((ViewChanged)network.Then.Sends[0]).Detached!.Value));
        var release = Assert.IsType<ReleaseAddress>(network.Then.Sends[1]);
        Assert.Equal(1, network.When(new AddressGivenBack(release.Detach!, 0)).Sends<ReleaseAddress>().Index);
        network.When(new AddressGivenBack(release.Detach!, 1)).Sends<EndpointOut>();
        network.When(Detach(1, Dual)).Journals();
        network.Sends<ReleaseAddress>();
    }

    [Fact]
    public void A_wish_that_comes_after_its_endpoint_has_left_for_good_comes_too_late()
    {
        Failure<IdTaken>(With(1).When(Detach(1), Attach(1)));
        // Also when the leaving overtook it, and when its addresses were being asked for.
        var overtaken = Existing(Spec).When(Detach(1));
        overtaken.Journals(nameof(EndpointDetached));
        Failure<IdTaken>(overtaken.Recovered().When(Attach(1)));
        overtaken.When(Detach(1)).Journals();
        var asked = Existing(Spec).When(Attach(1));
        var question = asked.Sends<AllocateAddress>();
        asked.When(Detach(1), Given(question, "10.77.0.2")).Journals();
        Assert.Equal(2, asked.Then.Sends.Length);
        Assert.IsType<ReleaseAddress>(asked.Then.Sends[0]);
        Assert.IsType<IdTaken>(((EndpointSettled)asked.Then.Sends[1]).Failure);
        // One that stopped may come again.
        var stopped = With(1).When(new DetachEndpoint(Detach(1).Withdrawal with { Forget = false }), Attach(1));
        stopped.Sends<AllocateAddress>();
    }

    [Fact]
    public void A_lost_host_is_not_told_of_what_it_lost()
    {
        var network = With(1).When(new DetachEndpoint(new(Attach(1).Endpoint, Life, Forget: false, HostLost: true)));
        Assert.DoesNotContain(network.Then.Sends, message => message is ViewChanged);
    }

    [Fact]
    public void What_the_end_of_an_earlier_life_of_the_host_has_set_off_takes_nothing_from_a_later_one()
    {
        var (first, second) = (new DetachEndpoint(new(Attach(1, Dual).Endpoint, Life, Forget: false, HostLost: true)), Attach(1, Dual) with { Incarnation = new(2) });
        var has = Existing(Dual).Given(new EndpointAttached(Some.Endpoint(1, Dual, 2), 1)).When(second);
        Assert.Equal(2, has.Sends<BindEndpoint>().Incarnation.Value);
        has.When(first).DoesNothing();
        // Its own end does, and so does whoever takes the endpoint away for good.
        has.When(new DetachEndpoint(first.Withdrawal with { Incarnation = new(2) })).Journals(nameof(EndpointReserved));
        has.When(Detach(1, Dual)).Journals(nameof(EndpointDetached));
        // Between two pools: what is left is the later one's.
        var between = Existing(Dual).Given(new EndpointAttached(Some.Endpoint(1, Dual, 2), 1)).When(first, second);
        between.Sends<AllocateAddress>();
        between.When(new AddressGivenBack(first, 0)).DoesNothing();
    }

    [Fact]
    public void Who_missed_a_change_gets_the_whole_view_and_a_snapshot_of_the_facts_makes_no_difference()
    {
        var network = With(1).Given(new EndpointReserved(Some.Endpoint(2, Spec, 3), 1));
        var view = network.When(new RequestView(Spec.Id, Some.Host)).Sends<ViewSnapshot>().View;
        var again = network.Recovered().When(new RequestView(Spec.Id, Some.Host)).Sends<ViewSnapshot>().View;
        Assert.Equal(Scenario<NetworkState>.Text([view]), Scenario<NetworkState>.Text([again]));
        Assert.Empty(Network(Spec).Resumed());
        Network(Spec).When(new RequestView(Spec.Id, Some.Host)).DoesNothing();
    }

    [Fact]
    public void Hosts_are_told_the_last_revision_when_the_network_comes_back_because_what_it_had_to_tell_them_may_have_died_with_its_process()
    {
        var told = Assert.IsType<ViewRevision>(Assert.Single(With(1).Given(new EndpointReserved(Some.Endpoint(2, Spec, 3), 1)).Resumed()));
        Assert.Equal((Spec.Id, 1, Some.Host), (told.Id, told.Revision, told.Host));
        // Who was the last of its host, and left before that: its host is in no list any more.
        var left = With(1).Given(new EndpointDetached(Some.Endpoint(1, Spec, 2).Id, 2));
        Assert.Empty(left.Resumed());
        Assert.Equal(2, Assert.IsType<ViewRevision>(Assert.Single(left.When(Detach(1, Spec)).Then.Orders)).Revision);
    }

    private static Scenario<NetworkState> Network(NetworkSpec spec) => new(new NetworkDecider(), spec.Id.ToString());

    private static Scenario<NetworkState> Existing(NetworkSpec spec) => Network(spec).Given(new NetworkCreated(spec));

    private static Scenario<NetworkState> With(int number) => Existing(Spec).Given(new EndpointAttached(Some.Endpoint(number, Spec, number + 1), number));

    private static AttachEndpoint Attach(int number, NetworkSpec? network = null, EndpointSettings? settings = null, bool running = true) =>
        new(Some.Endpoint(number, network ?? Spec, number + 1).Spec with { Settings = settings ?? EndpointSettings.None }, Life, running);

    private static DetachEndpoint Detach(int number, NetworkSpec? network = null) => new(new(Some.Endpoint(number, network ?? Spec, number + 1).Spec, Life, Forget: true));

    private static CompleteAttach Given(AllocateAddress asked, string address) => new(asked.Attach, asked.Pool, InetAddress.Parse(address), asked.Obtained, null);

    private static EndpointSettled Settled(Scenario<NetworkState> network)
    {
        network.Journals();
        return network.Sends<EndpointSettled>();
    }

    private static TReason Failure<TReason>(Scenario<NetworkState> network) where TReason : Rejection => Assert.IsType<TReason>(Settled(network).Failure);
}
