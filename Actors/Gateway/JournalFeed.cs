using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Persistence.Query;
using Akka.Persistence.Sql.Query;
using Akka.Streams;
using LinqToDB;
using LinqToDB.Data;

namespace NetworkCluster.Gateway;

/// <summary>
/// Asks the journal's tables for all rows after a place, five times a second for each that watches. Nothing is asked before somebody does; after the first the journal's end is asked for as
/// often, for as long as the process lives.
/// </summary>
/// <param name="system">The actor system whose journal is read.</param>
/// <param name="journal">How the journal is connected to.</param>
/// <param name="time">The clock.</param>
public sealed class JournalFeed(ActorSystem system, DataOptions journal, TimeProvider time) : IJournalFeed
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    private readonly Lazy<(SqlReadJournal Journal, IMaterializer Materializer)> _reading =
        new(() => (PersistenceQuery.Get(system).ReadJournalFor<SqlReadJournal>(SqlReadJournal.Identifier), system.Materializer()));

    /// <inheritdoc/>
    public async Task<long> EndAsync(CancellationToken cancel = default) => await AskAsync("SELECT MAX(ordering) FROM journal", cancel).ConfigureAwait(false) ?? 0;

    /// <inheritdoc/>
    public async Task<long> BeforeAsync(DateTimeOffset time, CancellationToken cancel = default) =>
        await AskAsync("SELECT MIN(ordering) FROM journal WHERE created >= @since", cancel, new DataParameter("since", time.UtcTicks, DataType.Int64)).ConfigureAwait(false) is { } first
            ? first - 1
            : await EndAsync(cancel).ConfigureAwait(false);

    /// <inheritdoc/>
    public async IAsyncEnumerable<(EntityKey Entity, JournaledFact Fact)> FactsAsync(long place, bool follow, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var (reading, materializer) = _reading.Value;
        while (true)
        {
            var from = Offset.Sequence(place);
            var rows = (follow ? reading.AllEvents(from) : reading.CurrentAllEvents(from)).RunAsAsyncEnumerable(materializer).GetAsyncEnumerator(cancel);
            await using (rows.ConfigureAwait(false))
            {
                while (await NextAsync(rows, follow, cancel).ConfigureAwait(false) is { } row)
                {
                    place = ((Sequence)row.Offset).Value;
                    if (EntityKey.OfPersistenceId(row.PersistenceId) is { } entity && row.Event is IEvent fact)
                        yield return (entity, JournaledFact.Of(fact, row.Timestamp, row.SequenceNr));
                }
            }

            cancel.ThrowIfCancellationRequested();
            if (!follow) yield break;
            // The journal went away: whoever watches goes on where it was when it is back.
            await Task.Delay(AskAgain, time, cancel).ConfigureAwait(false);
        }
    }

    // The next row; none: the end.
    private static async ValueTask<EventEnvelope?> NextAsync(IAsyncEnumerator<EventEnvelope> rows, bool follow, CancellationToken cancel)
    {
        try
        {
            return await rows.MoveNextAsync().ConfigureAwait(false) ? rows.Current : null;
        }
        catch (Exception) when (follow && !cancel.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            throw new IOException("the journal could not be read", cause);
        }
    }

    private async Task<long?> AskAsync(string statement, CancellationToken cancel, params DataParameter[] parameters)
    {
        var connection = new DataConnection(journal);
        await using (connection.ConfigureAwait(false)) return await connection.ExecuteAsync<long?>(statement, cancel, parameters).ConfigureAwait(false);
    }
}
