using Akka.Actor;

namespace NetworkCluster.Entities;

/// <summary>Knows where each kind of entity is reached. The sender given travels along, so that whoever ends a chain answers whoever began it. Filled once while the process starts.</summary>
public sealed class EntityRouter
{
    private readonly IActorRef[] _targets = new IActorRef[Enum.GetValues<EntityKind>().Length];

    /// <summary>Says where a kind is reached.</summary>
    public void Register(EntityKind kind, IActorRef target) => _targets[(int)kind] = target;

    /// <summary>Sends a message to the entity it is addressed to.</summary>
    public void Send(IAddressed message, IActorRef? sender) => TargetOf(message).Tell(message, sender);

    /// <summary>Where the message is to be sent.</summary>
    public ICanTell TargetOf(IAddressed message) => TargetOf(message.Entity.Kind);

    /// <summary>Where this kind is reached.</summary>
    public IActorRef TargetOf(EntityKind kind) => _targets[(int)kind];
}
