using Akka.Actor;
using Akka.Cluster.Sharding;
using NetworkCluster.Hosting;

namespace NetworkCluster.Entities;

/// <summary>
/// Stands for an entity that was not in memory when the journal could no longer be read, or lost its place there by trying to write: answers questions from what was known before that write, refuses what
/// would begin, and keeps the rest for the one that recovers when the journal is back.
/// </summary>
internal sealed class RememberedEntity<TState> : UntypedActor
{
    private readonly EntityKey _key;
    private readonly TState? _state;
    private readonly IDecider<TState> _decider;
    private readonly EntityRouter _router;
    private readonly JournalHealth _health;
    private readonly List<(IAddressed Message, IActorRef Sender)> _kept = [];

    public RememberedEntity(EntityKey key, IDecider<TState> decider, EntityRouter router, JournalHealth health)
    {
        (_key, _state, _decider, _router, _health) = (key, (TState?)health.Recall(key), decider, router, health);
        JournalIsBack.TellAfter(health.Outage, Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case JournalIsBack:
                Context.Parent.Tell(new Passivate(PoisonPill.Instance));
                break;
            case IAddressed command and not WakeEntity:
                var span = NodeTraces.Take(_key.Kind.ToString().ToLowerInvariant(), command).Tell("journal_available", false);
                Answer(command);
                NodeTraces.End(span);
                break;
        }
    }

    private void Answer(IAddressed command)
    {
        var decision = _state is null ? null : _decider.Decide(_state, command);
        if (decision is { Events.IsEmpty: true, Defer: false })
        {
            foreach (var sent in decision.Sends) _router.Send(sent, Sender);
            foreach (var order in decision.Orders) _router.Send(order, ActorRefs.NoSender);
            if (decision.Reply is { } reply) Sender.Tell(reply, Self);
        }
        else if (_health.Outage is { } outage && command.IsAskedBy(Sender))
        {
            Sender.Tell(outage.Refusal, Self);
        }
        else
        {
            _kept.Add((command, Sender));
        }
    }

    // The shard keeps what comes until this one is gone, and then gives it to the one that recovers.
    protected override void PostStop()
    {
        _router.Send(new WakeEntity(_key), ActorRefs.NoSender);
        foreach (var (message, sender) in _kept) _router.Send(message, sender);
    }
}
