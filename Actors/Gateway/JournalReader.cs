using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Persistence;

namespace NetworkCluster.Gateway;

/// <summary>Asks the journal itself for one entity's rows, as an entity does when it recovers: no tags, no projection, no second connection.</summary>
/// <param name="system">The actor system whose journal is read.</param>
public sealed class JournalReader(ActorSystem system) : IJournalReader
{
    private const int FactsPerPage = 1000;

    /// <inheritdoc/>
    public async IAsyncEnumerable<JournaledFact> ReadAsync(EntityKey entity, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (long from = 1, last = long.MaxValue; from <= last; from += FactsPerPage)
        {
            var page = await PageAsync(entity, from, cancel).ConfigureAwait(false);
            foreach (var fact in page.Facts) yield return fact;
            last = Math.Min(last, page.Last);
        }
    }

    private async Task<Page> PageAsync(EntityKey entity, long from, CancellationToken cancel)
    {
        var done = new TaskCompletionSource<Page>(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = entity.PersistenceId;
        var reader = system.ActorOf(Props.Create(() => new PageActor(id, from, done)));
        try
        {
            return await done.Task.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            system.Stop(reader);
            throw;
        }
    }

    /// <param name="Facts">In order.</param>
    /// <param name="Last">The number of the entity's last fact when the page was read.</param>
    private sealed record Page(ImmutableArray<JournaledFact> Facts, long Last);

    private sealed class PageActor(string persistenceId, long from, TaskCompletionSource<Page> done) : UntypedActor
    {
        private readonly ImmutableArray<JournaledFact>.Builder _facts = ImmutableArray.CreateBuilder<JournaledFact>();

        protected override void PreStart() => Persistence.Instance.Apply(Context.System).JournalFor(null)
            .Tell(new ReplayMessages(from, from + FactsPerPage - 1, FactsPerPage, persistenceId, Self));

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case ReplayedMessage { Persistent: { Payload: IEvent fact } row }:
                    _facts.Add(JournaledFact.Of(fact, row.Timestamp, row.SequenceNr));
                    return;
                case RecoverySuccess success:
                    done.TrySetResult(new(_facts.ToImmutable(), success.HighestSequenceNr));
                    break;
                case ReplayMessagesFailure failure:
                    done.TrySetException(new IOException($"the journal of {persistenceId} could not be read", failure.Cause));
                    break;
                default:
                    return;
            }

            Context.Stop(Self);
        }

        protected override void PostStop() => done.TrySetException(new IOException($"the journal of {persistenceId} was not read to its end"));
    }
}
