using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Dns;
using NetworkCluster.Endpoints;
using NetworkCluster.Entities;
using NetworkCluster.Hosting;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Membership;
using NetworkCluster.Networks;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace NetworkCluster.Agents;

/// <summary>
/// The process on a host that puts wishes into its kernel. It decides nothing: it joins under a new life, is told what it is to have, and answers each wish when
/// the kernel and DNS have it. Work for one container is done in order; different containers run side by side. If it stops anywhere, the next life begins with a join.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "an actor's end is PostStop")]
internal sealed partial class HostAgent : ReceiveActor, IWithUnboundedStash, IWithTimers
{
    private static readonly TimeSpan JoinRetry = TimeSpan.FromSeconds(1);
    // What is asked of an entity that moves may be lost, or refused.
    private static readonly TimeSpan AsksAgain = TimeSpan.FromSeconds(2);
    // A host that does not say by then that it reaches a new endpoint is dead or cut off, or says it to somebody who no longer asks.
    private static readonly TimeSpan ReachPatience = TimeSpan.FromSeconds(1);

    // For those who tell us something from outside.
    private readonly IActorRef _self = Context.Self;
    private readonly HostId _host;
    private readonly string _token;
    private readonly InetAddress? _vtep;
    private readonly EntityRouter _router;
    private readonly IHostNetworking _networking;
    private readonly ISandboxServices _services;
    private readonly NameTable _names;
    private readonly TimeProvider _time;
    private readonly TimeSpan _reconcileEvery;
    private readonly TimeSpan _followPatience;
    private readonly KnownViews _views;
    private readonly Lanes<ContainerId> _lanes = new();
    private readonly Dictionary<ContainerId, (ContainerSpec Spec, Task<Sandbox> Sandbox)> _sandboxes = [];
    private readonly HashSet<ContainerId> _linked = [];
    // Those whose end the host has not answered yet.
    private readonly Dictionary<ContainerId, CommandExited> _exited = [];
    private readonly Arrivals _arrivals;
    private readonly Departures _departures = new();
    private readonly Preparations _preparations = new();
    private readonly TaskCompletionSource _networksThere = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    // For what is about one thing.
    private readonly ILogger _lines = NodeLog.Of<HostAgent>(Context.System);
    private HostObservation? _observed;
    private Incarnation _incarnation;
    private HostWelcome? _welcome;
    // Of the message that is taken, until a piece of work has it.
    private Activity? _span;
    // Of those that the kernel has and that are not answered yet.
    private readonly Dictionary<EndpointId, Activity> _arriving = [];

