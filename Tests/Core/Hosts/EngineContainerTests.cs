using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Hosts;

public sealed class EngineContainerTests
{
    private static readonly NetworkSpec Network = Some.Network(1, ["10.77.0.0/16"]);
    private static readonly NetworkSpec Other = Some.Network(2, ["10.78.0.0/16"]);
    private static readonly ContainerId Box = Some.ContainerId(1);

    [Fact]
    public void It_comes_with_its_first_network_and_goes_with_its_last()
    {
        var host = Host().When(Join(1));
        host.Journals(nameof(ContainerCreated), nameof(ContainerStarted), nameof(ContainerConnected));
        Assert.True(host.Sends<AttachEndpoint>().Running);
        Assert.Equal(ContainerStatus.Running, host.When(Settled(1)).Replies<ContainerDone>().Container.Status);
        host.When(Join(2, Other)).Journals(nameof(ContainerConnected));
        host.When(Settled(2, Other)).Replies<ContainerDone>();

        host.When(Leave(Network)).Journals(nameof(ContainerDisconnecting));
        host.When(Out(1)).Journals(nameof(ContainerDisconnected));
        Assert.Single(host.Replies<ContainerDone>().Container.Endpoints);
        host.When(Leave(Other), Out(2, Other)).Journals(nameof(ContainerDisconnected), nameof(ContainerRemoved));
        Assert.Empty(host.State.Containers);
        host.When(Leave(Other)).Refuses<ContainerNotFound>();
    }

    [Fact]
    public void What_its_network_refuses_leaves_nothing_of_it()
    {
        var host = Host().When(Join(1), new EndpointSettled(Wish(1), new(1), null, new NetworkNotFound("net1")));
        host.When(Out(1)).Journals(nameof(ContainerDisconnected), nameof(ContainerRemoved));
        Assert.IsType<NetworkNotFound>(host.Replies<Rejected>().Reason);
        Host().When(new DrainHost(Some.Host), Join(1)).Refuses<HostIsDrained>();
    }

    [Fact]
    public void The_same_join_again_is_the_same_place()
    {
        var host = Joined();
        host.When(Join(1)).Journals();
        host.Replies<ContainerDone>();
    }

    [Fact]
    public void Nobody_but_its_engine_commands_it()
    {
        var host = Joined();
        foreach (var command in (IAddressed[])
        [
            new StopContainer(Some.Host, Box), new RemoveContainer(Some.Host, Box, Force: true), new StartContainer(Some.Host, Box), new RenameContainer(Some.Host, Box, "db"),
            new ConnectContainer(Some.Host, Wish(2, Other)), new DisconnectContainer(Some.Host, Box, Network.Id, Network.Name),
        ])
        {
            Assert.Contains("docker stop", host.When(command).Refuses<ContainerOfEngine>().Text, StringComparison.Ordinal);
        }

        Host().When(new CreateContainer(Some.Host, Some.Container(1), []), new NameEngineSandbox(Some.Host, Box, "db", [])).Refuses<InvalidRequest>();
    }

    [Fact]
    public void Its_names_come_when_the_engine_says_them_and_its_networks_hear_all_of_them_at_once()
    {
        var host = Joined();
        var names = new NameEngineSandbox(Some.Host, Box, "web", [new(Some.EndpointId(1), ["www"], [new("redis", "cache")])]);
        host.When(names).Journals(nameof(EndpointNamed), nameof(ContainerRenaming));
        var told = host.Sends<AttachEndpoint>().Endpoint;
        Assert.Equal(("c1", "web", 1), (told.ContainerName, told.NextName, told.NameEdition));
        Assert.Equal("www", told.Settings.Aliases.Single());
        host.When(Settled(1)).Journals(nameof(ContainerRenamed));
        Assert.Equal("web", host.Sends<AttachEndpoint>().Endpoint.ContainerName);
        host.When(Settled(1)).Replies<ContainerDone>();
        host.When(names).Journals();

        // Another alias under the same name.
        host.When(names with { Names = [new(Some.EndpointId(1), ["www", "www2"], [])] }).Journals(nameof(EndpointNamed), nameof(ContainerRenamed));
        Assert.Equal("www www2", string.Join(" ", host.Sends<AttachEndpoint>().Endpoint.Settings.Aliases));
        host.When(Settled(1));
        Assert.Equal("www www2", string.Join(" ", host.Recovered().State.Find(Box)!.Endpoints[0].Spec.Settings.Aliases));
        Joined().When(names with { Names = [new(Some.EndpointId(1), ["no/name"], [])] }).Refuses<InvalidRequest>();
    }

