using Akka.Actor;
using NetworkCluster.Hosting;

namespace NetworkCluster.Entities;

/// <summary>Knows where each kind of entity is reached. The sender given travels along, so that whoever ends a chain answers whoever began it. Filled once while the process starts.</summary>
public sealed class EntityRouter
{
    private readonly IActorRef[] _targets = new IActorRef[Enum.GetValues<EntityKind>().Length];

    /// <summary>Says where a kind is reached.</summary>
    public void Register(EntityKind kind, IActorRef target) => _targets[(int)kind] = target;

    /// <summary>Sends a message to the entity it is addressed to, as a part of what this thread is doing.</summary>
    public void Send(IAddressed message, IActorRef? sender)
    {
        NodeTraces.Carry(message);
        TargetOf(message).Tell(message, sender);
    }

    /// <summary>When whoever recovers an entity that stopped is there: until its shard has noticed the end of the other, messages would still go to that one.</summary>
    public static readonly TimeSpan RecoversAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>Sends a message to the entity it is addressed to, when another has taken the place of one that stopped.</summary>
    public void SendToNext(IScheduler scheduler, IAddressed message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        scheduler.ScheduleTellOnce(RecoversAfter, TargetOf(message), message, sender);
    }

    /// <summary>Where the message is to be sent.</summary>
    public ICanTell TargetOf(IAddressed message) => TargetOf(message.Entity.Kind);

    /// <summary>Where this kind is reached.</summary>
    public IActorRef TargetOf(EntityKind kind) => _targets[(int)kind];
}
