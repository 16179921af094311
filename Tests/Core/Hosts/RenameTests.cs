using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Hosts;

public sealed class RenameTests
{
    private static readonly NetworkSpec Network = Some.Overlay(1, ["10.77.0.0/16"]);
    private static readonly NetworkSpec Other = Some.Overlay(2, ["10.78.0.0/16"]);
    private static readonly ContainerId Box = Some.ContainerId(1);
    private static readonly RenameContainer Rename = new(Some.Host, Box, "web");

    [Fact]
    public void One_without_networks_has_its_name_at_once_and_the_old_one_is_free()
    {
        var host = Host().When(Create(1), Rename);
        host.Journals(nameof(ContainerRenamed));
        Assert.Equal("web", host.Replies<ContainerDone>().Container.Spec.Name);
        // The same command again, and the same create again, which came first.
        host.When(Rename).Journals();
        host.Replies<ContainerDone>();
        Assert.Equal("web", host.When(Create(1)).Replies<ContainerDone>().Container.Spec.Name);
        Assert.Equal("web", host.Recovered().When(Join("b")).When(new FindContainer(Some.Host, "web")).Replies<ContainerView>().Spec.Name);
        host.When(new FindContainer(Some.Host, "c1")).Refuses<ContainerNotFound>();
        host.When(new CreateContainer(Some.Host, Some.Container(2) with { Name = "c1" }, [])).Replies<ContainerDone>();
    }

    [Fact]
    public void All_its_networks_are_asked_then_it_has_the_name_then_they_are_told_and_only_then_it_is_answered()
    {
        var host = Running().When(Rename);
        host.Journals(nameof(ContainerRenaming));
        Assert.All(Asked(host), wish => Assert.Equal(("c1", "web", 1), (wish.ContainerName, wish.NextName, wish.NameEdition)));
        Assert.Equal(2, Asked(host).Count);
        // Nobody else gets either name meanwhile.
        host.When(Create(2) with { Spec = Some.Container(2) with { Name = "web" } }).Refuses<ContainerNameTaken>();
        host.When(Create(3) with { Spec = Some.Container(3) with { Name = "c1" } }).Refuses<ContainerNameTaken>();
        host.When(Settled(1)).Journals();
        host.When(Settled(2)).Journals(nameof(ContainerRenamed));
        Assert.All(Asked(host), wish => Assert.Equal(("web", null, 2), (wish.ContainerName, wish.NextName, wish.NameEdition)));
        Assert.Null(host.Then.Reply);
        host.When(Settled(1));
        var done = host.When(Settled(2)).Replies<ContainerDone>().Container;
        Assert.Equal("web", done.Spec.Name);
        Assert.All(done.Endpoints, endpoint => Assert.Equal("web", endpoint.Spec.ContainerName));
        host.When(new ConnectContainer(Some.Host, Wish(3, Some.Network(3, ["10.79.0.0/16"]))));
        Assert.Equal(("web", 2), (host.Sends<AttachEndpoint>().Endpoint.ContainerName, host.Sends<AttachEndpoint>().Endpoint.NameEdition));
    }

    [Fact]
    public void A_network_that_is_removed_meanwhile_has_no_say()
    {
        var host = Running().When(Rename);
        host.When(Settled(1));
        host.When(new EndpointSettled(Wish(2, Other), new(1), null, new NetworkNotFound(Other.Name))).Journals(nameof(ContainerRenamed));
    }

    [Fact]
    public void What_is_said_at_a_start_after_it_is_numbered_too()
    {
        var host = Host().When(new CreateContainer(Some.Host, Some.Container(1), [Wish(1, Network), Wish(2, Other)]), Settled(1), Settled(2), Rename, Settled(1), Settled(2), Settled(1), Settled(2));
        host.When(new StartContainer(Some.Host, Box), new SandboxStarted(Some.Host, Box, new(1), null));
        Assert.Equal(("web", 2), (host.Sends<AttachEndpoint>().Endpoint.ContainerName, host.Sends<AttachEndpoint>().Endpoint.NameEdition));
        host.When(Settled(1));
        Assert.Equal(("web", 2), (host.Sends<AttachEndpoint>().Endpoint.ContainerName, host.Sends<AttachEndpoint>().Endpoint.NameEdition));
    }

