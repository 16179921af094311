using Akka.Actor;
using Akka.Cluster.Sharding;
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
    private readonly JournalHealth _health = new();
    private readonly TestProbe _others;

    public EntityActorTests() : base(EntityKit.Config)
    {
        _others = CreateTestProbe();
        _others.IgnoreMessages(message => message is WakeEntity);
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
    public void What_comes_while_the_journal_writes_is_written_together_each_on_what_was_decided_before_it()
    {
        var pool = Pool();
        View(pool);
        _others.ExpectMsg<NetworkPoolOpened>();
        var mood = MoodyJournal.Of(Sys, $"pool/{Network.Pools[0].Id}");
        var (before, hold) = (mood.Writes, mood.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously));
        for (var i = 1; i <= 20; i++) pool.Tell(Ask(i));
        pool.Tell(new GetPool(Network.Pools[0].Id), TestActor);
        _others.ExpectNoMsg(TimeSpan.FromMilliseconds(150));
        hold.SetResult();
        // Each got another address, and what was asked after them sees them all.
        Assert.Equal(20, Enumerable.Range(0, 20).Select(_ => _others.ExpectMsg<CompleteAttach>().Address).Distinct().Count());
        Assert.Equal(21, ExpectMsg<PoolView>().Addresses.Length);
        Assert.Equal(2, mood.Writes - before);
    }

    [Fact]
    public void What_was_to_be_written_together_is_unknown_together_and_whoever_recovers_knows_none_of_it()
    {
        var key = new EntityKey(EntityKind.Pool, Network.Pools[0].Id.ToString());
        var (pool, mood) = (Pool(), MoodyJournal.Of(Sys, $"pool/{Network.Pools[0].Id}"));
        var before = View(pool);
        _others.ExpectMsg<NetworkPoolOpened>();
        _health.Watch();
        _router.Register(EntityKind.Pool, TestActor);
        mood.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pool.Tell(Ask(1));
        for (var i = 2; i <= 4; i++) pool.Tell(Ask(i));
        pool.Tell(new GetPool(Network.Pools[0].Id), TestActor);
        // The first is written, and then those that came meanwhile are not.
        mood.FailsAfter = 1;
        mood.Hold.SetResult();
        _others.ExpectMsg<CompleteAttach>();
        var said = ReceiveN(8);
        Assert.Equal(["JournalUnavailable", "OutcomeUnknown", "OutcomeUnknown", "OutcomeUnknown"], said.OfType<Rejected>().Select(rejected => rejected.Reason.GetType().Name).Order(StringComparer.Ordinal));
        Assert.Equal(3, said.OfType<AllocateAddress>().Count());
        Assert.Single(said.OfType<WakeEntity>());
        _others.ExpectNoMsg(TimeSpan.FromMilliseconds(50));

        // A pool changes in place: what it knew is by now what is not written.
        Assert.Null(_health.Recall(key));
        Assert.Equal([key], _health.Regain());
        mood.FailsAfter = null;
        Assert.Equal(before.Addresses.Length + 1, View(Pool(open: false)).Addresses.Length);
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
        var hold = MoodyJournal.Of(Sys, $"network/{Network.Id}").Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        network.Tell(new CompleteAttach(attach, Network.Pools[0].Id, InetAddress.Parse("10.0.0.2"), [], null), TestActor);
        // What will follow is said before, and in nobody's name.
        var hint = _others.ExpectMsg<PrepareEndpoint>().Bind;
        Assert.NotEqual(TestActor, _others.LastSender);
        _others.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        hold.SetResult();
        _others.ExpectMsg<ViewSnapshot>();
        Assert.Equal(hint, _others.ExpectMsg<BindEndpoint>());
        Assert.Equal(TestActor, _others.LastSender);
    }

    [Fact]
    public void What_waits_orders_once_however_often_it_is_looked_at()
    {
        var host = Host();
        var wishes = (EndpointSpec[])[Some.Endpoint(1, Network, 2).Spec, Some.Endpoint(2, Some.Network(2, ["10.1.0.0/16"]), 2).Spec];
        var create = new CreateContainer(Some.Host, Some.Container(1), [.. wishes.Select(wish => wish with { Container = Some.ContainerId(1) })]);
        host.Tell(create, TestActor);
        host.Tell(create with { Again = true }, TestActor);
        foreach (var _ in (int[])[1, 2, 3, 4]) _others.ExpectMsg<AttachEndpoint>();
        // Something has happened: it is looked at again.
        host.Tell(new EndpointSettled(create.Endpoints[0], new(1), null, null));
        _others.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        host.Tell(new EndpointSettled(create.Endpoints[1], new(1), null, null));
        ExpectMsg<ContainerDone>();
        // What its networks have agreed to is so.
        ExpectMsg<ContainerDone>();
        _others.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void What_is_said_again_and_comes_when_the_first_is_over_begins_nothing_anew()
    {
        var host = Host();
        var create = new CreateContainer(Some.Host, Some.Container(1), [Some.Endpoint(1, Network, 2).Spec]) { Number = 7 };
        host.Tell(create, TestActor);
        _others.ExpectMsg<AttachEndpoint>();
        host.Tell(create with { Again = true }, TestActor);
        host.Tell(new EndpointSettled(create.Endpoints[0], new(1), null, new NetworkNotFound("net1")), TestActor);
        var unbind = _others.FishForMessage<UnbindEndpoint>(_ => true);
        host.Tell(new EndpointOut(unbind), TestActor);
        // It was refused, and that has been heard.
        Assert.IsType<NetworkNotFound>(ExpectMsg<Rejected>().Reason);
        Assert.IsType<OutcomeUnknown>(ExpectMsg<Rejected>().Reason);
        host.Tell(new FindContainer(Some.Host, "c1"), TestActor);
        Assert.IsType<ContainerNotFound>(ExpectMsg<Rejected>().Reason);
    }

    [Fact]
    public void What_comes_after_it_was_said_again_and_answered_is_not_done()
    {
        var host = Host();
        host.Tell(new CreateContainer(Some.Host, Some.Container(1), []), TestActor);
        ExpectMsg<ContainerDone>();
        var rename = new RenameContainer(Some.Host, Some.ContainerId(1), "web") { Number = 7 };
        host.Tell(rename with { Again = true }, TestActor);
        ExpectMsg<ContainerDone>();
        host.Tell(new RenameContainer(Some.Host, Some.ContainerId(1), "c1") { Number = 8 }, TestActor);
        ExpectMsg<ContainerDone>();
        host.Tell(rename, TestActor);
        host.Tell(new FindContainer(Some.Host, "c1"), TestActor);
        ExpectMsg<ContainerView>();
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
    public void What_came_while_a_write_failed_is_refused_and_comes_to_nobody_again()
    {
        var host = Host();
        var mood = MoodyJournal.Of(Sys, "host/host1");
        mood.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        mood.Fails = true;
        var letters = CreateTestProbe();
        Sys.EventStream.Subscribe(letters, typeof(Akka.Event.DeadLetter));
        var (first, behind) = (CreateTestProbe(), new CreateContainer(Some.Host, Some.Container(2), []));
        host.Tell(new CreateContainer(Some.Host, Some.Container(1), []), first);
        host.Tell(behind, TestActor);
        mood.Hold.SetResult();
        Assert.IsType<JournalUnavailable>(ExpectMsg<Rejected>().Reason);
        letters.FishForMessage<Akka.Event.DeadLetter>(letter => ReferenceEquals(letter.Message, behind));
        Assert.True(_health.IsAnswered(behind));
        Assert.False(_health.IsAnswered(new CreateContainer(Some.Host, Some.Container(2), [])));
    }

    [Fact]
    public void While_the_journal_is_away_what_would_begin_is_refused_what_is_under_way_waits_and_questions_are_answered()
    {
        var (host, id) = (Host(), Some.ContainerId(1));
        BeginToStart(host, id);

        _health.Lose("it is gone", DateTimeOffset.UnixEpoch);
        var other = CreateTestProbe();
        host.Tell(new CreateContainer(Some.Host, Some.Container(2), []), other);
        Assert.Equal("the journal cannot be reached since 00:00:00Z (it is gone): nothing was changed; containers and names go on", Assert.IsType<JournalUnavailable>(other.ExpectMsg<Rejected>().Reason).Text);
        host.Tell(new SandboxStarted(Some.Host, id, new(1), null), TestActor);
        host.Tell(new ListContainers(Some.Host), other);
        Assert.Single(other.ExpectMsg<ContainerList>().Containers);

        Assert.Empty(_health.Regain());
        Assert.Equal(ContainerStatus.Running, ExpectMsg<ContainerDone>().Container.Status);
    }

    [Fact]
    public async Task Who_lost_its_place_by_trying_to_write_is_remembered_until_the_journal_is_back_and_what_it_had_to_do_waits_with_it()
    {
        // As a shard: it makes the entity for the first message, keeps what comes while one makes way, and makes the next.
        var key = new EntityKey(EntityKind.Host, "host1");
        Func<ActorBase> born = new EntityRegions.Birth<HostState>(key, new HostDecider(), _router, _health, new() { Snapshots = true }).Produce;
        var shard = Sys.ActorOf(Props.Create(() => new Shard(born)));
        _router.Register(EntityKind.Host, shard);
        var id = Some.ContainerId(1);
        shard.Tell(new JoinHost(Some.Host, "a", [], DateTimeOffset.UnixEpoch), TestActor);
        ExpectMsg<HostWelcome>();
        BeginToStart(shard, id);
        shard.Tell(new SandboxStarted(Some.Host, id, new(1), null), TestActor);
        ExpectMsg<ContainerDone>();

        _health.Watch();
        var mood = MoodyJournal.Of(Sys, "host/host1");
        (mood.Fails, mood.Hold) = (true, new(TaskCreationOptions.RunContinuationsAsynchronously));
        shard.Tell(new StopContainer(Some.Host, id), TestActor);
        var behind = CreateTestProbe();
        shard.Tell(new CreateContainer(Some.Host, Some.Container(2), []), behind);
        shard.Tell(new CommandExited(Some.Host, id, new(1), 3), ActorRefs.NoSender);
        behind.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        mood.Hold.SetResult();
        Assert.IsType<OutcomeUnknown>(ExpectMsg<Rejected>().Reason);
        Assert.IsType<JournalUnavailable>(behind.ExpectMsg<Rejected>().Reason);
        await AwaitAssertAsync(() =>
        {
            shard.Tell(new ListContainers(Some.Host), behind);
            Assert.Single(behind.ExpectMsg<ContainerList>(TimeSpan.FromSeconds(1)).Containers);
        }, TimeSpan.FromSeconds(10));
        shard.Tell(new CreateContainer(Some.Host, Some.Container(3), []), behind);
        Assert.IsType<JournalUnavailable>(behind.ExpectMsg<Rejected>().Reason);

        (mood.Fails, mood.Hold) = (false, null);
        Assert.Equal([key], _health.Regain());
        _others.ExpectMsg<RejoinHost>();
        shard.Tell(new JoinHost(Some.Host, "a", [id], DateTimeOffset.UnixEpoch), TestActor);
        ExpectMsg<HostWelcome>();
        Assert.Equal(id, _others.ExpectMsg<StopSandbox>().Container); // of the command that ended meanwhile
    }

    [Fact]
    public void What_nobody_can_read_is_said_to_who_asks_and_is_neither_tried_again_nor_taken_for_a_journal_that_is_away()
    {
        Stop(Host());
        _health.Watch();
        _router.Register(EntityKind.Host, TestActor);
        var mood = MoodyJournal.Of(Sys, "host/host1");
        (mood.IsUnreadable, mood.Hold) = (true, new(TaskCreationOptions.RunContinuationsAsynchronously));
        var host = Entity(new HostDecider(), EntityKind.Host, "host1");
        Watch(host);
        host.Tell(new CommandExited(Some.Host, Some.ContainerId(1), new(1), 3), ActorRefs.NoSender);
        host.Tell(new ListContainers(Some.Host), TestActor);
        mood.Hold.SetResult();
        var messages = ReceiveN(2);
        Assert.Contains("not a fact", Assert.Single(messages.OfType<Rejected>()).Reason.Text, StringComparison.Ordinal);
        Assert.Single(messages.OfType<Terminated>());
        Assert.Null(_health.Outage);
        ExpectNoMsg(TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public void A_number_that_another_write_has_is_no_failure_whoever_asked_is_answered_by_who_recovers()
    {
        var host = Host();
        _router.Register(EntityKind.Host, TestActor);
        MoodyJournal.Of(Sys, "host/host1").Conflicts = true;
        var create = new CreateContainer(Some.Host, Some.Container(1), []);
        var asker = CreateTestProbe();
        host.Tell(create, asker);
        var again = (IAddressed[])[ExpectMsg<IAddressed>(), ExpectMsg<IAddressed>()];
        Assert.Single(again.OfType<WakeEntity>());
        Assert.Equal(create, Assert.Single(again.OfType<CreateContainer>()));
        asker.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void What_has_to_wait_is_done_in_the_order_it_came()
    {
        var (host, id) = (Host(), Some.ContainerId(1));
        BeginToStart(host, id);
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

    private sealed class Shard : UntypedActor
    {
        private readonly Func<ActorBase> _entity;
        private readonly Queue<(object Message, IActorRef Sender)> _kept = [];
        private IActorRef? _living;
        private bool _passivating;

        public Shard(Func<ActorBase> entity) => _entity = entity;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Passivate passivate:
                    _passivating = true;
                    _living.Tell(passivate.StopMessage);
                    break;
                case Terminated:
                    (_living, _passivating) = (null, false);
                    while (_kept.TryDequeue(out var kept)) Living().Tell(kept.Message, kept.Sender);
                    break;
                case var _ when _passivating:
                    _kept.Enqueue((message, Sender));
                    break;
                default:
                    Living().Forward(message);
                    break;
            }
        }

        private IActorRef Living() => _living ??= Context.Watch(Context.ActorOf(Props.CreateBy(new Producer(_entity))));

        private sealed class Producer(Func<ActorBase> entity) : IIndirectActorProducer
        {
            public Type ActorType => typeof(EntityActor<HostState>);

            public ActorBase Produce() => entity();

            public void Release(ActorBase actor)
            {
            }
        }
    }

    private void BeginToStart(IActorRef host, ContainerId container)
    {
        host.Tell(new CreateContainer(Some.Host, Some.Container(1), []), TestActor);
        ExpectMsg<ContainerDone>();
        host.Tell(new StartContainer(Some.Host, container), TestActor);
        _others.ExpectMsg<StartSandbox>();
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
        var pool = Entity(new PoolDecider(), EntityKind.Pool, Network.Pools[0].Id.ToString(), changesInPlace: true);
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

    private IActorRef Entity<TState>(IDecider<TState> decider, EntityKind kind, string id, bool changesInPlace = false) =>
        Sys.ActorOf(Props.Create(() => new EntityActor<TState>(new EntityKey(kind, id), decider, _router, _health, new() { Snapshots = true, ChangesInPlace = changesInPlace })));
}
