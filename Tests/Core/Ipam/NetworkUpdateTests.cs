using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam;

/// <summary>How a network is changed while it is in use, seen by each of those who take part in it.</summary>
public sealed class NetworkUpdateTests
{
    private const string Mtu = "com.docker.network.driver.mtu";

    private static readonly AddressSpaceId Id = AddressSpaceId.Of(Some.Host);
    private static readonly NetworkSpec Spec = Some.Network(1, ["10.77.0.0/16"]);
    private static readonly UpdateNetwork Update = new(Id, Spec.Id, Some.Host);

    [Fact]
    public void The_new_is_taken_besides_the_old_until_the_network_is_so_and_then_the_old_is_free()
    {
        var space = Space().When(Update with { Name = "front", Subnet = Pool("fd00::/64") });
        space.Journals(nameof(NetworkUpdating));
        var next = space.Sends<EstablishNetwork>().Spec;
        Assert.Equal(("front", 1, true, "fd00::1"), (next.Name, next.Edition, next.EnableIPv6, next.Pools[1].Gateway.ToString()));
        space.Recovered().When(Create(2, "front")).Refuses<NetworkNameTaken>();
        space.When(Create(2, Spec.Name)).Refuses<NetworkNameTaken>();
        space.When(Create(2, "other", "fd00::/48")).Refuses<PoolOverlap>();
        Assert.Equal(next.Name, Assert.IsType<EstablishNetwork>(Assert.Single(space.Resumed())).Spec.Name);

        space.When(new ConfirmNetwork(next)).Journals(nameof(NetworkUpdated));
        Assert.Equal("front", space.Replies<NetworkSummary>().Spec.Name);
        Assert.Equal(Spec.Id, space.Recovered().When(new FindNetwork(Id, "front")).Replies<NetworkSummary>().Spec.Id);
        space.When(new FindNetwork(Id, Spec.Name)).Refuses<NetworkNotFound>();
        space.When(Create(2, Spec.Name)).Journals(nameof(NetworkRegistered));
    }

    [Fact]
    public void What_could_not_be_leaves_everything_as_it_was_and_its_number_is_not_used_again()
    {
        var space = Space().When(Update with { Name = "front", Subnet = Pool("fd00::/64") });
        var next = space.Sends<EstablishNetwork>().Spec;
        space.When(new AbandonNetwork(next, new HostFault(Some.Host, "a", "b"))).Journals(nameof(NetworkUpdateDropped));
        Assert.IsType<HostFault>(space.Replies<Rejected>().Reason);
        Assert.Null(Assert.IsType<ApplyNetwork>(Assert.Single(space.Then.Orders)).Spec.Edition);
        space.When(new FindNetwork(Id, "front")).Refuses<NetworkNotFound>();
        Assert.Equal(2, space.Recovered().When(Update with { Name = "front" }).Sends<EstablishNetwork>().Spec.Edition);
    }

    [Fact]
    public void The_same_again_hears_how_it_ends_and_another_change_meanwhile_is_to_come_again()
    {
        var rename = Update with { Name = "front" };
        var space = Space().When(rename, rename);
        space.Journals();
        Assert.Equal("front", space.Sends<EstablishNetwork>().Spec.Name);
        space.When(Update with { Name = "back" }).Refuses<UpdateUnderWay>();
        space.When(new ConfirmNetwork(space.State.Find(Spec.Id)!.Next!), rename).Journals();
        Assert.Equal("front", space.Replies<NetworkSummary>().Spec.Name);
    }

    [Fact]
    public void A_removal_meanwhile_takes_the_new_along_and_one_that_is_refused_lets_the_change_go_on()
    {
        var space = Space().When(Update with { Subnet = Pool("fd00::/64") }, new RemoveNetwork(Id, Spec.Id));
        var dismantle = space.Sends<DismantleNetwork>();
        Assert.Equal(2, dismantle.Spec.Pools.Length);
        var kept = new Scenario<AddressSpaceState>(new AddressSpaceDecider(), Id.ToString()).Given(new AddressSpaceDecider().Compact(space.State))
            .When(new KeepNetwork(dismantle.Spec, new ActiveEndpoints("net1", Spec.Id, ["c1"])) { Attempt = dismantle.Attempt });
        Assert.IsType<EstablishNetwork>(Assert.Single(kept.Then.Orders));
        Assert.Equal(RegistrationPhase.Updating, kept.Recovered().State.Find(Spec.Id)!.Phase);
        space.When(new UnregisterNetwork(dismantle.Spec, null));
        space.Recovered().When(Create(2, "other", "fd00::/48")).Journals(nameof(NetworkRegistered));
    }