    public HostAgent(AgentSettings settings, EntityRouter router, IHostNetworking networking, ISandboxServices services, NameTable names, TimeProvider time)
    {
        (_host, _token, _vtep, _reconcileEvery, _followPatience) = (settings.Host, settings.Token, settings.Vtep, settings.ReconcileEvery, settings.FollowPatience);
        (_router, _networking, _services, _names, _time) = (router, networking, services, names, time);
        _views = new(_host, names);
        _arrivals = new(_views);
        Joining();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    private sealed record Observed(HostObservation What);

    private sealed record Failed(Exception Cause);

    private sealed record Opened(ImmutableArray<ContainerId> Alive);

    private sealed record Worked(IAddressed? Answer, ContainerId? Lane)
    {
        public Activity? Span { get; init; }
    }

    private sealed record NotFollowed(Preparation Preparation);

    private sealed record NotAdopted(HostWelcome Welcome, Exception Cause);

    private sealed class ListTick
    {
        public static readonly ListTick Instance = new();
    }

    private sealed class JoinTick
    {
        public static readonly JoinTick Instance = new();
    }

    private sealed class ReconcileTick
    {
        public static readonly ReconcileTick Instance = new();
    }

    private sealed record Remade(ContainerId Container);

    private sealed class Reconciled
    {
        public static readonly Reconciled Instance = new();
    }

    private sealed class LookTick
    {
        public static readonly LookTick Instance = new();
    }

    protected override void PreStart()
    {
        _networking.LentLinkGone += Lost;
        Look();
    }

    // On any thread: in which life that is, is said when it is taken.
    private void Lost(ContainerId container, EndpointId endpoint) => _self.Tell(new EngineEndpointGone(_host, container, endpoint, default), ActorRefs.NoSender);

    protected override bool AroundReceive(Receive receive, object message)
    {
        var span = _span = message is IAddressed addressed ? NodeTraces.Take(AgentDirectory.AgentName, addressed) : null;
        var handled = base.AroundReceive(receive, message);
        if (TakeSpan() is null) NodeTraces.Leave(span);
        else NodeTraces.End(span);
        return handled;
    }

    private Activity? TakeSpan()
    {
        var span = _span;
        _span = null;
        return span;
    }

    private void Look() => _networking.StartAsync(_stopping.Token).PipeTo(Self, success: what => new Observed(what), failure: cause => new Failed(cause));

    protected override void PostStop()
    {
        _networking.LentLinkGone -= Lost;
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private void Joining()
    {
        Receive<Observed>(observed =>
        {
            _observed = observed.What;
            Timers.StartPeriodicTimer(nameof(JoinTick), JoinTick.Instance, TimeSpan.Zero, JoinRetry);
        });
        // Without a look at the kernel nothing can be adopted, and whatever we did would be a guess.
        Receive<Failed>(failed =>
        {
            _log.Error("the host's kernel could not be observed, that is tried again: {0}", failed.Cause.Message);
            Timers.StartSingleTimer(nameof(LookTick), LookTick.Instance, JoinRetry);
        });
        Receive<LookTick>(_ => Look());
        Receive<JoinTick>(_ => Join([.. _observed!.Sandboxes], [.. _observed.Endpoints]));
        Receive<HostWelcome>(welcome => welcome.Host == _host, Welcomed);
        Receive<IReply>(_ => { });
        ReceiveAny(_ => Stash.Stash());
    }

    private void Join(ImmutableArray<ContainerId> alive, ImmutableArray<EndpointId> linked) =>
        _router.Send(new JoinHost(_host, _token, alive, _time.GetUtcNow()) { Vtep = _vtep, Linked = linked }, Self);

    private void Welcomed(HostWelcome welcome)
    {
        Timers.Cancel(nameof(JoinTick));
        _lines.Say(LogLevel.Information, $"joined as {_host} in life {welcome.Incarnation}; {welcome.Running.Length} containers live on", null, (MessageSubject.Host, _host), (MessageSubject.Incarnation, welcome.Incarnation));
        (_incarnation, _welcome) = (welcome.Incarnation, welcome);
        Become(Ready);
        foreach (var container in welcome.Running.Where(container => container.Spec.Mode != SandboxMode.Engine)) Adopt(container.Spec);
        Stash.UnstashAll();
        Timers.StartPeriodicTimer(nameof(ListTick), ListTick.Instance, TimeSpan.Zero, AsksAgain);
        Timers.StartPeriodicTimer(nameof(ReconcileTick), ReconcileTick.Instance, _reconcileEvery);
        var self = Self;
        _networking.GuardAsync(remade => self.Tell(new Remade(remade)), _stopping.Token).PipeTo(Self, success: () => new Worked(null, null), failure: cause => new Failed(cause));
    }

    private void Ready()
    {
        Receive<ListTick>(_ => _router.Send(new ListNetworks(AddressSpaceId.Of(_host)), Self));
        Receive<NetworkList>(list =>
        {
            // The first one: a later one may lack what has been made since.
            if (_welcome is not { } welcome) return;
            _welcome = null;
            Timers.Cancel(nameof(ListTick));
            AdoptAsync(list, welcome).PipeTo(Self, success: () => new Worked(null, null), failure: cause => new NotAdopted(welcome, cause));
        });
        // All the rest waits for it.
        Receive<NotAdopted>(failed =>
        {
            _log.Error(failed.Cause, "the host's kernel could not be swept, that is tried again");
            _welcome = failed.Welcome;
            Timers.StartPeriodicTimer(nameof(ListTick), ListTick.Instance, AsksAgain, AsksAgain);
        });
        Receive<PrepareEndpoint>(prepare => Prepare(prepare.Bind));
        Receive<NotFollowed>(late => TakeBack(late.Preparation));
        Receive<ProgramEndpoint>(program => Program(program.Bind));
        Receive<WithdrawEndpoint>(withdraw => Withdraw(withdraw.Withdrawal));
        Receive<ViewChanged>(change =>
        {
            var news = _views.Take(change);
            if (news == ViewNews.Missed) AskForView(change.Spec.Id);
            Reach(change, news);
            NameAgain(change.Spec);
            Answer(_arrivals.Seen(change.Spec.Id));
        });
        Receive<ViewRevision>(last =>
        {
            if (_views.RevisionOf(last.Id) < last.Revision) AskForView(last.Id);
        });
        Receive<ViewTick>(AskForView);
        Receive<ViewSnapshot>(snapshot =>
        {
            Timers.Cancel(snapshot.View.Spec.Id);
            var known = _views.OthersOf(snapshot.View.Spec.Id);
            Reach(snapshot.View, _views.Take(snapshot.View), known);
            NameAgain(snapshot.View.Spec);
            Answer(_arrivals.Seen(snapshot.View));
        });
        Receive<Reached>(Reach);
        Receive<EndpointReachable>(reachable => Answer(_arrivals.ReachedBy(reachable)));
        Receive<NotReached>(late => Answer(_arrivals.GiveUp(late.Endpoint)));
        Receive<ApplyNetwork>(apply => Answer(ApplyAsync(apply.Spec)));
        Receive<WithdrawNetwork>(withdraw => Answer(WithdrawAsync(withdraw.Dismantle)));
        Receive<StartSandbox>(start => InLane(start.Container.Id, StartSandboxAsync(start)));
        Receive<RunCommand>(run => InLane(run.Container.Id, async () => await RunCommandAsync(run)));
        // Beside the lanes: it may take long, and who is out of patience comes after whoever had some.
        Receive<EndCommand>(end =>
        {
            var span = TakeSpan();
            EndCommandAsync(end).PipeTo(Self, Sender, success: worked => worked with { Span = span }, failure: cause => Over(cause, span));
        });
        Receive<StopSandbox>(stop => Stop(stop));
        Receive<CommandExited>(exited =>
        {
            _exited[exited.Container] = exited;
            _router.Send(exited, ActorRefs.NoSender);
        });
        Receive<RejoinHost>(rejoin => rejoin.Incarnation == _incarnation, _ => OpenedAsync().PipeTo(Self));
        Receive<Opened>(opened => Join(opened.Alive, _networking.Lent));
        Receive<EngineEndpointGone>(gone => _router.Send(gone with { Incarnation = _incarnation }, ActorRefs.NoSender));
        Receive<HostWelcome>(_ =>
        {
            // What its entity had not written when it lost its memory.
            foreach (var exited in _exited.Values) _router.Send(exited, ActorRefs.NoSender);
        });
        Receive<Worked>(Done);
        Receive<Failed>(failed => _log.Error(failed.Cause, "work in the background failed"));
        Receive<ReconcileTick>(_ => _networking.ReconcileAsync(_stopping.Token).PipeTo(Self, success: () => Reconciled.Instance, failure: cause => new Failed(cause)));
        Receive<Reconciled>(_ =>
        {
            foreach (var container in _sandboxes.Keys) Reopen(container);
        });
        Receive<Remade>(remade => Reopen(remade.Container));
        Receive<IReply>(_ => { });
    }

    private void Done(Worked worked)
    {
        if (worked.Lane is { } lane) _lanes.Finished(lane);
        NodeTraces.GoOn(worked.Span);
        switch (worked.Answer)
        {
            case null:
                break;
            case EndpointApplied { Failure: null } applied when !_arrivals.Arrived(applied.Bind, Sender):
                // The kernel has it, but we do not know its names yet, or not every host reaches it: the answer waits.
                if (_views.RevisionOf(applied.Bind.Network.Id) < applied.Bind.Revision) AskForView(applied.Bind.Network.Id);
                if (applied.Bind.IsNews) Timers.StartSingleTimer(applied.Bind.Endpoint.Id, new NotReached(applied.Bind.Endpoint.Id), ReachPatience);
                if (worked.Span is not { } span) return;
                span.AddEvent(new("the kernel has it"));
                _arriving[applied.Bind.Endpoint.Id] = span;
                NodeTraces.Leave(span);
                return;
            case EndpointApplied { Failure: not null } applied:
                _arrivals.Forget(applied.Bind.Endpoint.Id);
                _router.Send(applied, Sender);
                break;
            default:
                _router.Send(worked.Answer, Sender);
                if (worked.Answer is EndpointApplied { Bind: var bind }) Attached(bind);
                break;
        }

        NodeTraces.Fail(worked.Span, FailureOf(worked.Answer));
        NodeTraces.End(worked.Span);
    }

    // Somebody took it away before everybody could reach it.
    private void ForgetArriving(EndpointId endpoint)
    {
        if (!_arriving.Remove(endpoint, out var span)) return;
        var outer = Activity.Current;
        span.Fail("Fault", "it was detached before it could be answered");
        NodeTraces.End(span);
        Activity.Current = outer;
    }

    private void Attached(BindEndpoint bind) =>
        _lines.Say(LogLevel.Information, $"{bind.Endpoint.Spec.ContainerName} is in network {bind.Network.Name}", bind);

    private static Rejection? FailureOf(IAddressed? answer) => answer switch
    {
        EndpointApplied applied => applied.Failure,
        NetworkApplied applied => applied.Failure,
        SandboxStarted started => started.Failure,
        CommandStarted started => started.Failure,
        _ => null,
    };

    private static Failed Over(Exception cause, Activity? span)
    {
        span.Fail("Fault", cause.Message);
        NodeTraces.End(span);
        return new(cause);
    }

    private void Answer(IEnumerable<(BindEndpoint Bind, IActorRef Asker)> arrived)
    {
        foreach (var (bind, asker) in arrived)
        {
            Timers.Cancel(bind.Endpoint.Id);
            var outer = Activity.Current;
            if (_arriving.Remove(bind.Endpoint.Id, out var span)) NodeTraces.GoOn(span);
            _router.Send(new EndpointApplied(bind), asker);
            NodeTraces.End(span);
            if (span is not null) Activity.Current = outer;
            Attached(bind);
        }
    }

    // The asker travels along as the sender of our own notice, so that the answer goes on in its name.
    private void Answer(Task<IAddressed> work)
    {
        var span = TakeSpan();
        work.PipeTo(Self, Sender, success: answer => new Worked(answer, null) { Span = span }, failure: cause => Over(cause, span));
    }

    // Said before the next work in the lane begins, so that what is answered later is done later.
    private void InLane(ContainerId container, Func<Task<IAddressed?>> work)
    {
        var (self, asker, span) = (Self, Sender, TakeSpan());
        _lanes.Run(container, async () =>
        {
            IAddressed? answer = null;
            try
            {
                answer = await work().ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Only when we stop.
            }
            finally
            {
                self.Tell(new Worked(answer, container) { Span = span }, asker);
            }
        });
    }
}
