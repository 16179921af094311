using Akka.Actor;
using Akka.Event;

namespace NetworkCluster.Entities;

/// <summary>
/// An entity whose write failed stops, and what comes to it in that moment nobody has seen: it goes to whoever recovers, so that its sender is answered. What came
/// while the entity was still writing it has answered itself: that is not sent on, or what was refused would be done. One for each process that carries entities.
/// </summary>
internal sealed class Undelivered : ReceiveActor
{
    public Undelivered(EntityRouter router, JournalHealth health) => Receive<DeadLetter>(letter =>
    {
        if (letter.Message is IAddressed message && IsEntity(letter.Recipient) && !health.IsAnswered(message)) router.SendToNext(Context.System.Scheduler, message, letter.Sender);
    });

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));

    // /system/sharding/KIND/SHARD/ENTITY
    private static bool IsEntity(IActorRef recipient) => recipient.Path.Elements is ["system", "sharding", _, _, _];
}