    [Theory]
    [InlineData("com.docker.network.bridge.name", "br9", "com.docker.network.bridge.name of a network stays as it was made")]
    [InlineData(Mtu, "12", "invalid MTU number: 12 (from 68 to 65535)")]
    [InlineData("network-cluster.dns.ttl", "soon", "invalid network-cluster.dns.ttl value: soon (seconds from 0 to 86400)")]
    [InlineData("network-cluster.dns.ttl", "86401", "invalid network-cluster.dns.ttl value: 86401 (seconds from 0 to 86400)")]
    [InlineData("foo", "bar", "unknown option foo: the bridge driver knows com.docker.network.bridge.name, ")]
    public void Options_that_make_no_sense_are_refused(string option, string value, string reason) =>
        Assert.StartsWith(reason, Space().When(Update with { Options = Options(option, value) }).Refuses<InvalidRequest>().Problems[0], StringComparison.Ordinal);

    [Fact]
    public void Names_and_subnets_in_the_way_are_named()
    {
        var space = Space("10.77.0.0/16", "fd00::/64").When(Create(2, "other", "10.5.0.0/16"));
        space.When(Update with { Name = "other" }).Refuses<NetworkNameTaken>();
        space.When(Update with { Name = "bridge" }).Refuses<ReservedNetworkName>();
        Assert.Equal("bridge driver doesn't support multiple subnets", space.When(Update with { Subnet = Pool("10.6.0.0/16") }).Refuses<InvalidRequest>().Problems[0]);
        Assert.Equal("other", Space().When(Create(2, "other", "fd00::/64"), Update with { Subnet = Pool("fd00::/56") }).Refuses<PoolOverlap>().Network);
        Space().When(Update with { Subnet = Pool("fd00::/64"), HostRoutes = [Subnet.Parse("fd00::/48")] }).Refuses<RouteOverlap>();
        Assert.Contains("a further subnet is named", Space().When(Update with { Subnet = new() }).Refuses<InvalidRequest>().Text, StringComparison.Ordinal);
        space.When(Update with { Id = Some.NetworkId(9) }).Refuses<NetworkNotFound>();
    }

    [Fact]
    public void A_range_is_added_to_the_subnet_that_contains_it_where_that_is_not_used_whole()
    {
        var ranged = Spec with { Pools = [Spec.Pools[0] with { Id = Spec.Pools[0].Id with { SubPool = Subnet.Parse("10.77.5.0/30") } }] };
        var space = Space(ranged).When(Update with { IpRange = Subnet.Parse("10.77.4.0/30") });
        var next = space.Sends<EstablishNetwork>().Spec;
        space.When(new ConfirmNetwork(next), Update with { IpRange = Subnet.Parse("10.77.4.0/30") }).Journals();
        Assert.Contains("overlaps the ip-range 10.77.4.0/30 of network net1", space.When(Update with { IpRange = Subnet.Parse("10.77.4.0/29") }).Refuses<InvalidRequest>().Text, StringComparison.Ordinal);
        Assert.Contains("is not part of any subnet", space.When(Update with { IpRange = Subnet.Parse("10.78.4.0/30") }).Refuses<InvalidRequest>().Text, StringComparison.Ordinal);
        Assert.Contains("picked from all of subnet 10.77.0.0/16", Space().When(Update with { IpRange = Subnet.Parse("10.77.4.0/30") }).Refuses<InvalidRequest>().Text, StringComparison.Ordinal);

        var pool = new Scenario<PoolState>(new PoolDecider(), ranged.Pools[0].Id.ToString()).When(new OpenPool(ranged, 0));
        Assert.Equal("10.77.5.0", pool.State.LowestFree().ToString());
        pool.When(new OpenPool(next with { Name = "front" }, 0)).Journals(nameof(PoolOpened), nameof(PoolWidened));
        pool.Sends<NetworkPoolOpened>();
        pool.Recovered().When(new OpenPool(next with { Name = "front" }, 0)).Journals();
        Assert.Equal("10.77.4.0", pool.State.LowestFree().ToString());
        Assert.Equal((8u, "front"), ((uint)pool.When(new GetPool(pool.State.Id)).Replies<PoolView>().Capacity, pool.State.NetworkName));
    }

