using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using NetworkCluster.Entities;
using NetworkCluster.Hosting;
using NetworkCluster.Networks;
using NetworkCluster.Services;

namespace NetworkCluster.Gateway;

/// <summary>
/// What other services speak to, see <see cref="ServiceAddress"/>. It decides nothing and keeps nothing but who watches what. The journal is followed while somebody watches, once for all of them.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "an actor's end is PostStop")]
internal sealed class ServiceGateway : ReceiveActor, IWithTimers
{
    /// <summary>The actor's name.</summary>
    public const string Name = "services";

    /// <summary>How many may watch at once; who comes later is refused.</summary>
    public const int MostWatchers = 1000;

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    private readonly IClusterGateway _gateway;
    private readonly EntityRouter _router;
    private readonly IJournalFeed _feed;
    private readonly HashSet<Watch> _watches = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private CancellationTokenSource? _following;
    private bool _follows;
    // Of what is being answered, until it is.
    private Activity? _span;

    public ServiceGateway(IClusterGateway gateway, EntityRouter router, IJournalFeed feed)
    {
        (_gateway, _router, _feed) = (gateway, router, feed);
        Receive<RequestNetwork>(asked => Answer(_gateway.CreateNetworkAsync(asked.Request)));
        Receive<ResolveNetwork>(asked => Answer(_gateway.ResolveNetworkAsync(asked.NameOrId)));
        Receive<UpdateNetwork>(update => Answer(_gateway.UpdateNetworkAsync(update)));
        Receive<WatchNetwork>(watch => Begin(new(watch.Network, Sender)));
        // As one of our own edges sends it, with what this host knows.
        Receive<CreateNetwork>(_ => Refuse($"{nameof(CreateNetwork)} is said by hosts among themselves: send {nameof(RequestNetwork)}"));
        Receive<IRequest>(request => _router.Send(request, Sender));
        Receive<IQuery>(query => _router.Send(query, Sender));
        Receive<IMessage>(message => Refuse($"{message.GetType().Name} is said by hosts among themselves"));

        Receive<Follows>(follows =>
        {
            // One that was stopped meanwhile says so, too.
            if (follows.Run != _following) return;
            _follows = true;
            foreach (var watch in _watches) Show(watch);
        });
        Receive<Happened>(happened =>
        {
            foreach (var watch in _watches.Where(watch => watch.Network == happened.Notice.Network)) watch.Watcher.Tell(happened.Notice, Self);
        });
        Receive<Watch>(over => End(over));
        Receive<Terminated>(gone =>
        {
            foreach (var watch in _watches.Where(watch => watch.Watcher.Equals(gone.ActorRef)).ToList()) End(watch);
        });
        Receive<Status.Failure>(failed => Follow(failed.Cause));
        Receive<Ended>(_ => { });
    }

    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is not IMessage said) return base.AroundReceive(receive, message);
        NodeMetrics.Served(said);
        var span = _span = NodeTraces.Take(Name, said);
        var handled = base.AroundReceive(receive, message);
        if (_span is null) NodeTraces.Leave(span);
        else NodeTraces.End(span);
        return handled;
    }

    private void Answer(Task<IReply> work)
    {
        var span = _span;
        _span = null;
        work.PipeTo(Sender, success: reply =>
        {
            NodeTraces.End(span, reply);
            return reply;
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private sealed record Watch(NetworkId Network, IActorRef Watcher);

    private sealed record Follows(CancellationTokenSource Run);

    private sealed class Ended
    {
        public static readonly Ended Instance = new();
    }

    private sealed record Happened(NetworkNotice Notice);

    protected override void PostStop() => StopFollowing();

    private void Refuse(string why) => Sender.Tell(new Rejected(new InvalidRequest([why])), Self);

    private void Begin(Watch watch)
    {
        if (!_watches.Contains(watch) && _watches.Count >= MostWatchers)
        {
            Refuse($"{MostWatchers} services watch networks at this host already");
            return;
        }

        _watches.Add(watch);
        Context.Watch(watch.Watcher);
        Timers.StartSingleTimer(watch, watch, WatchNetwork.Lease);
        if (_follows) Show(watch);
        else if (_following is null) Follow(null);
    }

    // The view is asked for when what comes after it is heard: nothing is between the two.
    private void Show(Watch watch) => _router.Send(new GetNetwork(watch.Network), watch.Watcher);

    private void End(Watch watch)
    {
        Timers.Cancel(watch);
        if (!_watches.Remove(watch)) return;
        if (!_watches.Any(other => other.Watcher.Equals(watch.Watcher))) Context.Unwatch(watch.Watcher);
        if (_watches.Count == 0) StopFollowing();
    }

    private void StopFollowing()
    {
        _following?.Cancel();
        _following?.Dispose();
        (_following, _follows) = (null, false);
    }

    private void Follow(Exception? cause)
    {
        // Of one that was told to stop.
        if (cause is not null && _following is null) return;
        if (cause is not null) _log.Warning("the journal cannot be followed for those who watch networks, that is tried again: {0}", cause.Message);
        StopFollowing();
        _following = new();
        FollowAsync(Self, cause is null ? TimeSpan.Zero : AskAgain, _following, _following.Token).PipeTo(Self, failure: failed => failed is OperationCanceledException ? Ended.Instance : new Status.Failure(failed));
    }

    private async Task FollowAsync(IActorRef self, TimeSpan after, CancellationTokenSource run, CancellationToken cancel)
    {
        await Task.Delay(after, cancel).ConfigureAwait(false);
        var place = await _feed.EndAsync(cancel).ConfigureAwait(false);
        self.Tell(new Follows(run), ActorRefs.NoSender);
        await foreach (var (entity, fact) in _feed.FactsAsync(place, follow: true, cancel).ConfigureAwait(false))
        {
            if (entity.Kind == EntityKind.Network && NoticeOf(NetworkId.Parse(entity.Id), fact.Fact) is { } notice) self.Tell(new Happened(notice), ActorRefs.NoSender);
        }
    }

    private static NetworkNotice? NoticeOf(NetworkId network, IEvent fact) => fact switch
    {
        NetworkChanged changed => new(network, changed.Revision) { Changed = changed.Spec },
        EndpointAttached attached => new(network, attached.Revision) { Attached = attached.Endpoint },
        EndpointReserved reserved => new(network, reserved.Revision) { Detached = reserved.Endpoint.Id },
        EndpointDetached detached => new(network, detached.Revision) { Detached = detached.Endpoint },
        NetworkDeleted => new(network, long.MaxValue) { Removed = true },
        _ => null,
    };
}
