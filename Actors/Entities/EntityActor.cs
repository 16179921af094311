using System.Collections.Immutable;
using System.Data.Common;
using System.Diagnostics;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Pattern;
using Akka.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NetworkCluster.Hosting;
using NetworkCluster.Serialization;

namespace NetworkCluster.Entities;

/// <summary>
/// The only persist loop: decide, persist, evolve, then send and reply, once, after the last fact. All kinds of entities are this loop around their decider.
/// When the journal fails the outcome is unknown: the sender is told so, the actor stops, and soon recovers what the journal really holds. While the journal is known to be away nothing is
/// tried: what would begin is refused, what is under way waits, questions are answered.
/// </summary>
internal sealed class EntityActor<TState> : UntypedPersistentActor, IWithTimers
{
    private const int FactsPerSnapshot = 500;

    // Longer than anything takes where no message was lost.
    private static readonly TimeSpan ResumesAfter = TimeSpan.FromSeconds(3);

    private readonly EntityKey _key;
    private readonly IDecider<TState> _decider;
    private readonly EntityRouter _router;
    private readonly ILogger _log = NodeLog.Of<EntityActor<TState>>(Context.System);
    private readonly JournalHealth _health;
    private readonly EntityTraits _traits;
    // Those who came while the journal was being read or written.
    private readonly List<(IAddressed Message, IActorRef Sender)> _behind = [];
    // Those that wait for something else to end. Whenever anything has happened they are looked at again, and what they order meanwhile must not be ordered again each time.
    private readonly HashSet<IAddressed> _deferred = new(ReferenceEqualityComparer.Instance);
    private readonly Repeats _repeats = new();
    private TState _state;
    private IActorRef? _asker;
    private IAddressed? _asked;
    // Of what is being done, where that is traced.
    private Activity? _span;
    private Activity? _writing;
    private readonly long _born = Stopwatch.GetTimestamp();
    private TimeSpan? _recovered;
    private long _snapshotAt;
    private int _snapshotFacts;
    private bool _writes;
    private bool _waits;

    public EntityActor(EntityKey key, IDecider<TState> decider, EntityRouter router, JournalHealth health, EntityTraits traits)
    {
        PersistenceId = key.PersistenceId;
        (_key, _health) = (key, health);
        _traits = traits;
        _decider = decider;
        _router = router;
        _state = decider.Empty(key.Id);
    }

    public override string PersistenceId { get; }

