using Akka.Actor;
using Akka.Persistence;
using Microsoft.Extensions.Logging;
using NetworkCluster.Hosting;
using NetworkCluster.Hosts;

namespace NetworkCluster.Membership;

/// <summary>
/// Asks the journal which half of a cluster goes on. Both halves may, each through a process of its own: every question reads what was decided before, and of two answers that are written at once the journal takes
/// one (the unique sequence number); the other is thought over.
/// </summary>
internal sealed class Witness : ReceiveActor
{
    private const int Tries = 3;

    public Witness()
    {
        Receive<AskWitness>(ask => Start(new(ask, Sender, 1)));
        Receive<Question>(again =>
        {
            if (again.Try <= Tries) Start(again);
        });
    }

    private static void Start(Question question) => Context.ActorOf(Props.Create(() => new Vote(question)));

    private sealed record Question(AskWitness Ask, IActorRef Asker, int Try);

    private sealed class Vote : UntypedPersistentActor
    {
        private readonly ILogger _log = NodeLog.Of<Witness>(Context.System);
        private readonly Question _question;
        private RemovedMembers _removed = RemovedMembers.None;

        public Vote(Question question) => _question = question;

        public override string PersistenceId => "witness";

        public override Recovery Recovery => new(SnapshotSelectionCriteria.None);

        protected override void OnRecover(object message)
        {
            switch (message)
            {
                case MembersRemoved fact: _removed = _removed.After(fact); break;
                case RecoveryCompleted: Decide(); break;
            }
        }

        private void Decide()
        {
            var (granted, fact) = _removed.Decide(_question.Ask);
            if (fact is null) Answer(granted);
            else Persist(fact, _ => Answer(granted));
        }

        private void Answer(bool granted)
        {
            _log.LogInformation("half of the cluster ({Staying}) hears nothing of the other half ({Leaving}) and {Verdict}", string.Join(", ", _question.Ask.Staying), string.Join(", ", _question.Ask.Leaving), granted ? "goes on without it" : "was removed by it");
            _question.Asker.Tell(new WitnessAnswer(granted));
            Context.Stop(Self);
        }

        // Whether the other half was quicker, or an earlier question of our own, is in the journal.
        protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Context.Parent.Tell(_question with { Try = _question.Try + 1 });

        protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => Context.Stop(Self);

        protected override void OnCommand(object message) => Unhandled(message);
    }
}
