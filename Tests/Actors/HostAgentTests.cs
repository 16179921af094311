using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using NetworkCluster.Addressing;
using NetworkCluster.Agents;
using NetworkCluster.Containers;
using NetworkCluster.Dns;
using NetworkCluster.Endpoints;
using NetworkCluster.Entities;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>The agent on a simulated kernel. All entities are one probe.</summary>
public sealed class HostAgentTests : TestKit
{
    private static readonly NetworkSpec Network = Some.Network(1, ["10.0.0.0/16"]);
    private static readonly AttachedEndpoint Facts = Some.Endpoint(1, Network, 2);
    private static readonly ContainerSpec Box = Some.Container(1);
    private static readonly Incarnation Life = new(3);

    private readonly EntityRouter _router = new();
    private readonly TestProbe _entities;
    private readonly BlockingCollection<string> _steps = [];
    private readonly SimulatedDataplane _kernel;
    private readonly NameTable _names = new();
    private IActorRef _agent;

    public HostAgentTests() : base(EntityKit.Config)
    {
        _entities = CreateTestProbe();
        foreach (var kind in Enum.GetValues<EntityKind>()) _router.Register(kind, _entities);
        _kernel = new(_steps.Add);
        // What is prepared stays, unless a test is about that.
        _agent = Begin(TimeSpan.FromMinutes(5));
    }

    private IActorRef Begin(TimeSpan followPatience)
    {
        var settings = new AgentSettings { Host = Some.Host, Token = "token", FollowPatience = followPatience };
        var networking = new HostNetworking(_kernel, new HostNetworkingOptions());
        return Sys.ActorOf(Props.Create(() => new HostAgent(settings, _router, networking, new NoServices(null), _names, TimeProvider.System)));
    }

    [Fact]
    public void A_kernel_that_cannot_be_looked_at_is_looked_at_again_after_a_while_and_nothing_is_joined_before()
    {
        _entities.ExpectMsg<JoinHost>();
        var failures = 0;
        var moody = new SimulatedDataplane(_ =>
        {
            if (failures++ == 0) throw new DataplaneException("look", "not now");
        });
        var settings = new AgentSettings { Host = Some.Host, Token = "another" };
        var log = CreateTestProbe();
        Sys.EventStream.Subscribe(log, typeof(Error));
        Sys.ActorOf(Props.Create(() => new HostAgent(settings, _router, new HostNetworking(moody, new HostNetworkingOptions(), null), new NoServices(null), _names, TimeProvider.System)));
        Assert.Contains("could not be observed", log.ExpectMsg<Error>().ToString(), StringComparison.Ordinal);
        Assert.Equal("another", _entities.FishForMessage<JoinHost>(join => join.Token == "another").Token);
    }