    [Fact]
    public void The_kernel_is_asked_before_anything_is_opened_and_its_first_word_counts()
    {
        var next = Spec with { Edition = 1, Name = "front", Options = Options(Mtu, "1400") };
        var network = Network().When(new EstablishNetwork(next));
        network.Sends<ApplyNetwork>();
        network.When(new NetworkApplied(next, new HostFault(Some.Host, "a", "b"))).Journals(nameof(NetworkChangeSettled));
        network.Sends<AbandonNetwork>();
        // A copy that went well comes too late.
        Assert.IsType<HostFault>(network.Recovered().When(new NetworkApplied(next)).Sends<AbandonNetwork>().Reason);
        Assert.IsType<HostFault>(network.When(new EstablishNetwork(next)).Sends<AbandonNetwork>().Reason);

        var second = next with { Edition = 2 };
        network.When(new NetworkApplied(second)).Journals(nameof(NetworkChangeSettled));
        network.Sends<OpenPool>();
        // And the other way round.
        network.When(new NetworkApplied(second, new HostFault(Some.Host, "a", "b"))).Journals();
        network.Sends<OpenPool>();
        network.When(new NetworkPoolOpened(second, 0)).Journals(nameof(NetworkChanged));
        Assert.Contains(network.Then.Sends, message => message is ConfirmNetwork { Spec.Edition: 2 });
        network.Recovered().When(new EstablishNetwork(next)).Sends<ConfirmNetwork>();
    }

    [Fact]
    public void Those_who_take_part_hear_what_it_is_now_and_go_by_its_new_name()
    {
        var endpoint = Some.Endpoint(2, Spec, 2);
        var next = Spec with { Edition = 1, Name = "front" };
        var network = Network().Given(new EndpointAttached(endpoint, 1)).When(new NetworkPoolOpened(next, 0));
        var view = network.Then.Sends.OfType<ViewSnapshot>().Single();
        Assert.Equal(("front", 2L, "front"), (view.View.Spec.Name, view.View.Revision, view.View.Endpoints.Single().Spec.NetworkName));
        Assert.Equal(new RenameNetwork(Some.Host, Spec.Id, "front"), Assert.Single(network.Then.Orders));
        // A wish of the old name shows that its host has missed it.
        network.When(new AttachEndpoint(endpoint.Spec, new(1), Running: true));
        Assert.Equal(new RenameNetwork(Some.Host, Spec.Id, "front"), Assert.Single(network.Then.Orders));

        var host = new Scenario<HostState>(new HostDecider(), Some.Host.ToString())
            .Given(new HostJoined(Some.Host, new(1), "t", 0, 0, DateTimeOffset.UnixEpoch), new ContainerCreated(Some.Container(2)), new ContainerConnected(endpoint.Spec), new HostReconciled())
            .When(new RenameNetwork(Some.Host, Spec.Id, "front"));
        host.Journals(nameof(NetworkRenamed));
        host.When(new RenameNetwork(Some.Host, Spec.Id, "front")).DoesNothing();
        Assert.Equal("front", host.Recovered().When(new FindContainer(Some.Host, Some.Container(2).Name)).Replies<ContainerView>().Endpoints.Single().Spec.NetworkName);
    }

    private static Scenario<AddressSpaceState> Space(params string[] subnets) => Space(subnets.Length == 0 ? Spec : Some.Network(1, subnets));

    private static Scenario<AddressSpaceState> Space(NetworkSpec spec) =>
        new Scenario<AddressSpaceState>(new AddressSpaceDecider(), Id.ToString()).Given(new NetworkRegistered(spec), new NetworkConfirmed(spec.Id));

    private static Scenario<NetworkState> Network() => new Scenario<NetworkState>(new NetworkDecider(), Spec.Id.ToString()).Given(new NetworkCreated(Spec));

    private static PoolRequest Pool(string subnet) => new() { Subnet = Subnet.Parse(subnet) };

    private static ImmutableSortedDictionary<string, string> Options(string name, string value) => ImmutableSortedDictionary<string, string>.Empty.Add(name, value);

    private static CreateNetwork Create(int number, string name, params string[] subnets) => new(
        new() { Id = Some.NetworkId(number), Name = name, Host = Some.Host, Created = DateTimeOffset.UnixEpoch, Pools = [.. (subnets.Any(subnet => subnet.StartsWith("10.", StringComparison.Ordinal)) ? subnets : subnets.Append($"10.{200 + number}.0.0/16")).Select(Pool)] },
        NetworkScope.Local, [], []);
}