    public override Recovery Recovery => _traits.Snapshots ? Recovery.Default : new Recovery(SnapshotSelectionCriteria.None);

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: EntitySnapshot snapshot } offer:
                foreach (var fact in snapshot.Facts) _state = _decider.Evolve(_state, fact);
                (_snapshotAt, _snapshotFacts) = (offer.Metadata.SequenceNr, snapshot.Weight);
                break;
            case IEvent fact:
                _state = _decider.Evolve(_state, fact);
                break;
            case RecoveryCompleted:
                _recovered = Stopwatch.GetElapsedTime(_born);
                _behind.Clear();
                _health.Forget(_key);
                Resume();
                break;
        }
    }

    // Messages get lost where a process dies; what a root has begun is sent again until it is over, and those who have had it already know.
    private void Resume()
    {
        var unfinished = _decider.Resume(_state);
        foreach (var message in unfinished) _router.Send(message, ActorRefs.NoSender);
        if (!unfinished.IsEmpty) ResumeLater();
    }

    private void ResumeLater()
    {
        if (_traits.IsRoot && !Timers.IsTimerActive(ResumeTick.Instance)) Timers.StartSingleTimer(ResumeTick.Instance, ResumeTick.Instance, ResumesAfter);
    }

    protected override bool AroundReceive(Receive receive, object message)
    {
        // The base class keeps them, too, but says nothing to anybody when the journal fails.
        if (message is IAddressed addressed && (_writes || IsRecovering)) _behind.Add((addressed, Sender));
        return base.AroundReceive(receive, message);
    }

    protected override void OnCommand(object message)
    {
        if (message is JournalIsBack)
        {
            _waits = false;
            Stash.UnstashAll();
            return;
        }

        if (message is ResumeTick)
        {
            Resume();
            return;
        }

        if (message is SaveSnapshotSuccess saved)
        {
            DeleteSnapshots(new(saved.Metadata.SequenceNr - 1));
            return;
        }

        // To come into memory is all that a woken one is asked; what else is not addressed are the snapshot store's other answers.
        if (message is WakeEntity || message is not IAddressed command) return;
        _span = NodeTraces.Take(_key.Kind.ToString().ToLowerInvariant(), command);
        // Whoever came first has waited for it.
        if (_recovered is { } recovered) _span.Tell("recovery_ms", recovered.TotalMilliseconds);
        _recovered = null;
        Handle(command);
        // Until the journal has its facts.
        if (_writes) NodeTraces.Leave(_span);
        else EndSpan();
    }

    private void EndSpan(IReply? answer = null)
    {
        NodeTraces.End(_span, answer);
        _span = null;
    }

    private void Handle(IAddressed command)
    {
        if (_repeats.IsOver(command)) return;
        var decision = _decider.Decide(_state, command);
        if (decision.Defer)
        {
            if (_deferred.Add(command)) Send(decision, Sender);
            _span.Tell("deferred", true);
            Stash.Stash();
            return;
        }

        _deferred.Remove(command);
        decision = _repeats.Allow(command, decision);
        var facts = decision.Events.Where(fact => fact is not IEphemeralEvent).ToImmutableArray();
        if (!facts.IsEmpty && _health.Outage is { } outage)
        {
            Postpone(command, outage);
            return;
        }

        _repeats.Take(command);
        (_asker, _asked) = (Sender, command);
        foreach (var needed in decision.Wakes) _router.Send(new WakeEntity(needed), ActorRefs.NoSender);
        if (decision.SendsFirst) Send(decision, Sender);
        if (facts.IsEmpty)
        {
            Finish(decision, Sender);
            return;
        }

        var (sender, left, began) = (Sender, facts.Length, Stopwatch.GetTimestamp());
        _writes = true;
        _writing = NodeTraces.Step("journal write", ActivityKind.Client).Tell("facts", left);
        PersistAll(facts, _ =>
        {
            if (--left > 0) return;
            _writes = false;
            NodeMetrics.Written(_key.Kind, Stopwatch.GetElapsedTime(began));
            _writing?.Dispose();
            NodeTraces.GoOn(_span);
            _behind.Clear();
            Finish(decision, sender);
            EndSpan();
        });
    }

    private void Postpone(IAddressed command, JournalOutage outage)
    {
        if (command.IsAskedBy(Sender))
        {
            EndSpan(outage.Refusal);
            Sender.Tell(outage.Refusal, Self);
            return;
        }

        _span.Tell("deferred", true);
        Stash.Stash();
        if (_waits) return;
        _waits = true;
        JournalIsBack.TellAfter(outage, Self);
    }

    private void Finish(Decision decision, IActorRef sender)
    {
        foreach (var fact in decision.Events) _state = _decider.Evolve(_state, fact);
        if (!decision.SendsFirst) Send(decision, sender);
        foreach (var (delay, message) in decision.Timers) Timers.StartSingleTimer(message, message, delay);
        if (decision.Reply is { } reply)
        {
            if (reply is Rejected rejected) NodeTraces.Fail(_span, rejected.Reason, _asked);
            sender.Tell(reply, Self);
        }

        if (!decision.Events.IsEmpty)
        {
            Stash.UnstashAll();
            ResumeLater();
        }

        // What is large is not written anew until as much has come: a snapshot costs each fact the same, however many there are, and a recovery reads at most twice what there is.
        if (!_traits.Snapshots || LastSequenceNr - _snapshotAt < Math.Max(FactsPerSnapshot, _snapshotFacts)) return;
        var snapshot = new EntitySnapshot(_decider.Compact(_state));
        (_snapshotAt, _snapshotFacts) = (LastSequenceNr, snapshot.Weight);
        SaveSnapshot(snapshot);
    }

    private void Send(Decision decision, IActorRef sender)
    {
        foreach (var message in decision.Sends) _router.Send(message, sender);
        foreach (var message in decision.Orders) _router.Send(message, ActorRefs.NoSender);
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Unknown(cause, again: true);

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        // Nothing of a batch that cannot be written was written; the state in memory is still that of the journal, but its sequence is not: begin again.
        Unknown(cause, again: false);
        Context.Stop(Self);
    }

    private void Unknown(Exception cause, bool again)
    {
        NodeMetrics.NotWritten(_key.Kind);
        _log.Say(LogLevel.Error, $"{PersistenceId}: the journal did not take the facts of {_asked?.GetType().Name}", _asked, cause);
        NodeTraces.GoOn(_span);
        _writing.Fail("Fault", cause.GetBaseException().Message);
        _writing?.Dispose();
        EndSpan(new Rejected(new OutcomeUnknown(cause.GetBaseException().Message)));
        // Another write has its number, or that of another entity in the same batch: nothing of the batch is written, and who recovers decides anew.
        var refused = Causes(cause).Any(one => one is DbException { SqlState: ['2', '3', ..] });
        var passes = Passes(cause);
        if (IsFull(cause)) _health.Deny(NoRoom, Context.System.Scheduler.Now);
        else if (passes) _health.Doubt(cause, Context.System.Scheduler.Now);
        _health.Remember(_key, _state);
        // Not before whoever recovers is there: what comes to one that is about to stop is lost.
        if (IsDenied(cause) && _asked is { } first && first.IsAskedBy(_asker)) Context.System.Scheduler.ScheduleTellOnce(EntityRouter.RecoversAfter, _asker!, new Rejected(new JournalUnavailable(Context.System.Scheduler.Now, IsFull(cause) ? NoRoom : cause.GetBaseException().Message)), ActorRefs.NoSender);
        else if (!refused && !_asker.IsNobody()) _asker!.Tell(new Rejected(new OutcomeUnknown($"the journal did not answer for {PersistenceId} ({cause.GetBaseException().Message})")), Self);
        LeaveThoseBehind(cause, again: true);
        if (_asked is { } asked && (refused || again && passes && !asked.IsAskedBy(_asker))) Again(asked, _asker);
        Again(new WakeEntity(_key), ActorRefs.NoSender);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        // What cannot be read today cannot be read tomorrow: nobody tries again by itself.
        var passes = Passes(reason);
        if (passes)
        {
            _health.Doubt(reason, Context.System.Scheduler.Now);
            _health.Remember(_key, null);
        }

        LeaveThoseBehind(reason, again: passes);
        base.OnRecoveryFailure(reason, message);
    }

    // Nothing was done about them. What would begin is refused, and what carries on something that began goes to whoever recovers: it may come twice without harm.
    private void LeaveThoseBehind(Exception cause, bool again)
    {
        var refusal = _health.Outage?.Refusal ?? new Rejected(new JournalUnavailable(Context.System.Scheduler.Now, cause.GetBaseException().Message));
        foreach (var (message, sender) in _behind)
        {
            _health.Answer(message);
            if (message.IsAskedBy(sender)) sender.Tell(refusal, Self);
            else if (again) Again(message, sender);
        }

        _behind.Clear();
    }

    private const string NoRoom = "its disk is full: make room on it";

    // Whether the database has said that it takes no writes now (read-only transactions, SQLSTATE 25), or has no room for them (53): nothing was written.
    private static bool IsDenied(Exception cause) => Causes(cause).Any(one => one is DbException { SqlState: ['2', '5', ..] or ['5', '3', ..] } || IsFull(one));

    // SQLITE_FULL: the transaction is rolled back.
    private static bool IsFull(Exception cause) => Causes(cause).Any(one => one is SqliteException { SqliteErrorCode: 13 } or DbException { SqlState: "53100" });

    // Whether it is the way to the journal or its state, and not what was to be written or read: connections (SQLSTATE 08), read-only (25), rollbacks (40), resources, operators and systems (53 to 58).
    private static bool Passes(Exception cause) =>
        Causes(cause).Any(one => one is TimeoutException or RecoveryTimedOutException or OpenCircuitException or SocketException or IOException or ObjectDisposedException or DbException { SqlState: null or ['0', '8', ..] or ['2', '5', ..] or ['4', '0', ..] or ['5', ..] });

    // A rollback that fails, too, comes with what it was for.
    private static IEnumerable<Exception> Causes(Exception cause) =>
        cause is AggregateException several ? several.InnerExceptions.SelectMany(Causes).Prepend(cause) : cause.InnerException is { } inner ? Causes(inner).Prepend(cause) : [cause];

    private sealed class ResumeTick
    {
        public static readonly ResumeTick Instance = new();
    }

    private void Again(IAddressed message, IActorRef? sender) => _router.SendToNext(Context.System.Scheduler, message, sender);
}
