using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Entities;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>The persist loop under the real deciders. Everybody else is one probe.</summary>
public sealed class EntityActorTests : TestKit
{
    private static readonly NetworkSpec Network = Some.Network(1, ["10.0.0.0/16"]);
    private readonly EntityRouter _router = new();
    private readonly TestProbe _others;

    public EntityActorTests() : base(EntityKit.Config)
    {
        _others = CreateTestProbe();
        foreach (var kind in Enum.GetValues<EntityKind>()) _router.Register(kind, _others);
    }

    [Fact]
    public void The_reply_comes_once_and_only_when_the_journal_has_the_facts()
    {
        var host = Host();
        var hold = MoodyJournal.Of(Sys, "host/host1").Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Tell(new CreateContainer(Some.Host, Some.Container(1), []), TestActor);
        ExpectNoMsg(TimeSpan.FromMilliseconds(150));
        hold.SetResult();
        ExpectMsg<ContainerDone>();
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void Messages_go_out_in_order_after_the_facts_in_the_name_of_who_asked()
    {
        var network = Entity(new NetworkDecider(), EntityKind.Network, Network.Id.ToString());
        network.Tell(new NetworkApplied(Network), TestActor);
        _others.ExpectMsg<ConfirmNetwork>();
        var attach = new AttachEndpoint(Some.Endpoint(1, Network, 2).Spec, new(1), Running: true);
        network.Tell(attach, TestActor);
        attach = _others.ExpectMsg<AllocateAddress>().Attach;
        network.Tell(new CompleteAttach(attach, Network.Pools[0].Id, InetAddress.Parse("10.0.0.2"), [], null), TestActor);
        _others.ExpectMsg<ViewSnapshot>();
        _others.ExpectMsg<BindEndpoint>();
        Assert.Equal(TestActor, _others.LastSender);
    }

    [Fact]
    public void What_recovers_is_what_lived()
    {
        var pool = Pool();
        for (var i = 1; i <= 20; i++) pool.Tell(Ask(i));
        pool.Tell(new ReleaseAddress(Network.Pools[0].Id, Network.Id, AddressHandle.Of(Some.EndpointId(7))));
        var live = View(pool);
        Stop(pool);
        Assert.Equal(Scenario<PoolState>.Text([live]), Scenario<PoolState>.Text([View(Pool(open: false))]));
        Assert.Equal(20, live.Addresses.Length);
    }

    [Fact]
    public async Task After_500_facts_recovery_begins_at_a_snapshot()
    {
        var pool = Pool();
        for (var i = 1; i <= 520; i++) pool.Tell(Ask(i));
        var live = View(pool);
        var mood = MoodyJournal.Of(Sys, $"pool/{Network.Pools[0].Id}");
        // The store takes the snapshot by itself, after the reply: what counts is that some recovery begins there.
        await AwaitConditionAsync(() =>
        {
            Stop(pool);
            pool = Pool(open: false);
            Assert.Equal(Scenario<PoolState>.Text([live]), Scenario<PoolState>.Text([View(pool)]));
            return Task.FromResult(mood.ReplayedFrom > 500);
        }, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_journal_that_fails_is_an_unknown_outcome_and_the_next_message_finds_what_is_so(bool fails)
    {
        var host = Host();
        var mood = MoodyJournal.Of(Sys, "host/host1");
        (mood.Fails, mood.Rejects) = (fails, !fails);
        Watch(host);
        host.Tell(new CreateContainer(Some.Host, Some.Container(1), []), TestActor);
        var messages = ReceiveN(2);
        Assert.IsType<OutcomeUnknown>(Assert.IsType<Rejected>(Assert.Single(messages.OfType<IReply>())).Reason);
        Assert.Single(messages.OfType<Terminated>());

        (mood.Fails, mood.Rejects) = (false, false);
        var again = Entity(new HostDecider(), EntityKind.Host, "host1");
        _others.ExpectMsg<RejoinHost>();
        again.Tell(new ListContainers(Some.Host), TestActor);
        Assert.Empty(ExpectMsg<ContainerList>().Containers);
    }

    [Fact]
    public void What_has_to_wait_is_done_in_the_order_it_came()
    {
        var host = Host();
        var id = Some.ContainerId(1);
        host.Tell(new CreateContainer(Some.Host, Some.Container(1), []), TestActor);
        ExpectMsg<ContainerDone>();
        host.Tell(new StartContainer(Some.Host, id), TestActor);
        _others.ExpectMsg<StartSandbox>();
        host.Tell(new StopContainer(Some.Host, id), TestActor);
        host.Tell(new StartContainer(Some.Host, id), TestActor);
        host.Tell(new RemoveContainer(Some.Host, id, Force: true), TestActor);
        host.Tell(new GetHost(Some.Host), TestActor);
        Assert.Equal(1, ExpectMsg<HostView>().Running);

        host.Tell(new SandboxStarted(Some.Host, id, new(1), null), _others.LastSender);
        Assert.Equal(ContainerStatus.Running, ExpectMsg<ContainerDone>().Container.Status);
        _others.ExpectMsg<StopSandbox>();
        host.Tell(new SandboxStopped(Some.Host, id, new(1), 0), _others.LastSender);
        Assert.Equal(ContainerStatus.Exited, ExpectMsg<ContainerDone>().Container.Status);
        _others.ExpectMsg<StartSandbox>();
        host.Tell(new SandboxStarted(Some.Host, id, new(1), null), _others.LastSender);
        Assert.Equal(ContainerStatus.Running, ExpectMsg<ContainerDone>().Container.Status);
        Assert.True(_others.ExpectMsg<StopSandbox>().Forget);
        host.Tell(new SandboxStopped(Some.Host, id, new(1), 0), _others.LastSender);
        ExpectMsg<ContainerDone>();
    }

    private IActorRef Host()
    {
        var host = Entity(new HostDecider(), EntityKind.Host, "host1");
        host.Tell(new JoinHost(Some.Host, "a", [], DateTimeOffset.UnixEpoch), TestActor);
        ExpectMsg<HostWelcome>();
        return host;
    }

    private IActorRef Pool(bool open = true)
    {
        var pool = Entity(new PoolDecider(), EntityKind.Pool, Network.Pools[0].Id.ToString());
        if (open) pool.Tell(new OpenPool(Network, 0));
        return pool;
    }

    private PoolView View(IActorRef pool)
    {
        pool.Tell(new GetPool(Network.Pools[0].Id), TestActor);
        return ExpectMsg<PoolView>();
    }

    private static AllocateAddress Ask(int number) => new(Network.Pools[0].Id, null, new(Some.Endpoint(number, Network, number).Spec, new(1), Running: true), []);

    private void Stop(IActorRef entity)
    {
        Watch(entity);
        Sys.Stop(entity);
        ExpectTerminated(entity);
        Unwatch(entity);
    }

    private IActorRef Entity<TState>(IDecider<TState> decider, EntityKind kind, string id) =>
        Sys.ActorOf(Props.Create(() => new EntityActor<TState>(new EntityKey(kind, id), decider, _router, true)));
}
