using System.Data;
using Microsoft.Extensions.Logging;
using NetworkCluster.Entities;
using Npgsql;

namespace NetworkCluster.Hosting;

/// <summary>Asks the journal's PostgreSQL every second whether it is there and takes writes, and at once when somebody failed to write.</summary>
internal sealed class JournalWatch(string connectionString, JournalHealth health, EntityRouter router, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2), LookEvery = TimeSpan.FromSeconds(1), LookAgain = TimeSpan.FromMilliseconds(250);

    private readonly string _connection =
        new NpgsqlConnectionStringBuilder(PostgresJournal.Usual(connectionString)) { Pooling = false, Timeout = (int)Patience.TotalSeconds, CommandTimeout = (int)Patience.TotalSeconds, CancellationTimeout = -1, ApplicationName = "network-cluster watch" }.ConnectionString;
    // Not one of the journal's own, which may all be waiting.
    private NpgsqlConnection? _session;

    /// <summary>Watches until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        health.Watch();
        while (!cancel.IsCancellationRequested)
        {
            var doubt = health.NextDoubt();
            if (await CauseAsync(cancel).ConfigureAwait(false) is { } cause)
            {
                if (health.Outage is null) log.LogWarning("the journal cannot be reached: what would be written is refused until it is back, the rest goes on ({Cause})", cause);
                health.Lose(cause, time.GetUtcNow());
            }
            else
            {
                Regain();
            }

            await Task.WhenAny(doubt, Task.Delay(health.Outage is null ? LookEvery : LookAgain, time, cancel)).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_session is { } session) await session.DisposeAsync().ConfigureAwait(false);
    }

    private void Regain()
    {
        var outage = health.Outage;
        if (outage is not null)
        {
            // Its connections are those of a server that is no more, or that nobody hears.
            NpgsqlConnection.ClearAllPools();
            log.LogWarning("the journal is back after {Seconds:0.0} s", (time.GetUtcNow() - outage.Since).TotalSeconds);
        }

        foreach (var entity in health.Regain()) router.Send(new WakeEntity(entity), null);
    }

    // A connection that nobody hears takes its time to fail, longer than we wait: it is left to that, and the next question goes over a new one.
    private async Task<string?> CauseAsync(CancellationToken cancel)
    {
        var session = _session ?? new NpgsqlConnection(_connection);
        _session = null;
        var asked = AskAsync(session, cancel);
        if (await Task.WhenAny(asked, Task.Delay(Patience, time, cancel)).ConfigureAwait(false) != asked) return $"it did not answer within {Patience.TotalSeconds:0} s";
        var cause = await asked.ConfigureAwait(false);
        if (cause is null) _session = session;
        return cause;
    }

    private static async Task<string?> AskAsync(NpgsqlConnection session, CancellationToken cancel)
    {
        try
        {
            if (session.State != ConnectionState.Open) await session.OpenAsync(cancel).ConfigureAwait(false);
            await using var command = new NpgsqlCommand("SELECT CASE WHEN pg_is_in_recovery() THEN 'it is in recovery' WHEN current_setting('transaction_read_only') = 'on' THEN 'it is read-only' END", session);
            return await command.ExecuteScalarAsync(cancel).ConfigureAwait(false) is string why ? $"the database takes no writes: {why}" : null;
        }
        catch (Exception cause) when (cause is NpgsqlException or TimeoutException or IOException or InvalidOperationException)
        {
            await session.DisposeAsync().ConfigureAwait(false);
            return cause.GetBaseException().Message;
        }
    }
}