    [Fact]
    public void A_network_takes_further_names_with_the_word_about_its_container()
    {
        var network = new Scenario<NetworkState>(new NetworkDecider(), Network.Id.ToString()).Given(new NetworkCreated(Network, 0), new EndpointAttached(Some.Endpoint(1, Network, 2, container: 1), 1));
        var named = Wish(1) with { ContainerName = "web", NameEdition = 1, Settings = new() { Aliases = ["www"], Links = [new("redis", "cache")] } };
        network.When(new AttachEndpoint(named, new(1), Running: true));
        var settings = network.State.Find(Some.EndpointId(1))!.Endpoint.Spec.Settings;
        Assert.Equal(("www", "cache"), (settings.Aliases.Single(), settings.Links.Single().Alias));
    }

    [Fact]
    public void Where_its_links_are_gone_it_has_left()
    {
        var host = Joined();
        host.When(new EngineEndpointGone(Some.Host, Box, Some.EndpointId(1), new(7))).DoesNothing();
        host.When(new EngineEndpointGone(Some.Host, Box, Some.EndpointId(1), new(1))).Journals(nameof(ContainerDisconnecting));
        host.When(Out(1)).Journals(nameof(ContainerDisconnected), nameof(ContainerRemoved));
        host.When(new EngineEndpointGone(Some.Host, Box, Some.EndpointId(1), new(1))).DoesNothing();
    }

    [Fact]
    public void A_new_life_of_the_host_adopts_it_by_its_links_and_removes_it_without()
    {
        var alive = Joined().Recovered().When(Rejoin("b") with { Linked = [Some.EndpointId(1)] });
        alive.Journals(nameof(HostJoined));
        Assert.Equal(1, alive.State.Adopted);
        alive.Sends<AttachEndpoint>();

        var dead = Joined().Recovered().When(Rejoin("b"));
        dead.Journals(nameof(HostJoined), nameof(ContainerRemoving));
        Assert.True(dead.Sends<UnbindEndpoint>().Forget);
        dead.When(new EndpointOut(new(Wish(1), new(2), Forget: true)), new SandboxStopped(Some.Host, Box, new(2), null));
        Assert.Empty(dead.State.Containers);
        Assert.Equal(1, dead.State.Reclaimed);
    }

    private static Scenario<HostState> Host() => new Scenario<HostState>(new HostDecider(), "host1").When(Rejoin("a"));

    private static Scenario<HostState> Joined() => Host().When(Join(1), Settled(1));

    private static JoinHost Rejoin(string token) => new(Some.Host, token, [], DateTimeOffset.UnixEpoch);

    private static JoinEngineSandbox Join(int number, NetworkSpec? network = null) => new(Some.Host, Some.Container(1, SandboxMode.Engine), Wish(number, network));

    private static LeaveEngineSandbox Leave(NetworkSpec network) => new(Some.Host, Box, network.Id, network.Name);

    private static EndpointSpec Wish(int number, NetworkSpec? network = null) => Some.Endpoint(number, network ?? Network, number + 1, container: 1).Spec with { Lent = true };

    private static EndpointSettled Settled(int number, NetworkSpec? network = null) => new(Wish(number, network), new(1), Some.Endpoint(number, network ?? Network, number + 1, container: 1), null);

    private static EndpointOut Out(int number, NetworkSpec? network = null) => new(new(Wish(number, network), new(1), Forget: true));
}