    [Fact]
    public void It_joins_with_what_lives_and_again_when_the_entity_has_moved_in_its_own_life_only()
    {
        var join = _entities.ExpectMsg<JoinHost>();
        Assert.Equal(("token", 0), (join.Token, join.Alive.Length));
        _agent.Tell(new HostWelcome(Some.Host, Life, []));
        _entities.FishForMessage(message => message is ListNetworks);
        StartBox(networks: []);
        _agent.Tell(new RejoinHost(Some.Host, new(2)));
        _agent.Tell(new RejoinHost(Some.Host, Life));
        Assert.Equal([Box.Id], _entities.ExpectMsg<JoinHost>().Alive.AsEnumerable());
        _entities.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void An_endpoint_is_answered_when_the_kernel_has_it_and_its_names_are_known()
    {
        Welcome();
        StartBox();
        var asker = CreateTestProbe();
        _agent.Tell(new ProgramEndpoint(new(Facts, Life, Network, 1)), asker);
        _entities.ExpectMsg<RequestView>();
        _entities.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Assert.NotEmpty(_kernel.Host.Host.Links);
        _agent.Tell(new ViewSnapshot(new(Network, 1, [Facts]), Some.Host));
        Assert.Null(_entities.ExpectMsg<EndpointApplied>().Failure);
        Assert.Equal(asker.Ref, _entities.LastSender);

        _agent.Tell(new ProgramEndpoint(new(Facts, Life, Network, 1)), asker);
        Assert.Null(_entities.ExpectMsg<EndpointApplied>().Failure);
    }

    [Fact]
    public void What_the_kernel_refuses_is_answered_at_once_with_the_reason()
    {
        Welcome();
        _agent.Tell(new ProgramEndpoint(new(Facts, Life, Network, 1)));
        Assert.IsType<HostFault>(_entities.ExpectMsg<EndpointApplied>().Failure);
    }

    [Fact]
    public void An_earlier_lifes_endpoint_is_nobodys_wish_any_more()
    {
        Welcome();
        StartBox();
        _agent.Tell(new ProgramEndpoint(new(Facts, new(2), Network, 1)));
        _entities.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void A_missed_change_is_asked_for_and_an_old_one_changes_nothing()
    {
        Welcome();
        _agent.Tell(new ViewSnapshot(new(Network, 5, [Facts]), Some.Host));
        _agent.Tell(new ViewChanged(Network, 5, Facts, null, Some.Host));
        _agent.Tell(new ViewChanged(Network, 6, Some.Endpoint(2, Network, 3), null, Some.Host));
        _entities.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        _agent.Tell(new ViewChanged(Network, 8, Some.Endpoint(3, Network, 4), null, Some.Host));
        Assert.Equal(Network.Id, _entities.ExpectMsg<RequestView>().Id);
    }

    [Fact]
    public void Who_knows_less_than_the_last_revision_asks_for_the_view_until_it_comes()
    {
        Welcome();
        _agent.Tell(new ViewSnapshot(new(Network, 5, [Facts]), Some.Host));
        _agent.Tell(new ViewRevision(Network.Id, 5, Some.Host));
        _entities.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        _agent.Tell(new ViewRevision(Network.Id, 6, Some.Host));
        _entities.ExpectMsg<RequestView>();
        // Nobody has heard it.
        _entities.ExpectMsg<RequestView>();
        _agent.Tell(new ViewSnapshot(new(Network, 6, [Facts]), Some.Host));
        _agent.Tell(new ViewRevision(Network.Id, 6, Some.Host));
        _entities.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void Networks_are_asked_for_until_they_are_known_because_everything_else_waits_for_that()
    {
        _entities.ExpectMsg<JoinHost>();
        _agent.Tell(new HostWelcome(Some.Host, Life, []));
        _entities.FishForMessage(message => message is ListNetworks);
        _agent.Tell(new StartSandbox(Some.Host, Box, Life));
        // Lost on its way, or refused.
        _agent.Tell(new Rejected(new JournalUnavailable(DateTimeOffset.UnixEpoch, "it is away")));
        _entities.ExpectMsg<ListNetworks>();
        _agent.Tell(new NetworkList([Network]));
        Assert.Null(_entities.ExpectMsg<SandboxStarted>().Failure);
    }

    [Fact]
    public void Leaving_is_answered_when_the_kernel_is_done_and_in_the_order_of_its_container()
    {
        Welcome();
        StartBox();
        _agent.Tell(new ViewSnapshot(new(Network, 1, [Facts]), Some.Host));
        _agent.Tell(new ProgramEndpoint(new(Facts, Life, Network, 1)));
        _agent.Tell(new WithdrawEndpoint(new(Facts.Spec, Life, Forget: true)));
        _agent.Tell(new StopSandbox(Some.Host, Box.Id, Life, Forget: true));
        _entities.ExpectMsg<EndpointApplied>();
        _entities.ExpectMsg<EndpointWithdrawn>();
        _entities.ExpectMsg<SandboxStopped>();
        Assert.Empty(_kernel.Host.Sandboxes);
    }

    [Fact]
    public void What_a_network_is_about_to_say_is_in_the_kernel_before_it_is_said_and_made_once()
    {
        Welcome();
        StartBox();
        _agent.Tell(new PrepareEndpoint(Bind));
        Await("type veth");
        // Whoever looked at it would put that right.
        _kernel.Disturb(host => host with { Host = host.Host with { Links = host.Host.Links.SetItem(Pair, host.Host.Links[Pair] with { MtuBytes = 1234 }) } });
        _agent.Tell(new ViewSnapshot(new(Network, 1, [Facts]), Some.Host));
        _agent.Tell(new ProgramEndpoint(Bind));
        Assert.Null(_entities.ExpectMsg<EndpointApplied>().Failure);
        Assert.True(IsPlugged());
        Assert.Equal(1234, _kernel.Host.Host.Links[Pair].MtuBytes);
    }

    [Fact]
    public void What_is_not_said_in_time_is_taken_out_again_and_may_be_said_later()
    {
        Impatient();
        StartBox();
        _agent.Tell(new PrepareEndpoint(Bind));
        Await("type veth");
        Await("nomaster");
        _agent.Tell(new ViewSnapshot(new(Network, 1, [Facts]), Some.Host));
        _agent.Tell(new ProgramEndpoint(Bind));
        Assert.Null(_entities.ExpectMsg<EndpointApplied>().Failure);
        Assert.True(IsPlugged());
    }

    [Fact]
    public void What_is_said_counts_where_it_is_not_what_was_about_to_be_said()
    {
        Welcome();
        StartBox();
        _agent.Tell(new PrepareEndpoint(Bind with { Endpoint = Some.Endpoint(1, Network, 77) }));
        _agent.Tell(new ViewSnapshot(new(Network, 1, [Facts]), Some.Host));
        _agent.Tell(new ProgramEndpoint(Bind));
        Assert.Null(_entities.ExpectMsg<EndpointApplied>().Failure);
        Assert.Equal([Facts.IPv4], _kernel.Host.Sandboxes.Values.SelectMany(sandbox => sandbox.Inside!.Addresses).Select(address => (InetAddress?)address.Address));
    }

    [Fact]
    public void What_comes_late_of_what_came_or_left_is_nothing_to_prepare()
    {
        Impatient();
        StartBox();
        _agent.Tell(new ViewSnapshot(new(Network, 1, [Facts]), Some.Host));
        _agent.Tell(new ProgramEndpoint(Bind));
        Assert.Null(_entities.ExpectMsg<EndpointApplied>().Failure);
        _agent.Tell(new PrepareEndpoint(Bind));
        // Longer than it is patient: if it were to be taken out again, it would be.
        _entities.ExpectNoMsg(TimeSpan.FromMilliseconds(300));
        Assert.True(IsPlugged());
        _agent.Tell(new WithdrawEndpoint(new(Facts.Spec, Life, Forget: true)));
        _entities.ExpectMsg<EndpointWithdrawn>();
        while (_steps.TryTake(out _)) { }
        _agent.Tell(new PrepareEndpoint(Bind));
        _agent.Tell(new StopSandbox(Some.Host, Box.Id, Life, Forget: true));
        _entities.ExpectMsg<SandboxStopped>();
        Assert.DoesNotContain(_steps, IsPair);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_prepared_and_told_to_leave_is_out_when_that_is_answered(bool withItsContainer)
    {
        Welcome();
        StartBox();
        _agent.Tell(new PrepareEndpoint(Bind));
        if (withItsContainer) _agent.Tell(new StopSandbox(Some.Host, Box.Id, Life, Forget: true));
        else _agent.Tell(new WithdrawEndpoint(new(Facts.Spec, Life, Forget: true)));
        if (withItsContainer) _entities.ExpectMsg<SandboxStopped>();
        else _entities.ExpectMsg<EndpointWithdrawn>();
        Assert.False(IsPlugged());
    }

    // Does not wait for what it has prepared.
    private void Impatient()
    {
        _entities.ExpectMsg<JoinHost>();
        Sys.Stop(_agent);
        _agent = Begin(TimeSpan.FromMilliseconds(100));
        Welcome();
    }

    private void Await(string step)
    {
        while (true)
        {
            Assert.True(_steps.TryTake(out var next, TimeSpan.FromSeconds(20)), $"no {step}");
            if (next.Contains(step, StringComparison.Ordinal)) return;
        }
    }

    private static bool IsPair(string step) => step.Contains("type veth", StringComparison.Ordinal);

    private static BindEndpoint Bind => new(Facts, Life, Network, 1) { Placed = 1 };

    private static string Pair => new HostNetworkingOptions().Naming.HostLink(Facts.Id);

    private bool IsPlugged() => _kernel.Host.Host.Links.Values.Any(link => link.Up && link.Alias?.Contains(Facts.Id.ToString(), StringComparison.Ordinal) == true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_said_again_of_a_place_that_was_left_brings_nothing_back(bool forGood)
    {
        Welcome();
        StartBox();
        _agent.Tell(new ViewSnapshot(new(Network, 1, [Facts]), Some.Host));
        var bind = new BindEndpoint(Facts, Life, Network, 1) { Placed = 1 };
        _agent.Tell(new ProgramEndpoint(bind));
        Assert.Null(_entities.ExpectMsg<EndpointApplied>().Failure);
        _agent.Tell(new WithdrawEndpoint(new(Facts.Spec, Life, forGood)));
        _agent.Tell(new ProgramEndpoint(bind with { Revision = 7 }));
        _entities.ExpectMsg<EndpointWithdrawn>();
        Assert.IsType<HostFault>(_entities.ExpectMsg<EndpointApplied>().Failure);
        Assert.DoesNotContain(_kernel.Host.Host.Links.Values, link => link.Up && link.Alias?.Contains(Facts.Id.ToString(), StringComparison.Ordinal) == true);

        // A stopped container gets another place when it is started.
        _agent.Tell(new ViewSnapshot(new(Network, 9, [Facts]), Some.Host));
        _agent.Tell(new ProgramEndpoint(bind with { Placed = 9, Revision = 9 }));
        Assert.Equal(forGood, _entities.ExpectMsg<EndpointApplied>().Failure is HostFault);
    }

    [Fact]
    public void A_network_withdrawn_while_it_is_being_adopted_does_not_come_back()
    {
        _entities.ExpectMsg<JoinHost>();
        _agent.Tell(new HostWelcome(Some.Host, Life, []));
        _entities.FishForMessage(message => message is ListNetworks);
        _agent.Tell(new WithdrawNetwork(new(Network)));
        _entities.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        _agent.Tell(new NetworkList([Network]));
        _entities.ExpectMsg<NetworkWithdrawn>();
        // Its bridge is gone, or the reaper's.
        Assert.DoesNotContain(_kernel.Host.Host.Links.Values, link => link.Group == new HostNetworkingOptions().LinkGroup);
    }

    [Fact]
    public void A_bridge_that_somebody_deletes_comes_back_without_a_reconciliation()
    {
        Welcome();
        _agent.Tell(new ApplyNetwork(Network));
        Assert.Null(_entities.ExpectMsg<NetworkApplied>().Failure);
        var bridge = new HostNetworkingOptions().Naming.Bridge(Network.Id);
        _kernel.Disturb(host => host with { Host = host.Host with { Links = host.Host.Links.Remove(bridge) } });
        AwaitCondition(() => _kernel.Host.Host.Links.ContainsKey(bridge));
    }

    [Fact]
    public void Names_are_served_in_the_namespace_that_is_there_after_each_reconciliation()
    {
        var reopened = CreateTestProbe();
        var settings = new AgentSettings { Host = Some.Host, Token = "another", ReconcileEvery = TimeSpan.FromMilliseconds(20) };
        var networking = new HostNetworking(new SimulatedDataplane(_ => { }), new HostNetworkingOptions());
        var agent = Sys.ActorOf(Props.Create(() => new HostAgent(settings, _router, networking, new NoServices(reopened), _names, TimeProvider.System)));
        _entities.FishForMessage<JoinHost>(join => join.Token == "another");
        agent.Tell(new HostWelcome(Some.Host, Life, []));
        agent.Tell(new NetworkList([]));
        agent.Tell(new StartSandbox(Some.Host, Box, Life));
        Assert.Equal(Box.Id, reopened.ExpectMsg<ContainerId>());
        Assert.Equal(Box.Id, reopened.ExpectMsg<ContainerId>());
    }

    [Fact]
    public void Names_are_served_at_once_in_a_namespace_that_was_made_anew_because_somebody_took_its_name_away()
    {
        var reopened = CreateTestProbe();
        var settings = new AgentSettings { Host = Some.Host, Token = "another" };
        var kernel = new SimulatedDataplane(_ => { });
        var networking = new HostNetworking(kernel, new HostNetworkingOptions());
        var agent = Sys.ActorOf(Props.Create(() => new HostAgent(settings, _router, networking, new NoServices(reopened), _names, TimeProvider.System)));
        _entities.FishForMessage<JoinHost>(join => join.Token == "another");
        agent.Tell(new HostWelcome(Some.Host, Life, []));
        agent.Tell(new NetworkList([]));
        agent.Tell(new StartSandbox(Some.Host, Box, Life));
        _entities.FishForMessage<SandboxStarted>(started => started.Failure is null);
        kernel.Disturb(host => host with { Sandboxes = host.Sandboxes.Clear() });
        Assert.Equal(Box.Id, reopened.ExpectMsg<ContainerId>());
        Assert.Single(kernel.Host.Sandboxes);
    }

    private void Welcome()
    {
        _entities.ExpectMsg<JoinHost>();
        _agent.Tell(new HostWelcome(Some.Host, Life, []));
        _entities.FishForMessage(message => message is ListNetworks);
        _agent.Tell(new NetworkList([Network]));
    }

    private void StartBox(NetworkSpec[]? networks = null)
    {
        if (networks is not null) _agent.Tell(new NetworkList([.. networks]));
        _agent.Tell(new StartSandbox(Some.Host, Box, Life));
        Assert.Null(_entities.ExpectMsg<SandboxStarted>().Failure);
    }

    private sealed class NoServices(IActorRef? reopened = null) : ISandboxServices
    {
        public void Open(ContainerSpec container, Sandbox sandbox, bool adopted, Action<int> exited)
        {
        }

        public void Reopen(ContainerSpec container, Sandbox sandbox) => reopened?.Tell(container.Id);

        public Task<Rejection?> StartCommandAsync(ContainerSpec container, Sandbox sandbox, Action<int> exited, CancellationToken cancel) => Task.FromResult<Rejection?>(null);

        public Task EndCommandAsync(ContainerId container, TimeSpan patience, int signal, CancellationToken cancel) => Task.CompletedTask;

        public Task<int?> CloseAsync(ContainerId container, bool forget, CancellationToken cancel) => Task.FromResult<int?>(null);
    }
}
