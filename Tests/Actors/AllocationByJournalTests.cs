using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using NetworkCluster.Entities;
using NetworkCluster.Membership;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>Who carries entities where some do not reach the journal.</summary>
public sealed class AllocationByJournalTests
{
    private static readonly IActorRef One = new Region("akka://network-cluster"), Two = new Region("akka.tcp://network-cluster@10.0.0.2:4053"), Three = new Region("akka.tcp://network-cluster@10.0.0.3:4053");

    private static readonly ImmutableDictionary<IActorRef, IImmutableList<string>> Shards = new Dictionary<IActorRef, IImmutableList<string>>
    {
        [One] = ImmutableList.Create("a"),
        [Two] = ImmutableList.Create("b", "c"),
        [Three] = ImmutableList<string>.Empty,
    }.ToImmutableDictionary();

    private readonly Clock _time = new();
    private readonly JournalReach _reach;
    private readonly First _akkas = new();
    private readonly AllocationByJournal _allocation;

    public AllocationByJournalTests()
    {
        _reach = new(_time);
        _allocation = new(_akkas, _reach, "10.0.0.1:4053");
    }

    [Fact]
    public async Task Where_nothing_is_known_or_all_reach_it_the_choice_is_akkas()
    {
        Assert.Equal(["akka's"], await MovesAsync());
        Say(one: false, two: false, three: false, seconds: 6);
        Assert.Equal(["akka's"], await MovesAsync());
    }

    [Fact]
    public async Task Who_alone_has_been_without_it_for_five_seconds_leaves_all_it_carries()
    {
        Say(one: false, two: true, three: false, seconds: 4);
        Assert.Equal(["akka's"], await MovesAsync());
        Say(one: false, two: true, three: false, seconds: 1);
        Assert.Equal(["b", "c"], await MovesAsync());
        Assert.Equal(["c"], await MovesAsync("b"));
    }

    [Fact]
    public async Task This_process_is_no_exception()
    {
        Say(one: true, two: false, three: false, seconds: 5);
        Assert.Equal(["a"], await MovesAsync());
    }

    [Fact]
    public async Task Nothing_moves_when_nobody_reaches_it()
    {
        Say(one: true, two: true, three: true, seconds: 6);
        Assert.Equal(["akka's"], await MovesAsync());
    }

    [Fact]
    public async Task Who_has_it_back_or_says_nothing_any_more_is_as_any_other()
    {
        Say(one: false, two: true, three: false, seconds: 6);
        _reach.Note("10.0.0.2:4053", away: false);
        Assert.Equal(["akka's"], await MovesAsync());
        Say(one: false, two: true, three: false, seconds: 6);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(["akka's"], await MovesAsync());
    }

    [Fact]
    public async Task What_is_new_goes_to_those_that_reach_it_at_once_unless_nobody_does()
    {
        Say(one: true, two: true, three: false, seconds: 0);
        Assert.Equal([Three], await CandidatesAsync());
        Say(one: true, two: true, three: true, seconds: 0);
        Assert.Equal(3, (await CandidatesAsync()).Count);
    }

    private void Say(bool one, bool two, bool three, int seconds)
    {
        for (var second = 0; second <= seconds; second++)
        {
            if (second > 0) _time.Advance(TimeSpan.FromSeconds(1));
            _reach.Note("10.0.0.1:4053", one);
            _reach.Note("10.0.0.2:4053", two);
            _reach.Note("10.0.0.3:4053", three);
        }
    }

    private async Task<IEnumerable<string>> MovesAsync(params string[] moving) => (await _allocation.Rebalance(Shards, moving.ToImmutableHashSet())).Order(StringComparer.Ordinal);

    private async Task<IReadOnlyCollection<IActorRef>> CandidatesAsync()
    {
        await _allocation.AllocateShard(One, "d", Shards);
        return _akkas.Offered;
    }

    /// <summary>Akka's choice, which is told by what it is offered.</summary>
    private sealed class First : IShardAllocationStrategy
    {
        public IReadOnlyCollection<IActorRef> Offered { get; private set; } = [];

        public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
        {
            Offered = [.. currentShardAllocations.Keys];
            return Task.FromResult(Offered.First());
        }

        public Task<IImmutableSet<string>> Rebalance(IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress) =>
            Task.FromResult<IImmutableSet<string>>(ImmutableHashSet.Create("akka's"));
    }

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }

    private sealed class Region(string root) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(Address.Parse(root)) / "system" / "sharding" / "network";

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}
