using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using NetworkCluster.Serialization;

namespace NetworkCluster.Entities;

/// <summary>
/// The only persist loop: decide, persist, evolve, then send and reply, once, after the last fact. All kinds of entities are this loop around their decider.
/// When the journal fails the outcome is unknown: the sender is told so, the actor stops, and the next message recovers what the journal really holds.
/// </summary>
internal sealed class EntityActor<TState> : UntypedPersistentActor, IWithTimers
{
    private const int FactsPerSnapshot = 500;

    private readonly IDecider<TState> _decider;
    private readonly EntityRouter _router;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly bool _snapshots;
    private TState _state;
    private IActorRef? _asker;
    private IAddressed? _asked;
    private long _snapshotAt;

    public EntityActor(EntityKey key, IDecider<TState> decider, EntityRouter router, bool snapshots)
    {
        PersistenceId = key.PersistenceId;
        _snapshots = snapshots;
        _decider = decider;
        _router = router;
        _state = decider.Empty(key.Id);
    }

    public override string PersistenceId { get; }

    public override Recovery Recovery => _snapshots ? Recovery.Default : new Recovery(SnapshotSelectionCriteria.None);

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: EntitySnapshot snapshot } offer:
                foreach (var fact in snapshot.Facts) _state = _decider.Evolve(_state, fact);
                _snapshotAt = offer.Metadata.SequenceNr;
                break;
            case IEvent fact:
                _state = _decider.Evolve(_state, fact);
                break;
            case RecoveryCompleted:
                foreach (var unfinished in _decider.Resume(_state)) _router.Send(unfinished, ActorRefs.NoSender);
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        // To come into memory is all that a woken one is asked; what else is not addressed are the snapshot store's own answers.
        if (message is WakeEntity || message is not IAddressed command) return;
        var decision = _decider.Decide(_state, command);
        if (decision.Defer)
        {
            Stash.Stash();
            return;
        }

        (_asker, _asked) = (Sender, command);
        foreach (var needed in decision.Wakes) _router.Send(new WakeEntity(needed), ActorRefs.NoSender);
        if (decision.SendsFirst) Send(decision, Sender);
        var facts = decision.Events.Where(fact => fact is not IEphemeralEvent).ToImmutableArray();
        if (facts.IsEmpty)
        {
            Finish(decision, Sender);
            return;
        }

        var (sender, left) = (Sender, facts.Length);
        PersistAll(facts, _ =>
        {
            if (--left == 0) Finish(decision, sender);
        });
    }

    private void Finish(Decision decision, IActorRef sender)
    {
        foreach (var fact in decision.Events) _state = _decider.Evolve(_state, fact);
        if (!decision.SendsFirst) Send(decision, sender);
        foreach (var (delay, message) in decision.Timers) Timers.StartSingleTimer(message, message, delay);
        if (decision.Reply is { } reply) sender.Tell(reply, Self);
        if (!decision.Events.IsEmpty) Stash.UnstashAll();
        if (!_snapshots || LastSequenceNr - _snapshotAt < FactsPerSnapshot) return;
        _snapshotAt = LastSequenceNr;
        SaveSnapshot(new EntitySnapshot(_decider.Compact(_state)));
    }

    private void Send(Decision decision, IActorRef sender)
    {
        foreach (var message in decision.Sends) _router.Send(message, sender);
        foreach (var message in decision.Orders) _router.Send(message, ActorRefs.NoSender);
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Unknown(cause);

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        // Nothing of a batch that cannot be written was written; the state in memory is still that of the journal, but its sequence is not: begin again.
        Unknown(cause);
        Context.Stop(Self);
    }

    private void Unknown(Exception cause)
    {
        _log.Error(cause, "{0}: the journal did not take the facts of {1}", PersistenceId, _asked?.GetType().Name);
        if (!_asker.IsNobody()) _asker!.Tell(new Rejected(new OutcomeUnknown($"the journal did not answer for {PersistenceId} ({cause.GetBaseException().Message})")), Self);
    }
}
