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
/// What comes while the journal writes waits, and is written together: each is decided on what those before it will have made so, and nothing of it is sent or answered until the journal has them all.
/// When the journal fails the outcome is unknown: the sender is told so, the actor stops, and soon recovers what the journal really holds. While the journal is known to be away nothing is
/// tried: what would begin is refused, what is under way waits, questions are answered.
/// </summary>
internal sealed class EntityActor<TState> : UntypedPersistentActor, IWithTimers
{
    private const int FactsPerSnapshot = 500;
    private const int MostFactsAtOnce = 100;

    // Longer than anything takes where no message was lost.
    private static readonly TimeSpan ResumesAfter = TimeSpan.FromSeconds(3);

    private readonly EntityKey _key;
    private readonly IDecider<TState> _decider;
    private readonly EntityRouter _router;
    private readonly ILogger _log = NodeLog.Of<EntityActor<TState>>(Context.System);
    private readonly JournalHealth _health;
    private readonly EntityTraits _traits;
    // Those who came while the journal was being read.
    private readonly List<(IAddressed Message, IActorRef Sender)> _behind = [];
    // Those who came while it was being written, in their order.
    private readonly LinkedList<(object Message, IActorRef Sender)> _waiting = [];
    // Those that wait for something else to end. Whenever anything has happened they are looked at again, and what they order meanwhile must not be ordered again each time.
    private readonly List<(object Message, IActorRef Sender)> _parked = [];
    private readonly HashSet<IAddressed> _deferred = new(ReferenceEqualityComparer.Instance);
    // What is being written together, with what is answered in its wake.
    private readonly List<Decided> _batch = [];
    private readonly Repeats _repeats = new();
    // What is so when all of the batch but its last is written; and before that.
    private TState _state;
    private TState _before;
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
        _state = _before = decider.Empty(key.Id);
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
                _before = _state;
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
        if (IsRecovering && message is IAddressed addressed) _behind.Add((addressed, Sender));
        return base.AroundReceive(receive, message);
    }

    protected override void OnCommand(object message)
    {
        _waiting.AddLast((message, Sender));
        if (!_writes) DoWhatWaits();
    }

    private void DoWhatWaits()
    {
        while (_waiting.First is { } next)
        {
            _waiting.RemoveFirst();
            if (Handle(next.Value.Message, next.Value.Sender)) continue;
            _waiting.AddFirst(next);
            break;
        }

        if (_batch.Count > 0) Write();
    }

    // Whether it is done, or will be when the batch is written; otherwise the batch has to be written first.
    private bool Handle(object message, IActorRef sender)
    {
        // To come into memory is all that a woken one is asked; what else is not addressed are the snapshot store's other answers.
        if (message is IAddressed command) return message is WakeEntity || Handle(command, sender);
        if (_batch.Count > 0) return false;
        switch (message)
        {
            case JournalIsBack:
                _waits = false;
                LookAgain();
                break;
            case ResumeTick:
                Resume();
                break;
            case SaveSnapshotSuccess saved:
                DeleteSnapshots(new(saved.Metadata.SequenceNr - 1));
                break;
        }

        return true;
    }

    private bool Handle(IAddressed command, IActorRef sender)
    {
        var facts = _batch.Sum(decided => decided.Facts.Length);
        if (facts >= MostFactsAtOnce) return false;
        if (_repeats.IsOver(command)) return true;
        if (_batch is [.., { IsSo: false } last]) _batch[^1] = Evolve(last);
        var decision = _decider.Decide(_state, command);
        // What is sent at once may say only what is so.
        if (facts > 0 && (decision.Defer || decision.SendsFirst)) return false;
        var span = NodeTraces.Take(_key.Kind.ToString().ToLowerInvariant(), command);
        // Whoever came first has waited for it.
        if (_recovered is { } recovered) span.Tell("recovery_ms", recovered.TotalMilliseconds);
        _recovered = null;
        if (decision.Defer)
        {
            if (_deferred.Add(command)) Send(decision, sender);
            Park(command, sender, span);
            return true;
        }

        _deferred.Remove(command);
        decision = _repeats.Allow(command, decision);
        var decided = new Decided(command, sender, decision, [.. decision.Events.Where(fact => fact is not IEphemeralEvent)], span);
        if (!decided.Facts.IsEmpty && _health.Outage is { } outage)
        {
            Postpone(decided, outage);
            return true;
        }

        _repeats.Take(command);
        foreach (var needed in decision.Wakes) _router.Send(new WakeEntity(needed), ActorRefs.NoSender);
        foreach (var hint in decision.Hints) _router.Send(hint, ActorRefs.NoSender);
        if (decision.SendsFirst) Send(decision, sender);
        _batch.Add(decided);
        // A question alone, or what changes nothing.
        if (facts == 0 && decided.Facts.IsEmpty) Finish();
        else NodeTraces.Leave(span);
        return true;
    }

    private Decided Evolve(Decided decided)
    {
        foreach (var fact in decided.Decision.Events) _state = _decider.Evolve(_state, fact);
        return decided with { IsSo = true };
    }

    private void Write()
    {
        ImmutableArray<IEvent> facts = [.. _batch.SelectMany(decided => decided.Facts)];
        var (left, began) = (facts.Length, Stopwatch.GetTimestamp());
        _writes = true;
        var first = _batch.Find(decided => decided.Span is not null)?.Span;
        NodeTraces.GoOn(first);
        _writing = NodeTraces.Step("journal write", ActivityKind.Client).Tell("facts", left);
        NodeTraces.Leave(first);
        // Not the one that keeps by itself what comes meanwhile: we would not see it.
        PersistAllAsync(facts, _ =>
        {
            if (--left > 0) return;
            _writes = false;
            NodeMetrics.Written(_key.Kind, Stopwatch.GetElapsedTime(began));
            _writing?.Dispose();
            Finish();
            DoWhatWaits();
        });
    }

    private void Park(object message, IActorRef sender, Activity? span)
    {
        span.Tell("deferred", true);
        NodeTraces.End(span);
        _parked.Add((message, sender));
    }

    private void Postpone(Decided decided, JournalOutage outage)
    {
        if (decided.Command.IsAskedBy(decided.Sender))
        {
            NodeTraces.End(decided.Span, outage.Refusal);
            decided.Sender.Tell(outage.Refusal, Self);
            return;
        }

        Park(decided.Command, decided.Sender, decided.Span);
        if (_waits) return;
        _waits = true;
        JournalIsBack.TellAfter(outage, Self);
    }

    // Before those that came later.
    private void LookAgain()
    {
        for (var at = _parked.Count - 1; at >= 0; at--) _waiting.AddFirst(_parked[at]);
        _parked.Clear();
    }

    // The batch is in the journal, or there is nothing of it to be there.
    private void Finish()
    {
        if (_batch is [.., { IsSo: false } last]) _batch[^1] = Evolve(last);
        _before = _state;
        foreach (var (command, sender, decision, _, span) in _batch)
        {
            NodeTraces.GoOn(span);
            if (!decision.SendsFirst) Send(decision, sender);
            foreach (var (delay, message) in decision.Timers) Timers.StartSingleTimer(message, message, delay);
            if (decision.Reply is { } reply)
            {
                if (reply is Rejected rejected) NodeTraces.Fail(span, rejected.Reason, command);
                sender.Tell(reply, Self);
            }

            NodeTraces.End(span);
        }

        var changed = _batch.Exists(decided => !decided.Decision.Events.IsEmpty);
        _batch.Clear();
        if (changed)
        {
            LookAgain();
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
        // Nothing of a batch that cannot be written was written, and what is in memory may be more than the journal has: begin again.
        Unknown(cause, again: false);
        Context.Stop(Self);
    }

    private void Unknown(Exception cause, bool again)
    {
        NodeMetrics.NotWritten(_key.Kind);
        var commands = _batch.Where(decided => !decided.Facts.IsEmpty).ToList();
        _log.Say(LogLevel.Error, $"{PersistenceId}: the journal did not take the facts of {string.Join(", ", commands.Select(decided => decided.Command.GetType().Name).Distinct())}", commands.FirstOrDefault()?.Command, cause);
        _writing.Fail("Fault", cause.GetBaseException().Message);
        _writing?.Dispose();
        // Another write has its number, or that of another entity in the same batch: nothing of the batch is written, and who recovers decides anew.
        var refused = Causes(cause).Any(one => one is DbException { SqlState: ['2', '3', ..] });
        var passes = Passes(cause);
        if (IsFull(cause)) _health.Deny(NoRoom, Context.System.Scheduler.Now);
        else if (passes) _health.Doubt(cause, Context.System.Scheduler.Now);
        // One that changes in place knows more by now than is written, where several were written together.
        _health.Remember(_key, _traits.ChangesInPlace && _batch.Exists(decided => decided.IsSo && !decided.Facts.IsEmpty) ? null : _before);
        foreach (var (asked, asker, _, facts, span) in _batch)
        {
            NodeTraces.GoOn(span);
            NodeTraces.End(span, new Rejected(new OutcomeUnknown(cause.GetBaseException().Message)));
            if (facts.IsEmpty)
            {
                // It is not among those that lie here still.
                LeaveBehind(asked, asker, Refusal(cause), again: true);
                continue;
            }

            // Not before whoever recovers is there: what comes to one that is about to stop is lost.
            if (IsDenied(cause) && asked.IsAskedBy(asker)) Context.System.Scheduler.ScheduleTellOnce(EntityRouter.RecoversAfter, asker, new Rejected(new JournalUnavailable(Context.System.Scheduler.Now, IsFull(cause) ? NoRoom : cause.GetBaseException().Message)), ActorRefs.NoSender);
            else if (!refused && !asker.IsNobody()) asker.Tell(new Rejected(new OutcomeUnknown($"the journal did not answer for {PersistenceId} ({cause.GetBaseException().Message})")), Self);
            if (refused || again && passes && !asked.IsAskedBy(asker)) Again(asked, asker);
        }

        _batch.Clear();
        LeaveThoseBehind(cause, again: true);
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
        var refusal = Refusal(cause);
        foreach (var (message, sender) in _behind.Concat(_waiting.Where(waiting => waiting.Message is IAddressed).Select(waiting => ((IAddressed)waiting.Message, waiting.Sender))))
        {
            _health.Answer(message);
            LeaveBehind(message, sender, refusal, again);
        }

        _behind.Clear();
    }

    private void LeaveBehind(IAddressed message, IActorRef sender, Rejected refusal, bool again)
    {
        if (message.IsAskedBy(sender)) sender.Tell(refusal, Self);
        else if (again) Again(message, sender);
    }

    private Rejected Refusal(Exception cause) => _health.Outage?.Refusal ?? new Rejected(new JournalUnavailable(Context.System.Scheduler.Now, cause.GetBaseException().Message));

    // As whatever else comes to one that is no more.
    protected override void PostStop()
    {
        foreach (var (message, sender) in _parked.Concat(_waiting)) Context.System.DeadLetters.Tell(new Akka.Event.DeadLetter(message, sender, Self), sender);
        base.PostStop();
    }

    /// <summary>What is decided about a message, and not yet so.</summary>
    private sealed record Decided(IAddressed Command, IActorRef Sender, Decision Decision, ImmutableArray<IEvent> Facts, Activity? Span)
    {
        /// <summary>Whether the state has its facts.</summary>
        public bool IsSo { get; init; }
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
