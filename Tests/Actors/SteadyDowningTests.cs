using Akka.Actor;
using Akka.TestKit.Xunit2;
using NetworkCluster.Services;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>What the split-brain resolver knows of times ends when the wall clock is set, and only then.</summary>
public sealed class SteadyDowningTests : TestKit
{
    [Fact]
    public void The_resolver_begins_anew_when_the_wall_clock_is_set_and_not_when_time_passes()
    {
        var time = new SetTime();
        Sys.ActorOf(Props.Create(() => new SteadyDowning(Props.Create(() => new Resolver(TestActor)), time)));
        ExpectMsg("begins");

        foreach (var jump in (TimeSpan[])[TimeSpan.FromHours(1), TimeSpan.FromHours(-2)])
        {
            time.Set(jump);
            ExpectMsgAllOf(["begins", "is over"]);
        }

        // Both clocks go on, by less at a time than one of them could be read before and the other after: nothing has happened after several looks.
        for (var i = 0; i < 1000; i++) time.Pass(TimeSpan.FromMilliseconds(200));
        ExpectNoMsg(TimeSpan.FromMilliseconds(500));
    }

    private sealed class Resolver(IActorRef tell) : ReceiveActor
    {
        protected override void PreStart() => tell.Tell("begins");

        protected override void PostStop() => tell.Tell("is over");
    }

    private sealed class SetTime : TimeProvider
    {
        private readonly Lock _lock = new();
        private TimeSpan _passed, _set;

        public void Set(TimeSpan by)
        {
            lock (_lock) _set += by;
        }

        public void Pass(TimeSpan by)
        {
            lock (_lock) _passed += by;
        }

        public override DateTimeOffset GetUtcNow()
        {
            lock (_lock) return DateTimeOffset.UnixEpoch.AddDays(1) + _passed + _set;
        }

        public override long GetTimestamp()
        {
            lock (_lock) return _passed.Ticks;
        }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
