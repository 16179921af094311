using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NetworkCluster.Entities;

namespace NetworkCluster.Hosting;

/// <summary>Looks at the embedded journal when somebody failed to write: it is away until it has taken something, which is tried with what is taken out again.</summary>
internal sealed class SqliteWatch(string connectionString, JournalHealth health, EntityRouter router, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    // Each is on the disk before the next: what is made and dropped in one transaction is never written. If we stop between them, a table is left that nobody reads, and the next takes it away.
    private const string Write = "CREATE TABLE IF NOT EXISTS room (filler BLOB); INSERT INTO room VALUES (randomblob(65536)); DROP TABLE room;";

    /// <summary>Watches until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        health.Watch();
        JournalOutage? told = null;
        while (!cancel.IsCancellationRequested)
        {
            var doubt = health.NextDoubt();
            if (health.Outage is { } outage)
            {
                if (WhyNotWritten() is { } cause)
                {
                    if (told != outage) log.LogWarning("the journal takes no writes: what would be written is refused until it does, the rest goes on ({Cause})", cause);
                    told = outage;
                }
                else
                {
                    log.LogWarning("the journal takes writes again after {Seconds:0.0} s", (time.GetUtcNow() - outage.Since).TotalSeconds);
                    foreach (var entity in health.Regain()) router.Send(new WakeEntity(entity), null);
                }
            }

            if (health.Outage is null) await doubt.WaitAsync(cancel).ConfigureAwait(false);
            else await Task.WhenAny(doubt, Task.Delay(LookAgain, time, cancel)).ConfigureAwait(false);
        }
    }

    private string? WhyNotWritten()
    {
        try
        {
            using var session = new SqliteConnection($"{connectionString};Pooling=False;Default Timeout=2");
            session.Open();
            using var command = session.CreateCommand();
            command.CommandText = Write;
            command.ExecuteNonQuery();
            return null;
        }
        catch (SqliteException cause)
        {
            return cause.Message.ReplaceLineEndings(" ").TrimEnd('.');
        }
    }
}
