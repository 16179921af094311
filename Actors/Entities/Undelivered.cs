using Akka.Actor;
using Akka.Event;

namespace NetworkCluster.Entities;

/// <summary>
/// An entity whose write failed stops, and what comes to it in that moment nobody has seen: it goes to whoever recovers, so that its sender is answered. What came
/// while the entity was still writing it has answered itself: that is not sent on, or what was refused would be done. One for each process that carries entities.
/// </summary>
internal sealed class Undelivered : ReceiveActor
{
    // When whoever recovers is there: until its shard has noticed the end of the other, it would come back here.
    private static readonly TimeSpan Later = TimeSpan.FromMilliseconds(200);

    private readonly EntityRouter _router;

    public Undelivered(EntityRouter router, JournalHealth health)
    {
        _router = router;
        Receive<DeadLetter>(letter =>
        {
            if (letter.Message is IAddressed message && IsEntity(letter.Recipient) && !health.IsAnswered(message)) Context.System.Scheduler.ScheduleTellOnce(Later, _router.TargetOf(message.Entity.Kind), message, letter.Sender);
        });
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));

    // /system/sharding/KIND/SHARD/ENTITY
    private static bool IsEntity(IActorRef recipient) => recipient.Path.Elements is ["system", "sharding", _, _, _];
}
