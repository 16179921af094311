using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using NetworkCluster.Containers;
using NetworkCluster.Entities;
using NetworkCluster.Gateway;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Services;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>What other services may say to a host, and what they hear. All entities are one probe.</summary>
public sealed class ServiceGatewayTests : TestKit
{
    private static readonly NetworkSpec Network = Some.Network(1, ["10.0.0.0/16"]);

    private readonly EntityRouter _router = new();
    private readonly TestProbe _entities;
    private readonly Feed _feed = new();
    private readonly Asked _asked = new();
    private readonly IActorRef _services;

    public ServiceGatewayTests() : base(EntityKit.Config)
    {
        _entities = CreateTestProbe();
        foreach (var kind in Enum.GetValues<EntityKind>()) _router.Register(kind, _entities);
        _services = Sys.ActorOf(Props.Create(() => new ServiceGateway(_asked, _router, _feed)));
    }

    [Fact]
    public void Requests_and_questions_go_to_whom_they_are_for_in_the_name_of_who_asks()
    {
        foreach (var message in (IAddressed[])[new StartContainer(Some.Host, Some.ContainerId(1)), new ListHosts(), new RemoveNetwork(AddressSpaceId.Global, Network.Id)])
        {
            _services.Tell(message, TestActor);
            _entities.ExpectMsg(message);
            Assert.Equal(TestActor, _entities.LastSender);
        }

        _services.Tell(new RequestNetwork(new() { Id = Network.Id, Name = "new", Host = Some.Host, Created = DateTimeOffset.UnixEpoch }), TestActor);
        Assert.Equal("new", ExpectMsg<NetworkSummary>().Spec.Name);
        _services.Tell(new ResolveNetwork("nothing"), TestActor);
        Assert.IsType<NetworkNotFound>(ExpectMsg<Rejected>().Reason);
    }