    [Fact]
    public void Where_one_network_has_somebody_of_that_name_all_hear_that_it_keeps_the_one_it_has()
    {
        var host = Running().When(Rename, Settled(1), Settled(2, new EndpointNameTaken("web", Other.Name, HostId.Parse("host2"))));
        host.Journals(nameof(ContainerRenameDropped));
        Assert.All(Asked(host), wish => Assert.Equal(("c1", null, 2), (wish.ContainerName, wish.NextName, wish.NameEdition)));
        Assert.Equal(2, Asked(host).Count);
        Assert.IsType<EndpointNameTaken>(host.When(Settled(1), Settled(2)).Replies<Rejected>().Reason);
        host.When(Create(2) with { Spec = Some.Container(2) with { Name = "web" } }).Replies<ContainerDone>();
    }

    [Fact]
    public void A_bad_name_and_a_taken_one_are_refused()
    {
        var host = Host().When(Create(1), Create(2));
        host.When(Rename with { Name = "c2" });
        Assert.Equal(Some.ContainerId(2), host.Refuses<ContainerNameTaken>().Holder);
        host.When(Rename with { Name = "-x" }).Refuses<InvalidRequest>();
        host.When(Rename with { Container = Some.ContainerId(9) }).Refuses<ContainerNotFound>();
    }

    [Fact]
    public void Who_dies_before_it_has_the_name_keeps_the_old_one_and_who_dies_after_has_the_new_one()
    {
        var before = Running().When(Rename).Recovered().When(Join("b", Box));
        before.Journals(nameof(HostJoined), nameof(ContainerRenameDropped));
        Assert.All(Asked(before), wish => Assert.Equal(("c1", null, 2), (wish.ContainerName, wish.NextName, wish.NameEdition)));
        before.When(Settled(1), Settled(2), Create(2) with { Spec = Some.Container(2) with { Name = "web" } }).Replies<ContainerDone>();

        var after = Running().When(Rename, Settled(1), Settled(2)).Recovered().When(Join("b", Box));
        after.Journals(nameof(HostJoined));
        Assert.All(Asked(after), wish => Assert.Equal(("web", null, 2), (wish.ContainerName, wish.NextName, wish.NameEdition)));
    }

    [Fact]
    public void What_is_not_answered_in_time_is_dropped_or_when_it_has_the_name_told_again()
    {
        var asked = Running().When(Rename, Settled(1));
        asked.When(Expiry(asked)).Journals(nameof(ContainerRenameDropped));
        Assert.IsType<OutcomeUnknown>(asked.When(Settled(1), Settled(2)).Replies<Rejected>().Reason);

        var told = Running().When(Rename, Settled(1), Settled(2), Settled(1));
        told.When(Expiry(told)).Journals();
        Assert.All(Asked(told), wish => Assert.Equal("web", wish.ContainerName));
        told.When(Settled(1), Settled(2)).Replies<ContainerDone>();
    }

    [Fact]
    public void A_network_keeps_the_name_free_gives_it_and_knows_what_was_said_last()
    {
        var network = Attached().When(Attach("c1", "web", 1));
        network.Journals(nameof(EndpointAttached));
        Assert.Equal(2, network.Then.Sends.OfType<BindEndpoint>().Single().Revision);
        network.When(Attach("web", null, null, container: 2));
        Assert.IsType<EndpointNameTaken>(network.Sends<EndpointSettled>().Failure);
        network.Recovered().When(Attach("web", null, 2)).Journals(nameof(EndpointAttached));
        Assert.Equal(["web"], network.State.Names.Keys);
        // The late copy of the first: nothing changes.
        network.When(Attach("c1", "web", 1)).Journals();
        Assert.Equal("web", network.Then.Sends.OfType<BindEndpoint>().Single().Endpoint.Spec.ContainerName);
        Assert.Equal(["web"], network.State.Names.Keys);
        Assert.Equal([NetworkChange.Created, NetworkChange.Connected, NetworkChange.Renamed], NetworkHistory.Of(
            [new(DateTimeOffset.UnixEpoch, new NetworkCreated(Network)), .. Facts().Select(fact => new JournaledFact(DateTimeOffset.UnixEpoch, fact))]).Select(entry => entry.Change));

        static IEnumerable<IEvent> Facts()
        {
            var first = Some.Endpoint(1, Network, 2);
            yield return new EndpointAttached(first, 1);
            yield return new EndpointAttached(first with { Spec = first.Spec with { NextName = "web", NameEdition = 1 } }, 2);
            yield return new EndpointAttached(first with { Spec = first.Spec with { ContainerName = "web", NameEdition = 2 } }, 3);
        }
    }

