using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.SBR;
using Akka.Event;

namespace NetworkCluster.Services;

/// <summary>
/// Akka's split-brain resolver, for machines whose clock is set. It reckons by the wall clock: set back while somebody cannot be reached, it would remove nobody for as long; set ahead, it would take seconds for an
/// unstable hour, and end all members. So it begins anew when the wall clock has left the clock that nobody sets: at worst a decision comes <c>stable-after</c> later.
/// </summary>
/// <param name="system">The member.</param>
/// <param name="cluster">Its cluster.</param>
internal sealed class SteadyDowningProvider(ActorSystem system, Cluster cluster) : IDowningProvider
{
    private readonly SplitBrainResolverProvider _resolver = new(system, cluster);

    public TimeSpan DownRemovalMargin => _resolver.DownRemovalMargin;

    public Props DowningActorProps => Props.Create(() => new SteadyDowning(_resolver.DowningActorProps, TimeProvider.System));
}

/// <summary>The resolver's parent.</summary>
internal sealed class SteadyDowning : ReceiveActor, IWithTimers
{
    // Often: what the resolver does every second it must not do between the jump and the look. No clock that is slewed goes so far between two looks, and two clocks that were not read together say nothing.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100), Jump = TimeSpan.FromMilliseconds(250), Together = TimeSpan.FromMilliseconds(50);

    private readonly Props _resolver;
    private readonly TimeProvider _time;
    private readonly long _began;
    private IActorRef? _child;
    private DateTimeOffset _origin;

    public SteadyDowning(Props resolver, TimeProvider time)
    {
        (_resolver, _time, _began) = (resolver, time, time.GetTimestamp());
        Receive<Look>(_ =>
        {
            if (Origin() is not { } origin) return;
            var set = origin - _origin;
            _origin = origin;
            if (set.Duration() <= Jump) return;
            Context.GetLogger().Warning("The wall clock was set by {0:0.000} s: the split-brain resolver begins anew", set.TotalSeconds);
            Begin();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    // What the wall clock says now of when we began; none where this thread was held up between the two.
    private DateTimeOffset? Origin()
    {
        var before = _time.GetElapsedTime(_began);
        var now = _time.GetUtcNow();
        return _time.GetElapsedTime(_began) - before < Together ? now - before : null;
    }

    protected override void PreStart()
    {
        _origin = _time.GetUtcNow() - _time.GetElapsedTime(_began);
        Begin();
        Timers.StartPeriodicTimer(Look.Instance, Look.Instance, LookEvery);
    }

    private void Begin()
    {
        if (_child is not null) Context.Stop(_child);
        _child = Context.ActorOf(_resolver);
    }

    private sealed class Look
    {
        public static readonly Look Instance = new();
    }
}