    [Fact]
    public void What_hosts_say_among_themselves_is_refused()
    {
        foreach (var message in (IMessage[])[new DeclareHostLost(Some.Host, "token", DateTimeOffset.UnixEpoch), new ReleaseAddress(Network.Pools[0].Id, Network.Id, AddressHandle.Of(Some.EndpointId(1))), new CreateNetwork(new() { Id = Network.Id, Name = "n", Host = Some.Host, Created = DateTimeOffset.UnixEpoch }, NetworkScope.Local, [], []), new WakeEntity(EntityKey.AllHosts), new NetworkDeleted(Network.Id)])
        {
            _services.Tell(message, TestActor);
            Assert.Contains(message.GetType().Name, ExpectMsg<Rejected>().Reason.Text, StringComparison.Ordinal);
        }

        _entities.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task Who_watches_a_network_gets_its_view_and_then_what_happens_in_it_and_nothing_of_others()
    {
        _services.Tell(new WatchNetwork(Network.Id), TestActor);
        Assert.Equal(Network.Id, _entities.ExpectMsg<GetNetwork>().Id);
        Assert.Equal(TestActor, _entities.LastSender);
        var endpoint = Some.Endpoint(1, Network, 2);
        await _feed.HappensAsync(Some.Network(2, ["10.1.0.0/16"]).Id, new EndpointAttached(endpoint, 9));
        await _feed.HappensAsync(Network.Id, new EndpointAttached(endpoint, 1));
        await _feed.HappensAsync(Network.Id, new EndpointReserved(endpoint, 2));
        await _feed.HappensAsync(Network.Id, new EndpointDetached(endpoint.Id, 3));
        await _feed.HappensAsync(Network.Id, new NetworkDeleted(Network.Id));
        Assert.Equal(endpoint.Id, ExpectMsg<NetworkNotice>(notice => notice.Revision == 1).Attached!.Id);
        ExpectMsg<NetworkNotice>(notice => notice.Revision == 2 && notice.Detached == endpoint.Id);
        ExpectMsg<NetworkNotice>(notice => notice.Revision == 3 && notice.Detached == endpoint.Id);
        ExpectMsg<NetworkNotice>(notice => notice.Removed);

        // Said again: the view again, and nothing twice.
        _services.Tell(new WatchNetwork(Network.Id), TestActor);
        _entities.ExpectMsg<GetNetwork>();
        await _feed.HappensAsync(Network.Id, new EndpointAttached(endpoint, 4));
        ExpectMsg<NetworkNotice>();
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task The_journal_is_followed_while_somebody_watches_and_again_when_it_could_not_be()
    {
        Assert.False(_feed.IsFollowed);
        var watcher = CreateTestProbe();
        _services.Tell(new WatchNetwork(Network.Id), watcher);
        _entities.ExpectMsg<GetNetwork>();
        _feed.Fail();
        // The view again: what happened meanwhile is in it.
        _entities.ExpectMsg<GetNetwork>();
        Assert.True(_feed.IsFollowed);
        Sys.Stop(watcher);
        await AwaitConditionAsync(() => Task.FromResult(!_feed.IsFollowed), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Who_comes_when_the_last_has_just_gone_is_shown_nothing_before_his_own_follows()
    {
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        var ended = _feed.Hold();
        _services.Tell(new WatchNetwork(Network.Id), first);
        await AwaitConditionAsync(() => Task.FromResult(_feed.Asked == 1), TimeSpan.FromSeconds(20));
        Sys.Stop(first);
        await AwaitConditionAsync(() => Task.FromResult(_feed.Stopped == 1), TimeSpan.FromSeconds(20));
        var late = _feed.Hold();
        ended.SetResult();
        _services.Tell(new WatchNetwork(Network.Id), second);
        await AwaitConditionAsync(() => Task.FromResult(_feed.Asked == 2), TimeSpan.FromSeconds(20));
        _entities.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        late.SetResult();
        _entities.ExpectMsg<GetNetwork>();
        Assert.Equal(second, _entities.LastSender);
    }

    private sealed class Feed : IJournalFeed
    {
        private TaskCompletionSource? _held;
        private int _asked, _stopped;

        public int Asked => Volatile.Read(ref _asked);

        public int Stopped => Volatile.Read(ref _stopped);

        /// <summary>The next who asks for the end waits for this.</summary>
        public TaskCompletionSource Hold() => _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private volatile Channel<(EntityKey, JournaledFact)>? _facts;

        public bool IsFollowed => _facts is not null;

        public async Task HappensAsync(NetworkId network, IEvent fact) => await _facts!.Writer.WriteAsync((new(EntityKind.Network, network.ToString()), JournaledFact.Of(fact, 0, 1)));

        public void Fail() => _facts!.Writer.Complete(new IOException("gone"));

        public async Task<long> EndAsync(CancellationToken cancel = default)
        {
            Interlocked.Increment(ref _asked);
            cancel.Register(() => Interlocked.Increment(ref _stopped));
            if (_held is { } held) await held.Task;
            _facts = Channel.CreateUnbounded<(EntityKey, JournaledFact)>();
            return 0;
        }

        public Task<long> BeforeAsync(DateTimeOffset time, CancellationToken cancel = default) => throw new InvalidOperationException();

        public async IAsyncEnumerable<(EntityKey Entity, JournaledFact Fact)> FactsAsync(long place, bool follow, [EnumeratorCancellation] CancellationToken cancel = default)
        {
            try
            {
                await foreach (var fact in _facts!.Reader.ReadAllAsync(cancel)) yield return fact;
            }
            finally
            {
                _facts = null;
            }
        }
    }

    private sealed class Asked : IClusterGateway
    {
        public HostId Host => Some.Host;

        public Task<IReply> CreateNetworkAsync(NetworkRequest request, CancellationToken cancel = default) => Task.FromResult<IReply>(new NetworkSummary(Network with { Name = request.Name }));

        public Task<IReply> ResolveNetworkAsync(string nameOrId, CancellationToken cancel = default) => Task.FromResult<IReply>(new Rejected(new NetworkNotFound(nameOrId)));

        public Task<IReply> UpdateNetworkAsync(UpdateNetwork update, CancellationToken cancel = default) => throw new InvalidOperationException();

        public Task<(CreateNetwork? Command, Rejection? Refusal)> ComposeAsync(NetworkRequest request, CancellationToken cancel = default) => throw new InvalidOperationException();

        public Task<IReply> SendAsync(IAddressed message, CancellationToken cancel = default) => throw new InvalidOperationException();

        public Task<IReply> ResolveContainerAsync(string nameOrId, CancellationToken cancel = default) => throw new InvalidOperationException();
    }
}