    [Fact]
    public void A_network_that_has_somebody_of_that_name_refuses_and_nothing_changes()
    {
        var network = Attached().Given(new EndpointAttached(Some.Endpoint(2, Network, 3) with { Spec = Some.Endpoint(2, Network, 3).Spec with { ContainerName = "web" } }, 2)).When(Attach("c1", "web", 1));
        network.Journals();
        var settled = network.Sends<EndpointSettled>();
        Assert.True(settled.Held);
        Assert.IsType<EndpointNameTaken>(settled.Failure);
        network.When(Attach("c1", null, 2)).Journals(nameof(EndpointAttached));
        Assert.Equal(["c1", "web"], network.State.Names.Keys.Order());
    }

    [Fact]
    public void A_stopped_containers_wish_is_renamed_too()
    {
        var stopped = Some.Endpoint(1, Network, 2) with { IPv4 = null };
        var network = new Scenario<NetworkState>(new NetworkDecider(), Network.Id.ToString()).Given(new NetworkCreated(Network), new EndpointReserved(stopped, 0));
        network.When(new AttachEndpoint(stopped.Spec with { ContainerName = "web", NameEdition = 2 }, new(1), Running: false)).Journals(nameof(EndpointReserved));
        Assert.Equal("web", network.Sends<ConfigureEndpoint>().Endpoint.Spec.ContainerName);
    }

    [Fact]
    public void An_endpoint_notes_the_new_name_once()
    {
        var bound = Some.Endpoint(1, Network, 2);
        var renamed = bound with { Spec = bound.Spec with { ContainerName = "web", NameEdition = 2 } };
        var endpoint = new Scenario<EndpointState>(new EndpointDecider(), bound.Id.ToString()).Given(new EndpointBound(bound, new(1)), new EndpointProgrammed(bound.Id, new(1)));
        endpoint.When(new BindEndpoint(renamed, new(1), Network, 3)).Journals(nameof(EndpointBound));
        endpoint.When(new BindEndpoint(renamed, new(1), Network, 3)).Journals();
        Assert.Equal("web", endpoint.State.Spec!.ContainerName);
        var configured = new Scenario<EndpointState>(new EndpointDecider(), bound.Id.ToString()).Given(new EndpointConfigured(bound.Spec));
        configured.When(new ConfigureEndpoint(renamed)).Journals(nameof(EndpointConfigured));
        configured.When(new ConfigureEndpoint(renamed)).Journals();
    }

    private static List<EndpointSpec> Asked<TState>(Scenario<TState> scenario) => [.. scenario.Then.Sends.OfType<AttachEndpoint>().Select(attach => attach.Endpoint)];

    private static Scenario<HostState> Host() => new Scenario<HostState>(new HostDecider(), "host1").When(Join("a"));

    private static Scenario<HostState> Running() => Host().When(
        new CreateContainer(Some.Host, Some.Container(1), [Wish(1, Network), Wish(2, Other)]), Settled(1), Settled(2),
        new StartContainer(Some.Host, Box), new SandboxStarted(Some.Host, Box, new(1), null), Settled(1), Settled(2));

    private static Scenario<NetworkState> Attached() => new Scenario<NetworkState>(new NetworkDecider(), Network.Id.ToString()).Given(new NetworkCreated(Network), new EndpointAttached(Some.Endpoint(1, Network, 2), 1));

    private static AttachEndpoint Attach(string name, string? next, int? edition, int container = 1) =>
        new(Some.Endpoint(container, Network, 2).Spec with { ContainerName = name, NextName = next, NameEdition = edition }, new(1), Running: true);

    private static ExpireOperation Expiry(Scenario<HostState> host) => new(Some.Host, Box, host.State.Find(Box)!.Operation!.Number);

    private static JoinHost Join(string token, params ContainerId[] alive) => new(Some.Host, token, [.. alive], DateTimeOffset.UnixEpoch);

    private static CreateContainer Create(int number) => new(Some.Host, Some.Container(number), []);

    private static EndpointSpec Wish(int number, NetworkSpec network) => Some.Endpoint(number, network, 2, container: 1).Spec;

    private static EndpointSettled Settled(int number, Rejection? failure = null)
    {
        var endpoint = Some.Endpoint(number, number == 1 ? Network : Other, 2, container: 1);
        return new(endpoint.Spec, new(1), failure is null ? endpoint : null, failure);
    }
}
