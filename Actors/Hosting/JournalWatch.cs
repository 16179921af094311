using System.Data;
using Microsoft.Extensions.Logging;
using NetworkCluster.Entities;
using Npgsql;

namespace NetworkCluster.Hosting;

/// <summary>
/// Asks the journal's PostgreSQL every second whether it is there and takes writes, and at once when somebody failed to write. When that was for want of room on its disk, which no question shows, it is asked by
/// writing what is then taken back.
/// </summary>
internal sealed class JournalWatch(string connectionString, JournalHealth health, EntityRouter router, Task up, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2), LookEvery = TimeSpan.FromSeconds(1), LookAgain = TimeSpan.FromMilliseconds(250);

    private readonly string _connection =
        new NpgsqlConnectionStringBuilder(PostgresJournal.Usual(connectionString)) { Pooling = false, Timeout = (int)Patience.TotalSeconds, CommandTimeout = (int)Patience.TotalSeconds, CancellationTimeout = -1, ApplicationName = "network-cluster watch" }.ConnectionString;
    // Not one of the journal's own, which may all be waiting.
    private NpgsqlConnection? _session;
    private string? _said;

    // Some pages of the table that has no room, as facts would have them: too short to be laid elsewhere, with numbers that no fact has.
    private const string Write = "INSERT INTO journal (ordering, created, deleted, persistence_id, sequence_number, message) OVERRIDING SYSTEM VALUE SELECT -n, 0, true, 'room', -n, decode(repeat('00', 1800), 'hex') FROM generate_series(1, 16) n";

    /// <summary>Watches until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        health.Watch();
        while (!cancel.IsCancellationRequested)
        {
            var doubt = health.NextDoubt();
            var full = health.IsFull;
            if (await TroubleAsync(full, cancel).ConfigureAwait(false) is { } trouble)
            {
                Tell(trouble.Cause);
                health.Lose(trouble.Cause, time.GetUtcNow(), trouble.Readable);
            }
            else if (full == health.IsFull)
            {
                Regain();
            }

            await Task.WhenAny(doubt, Task.Delay(health.Outage is null || full ? LookEvery : LookAgain, time, cancel)).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_session is { } session) await session.DisposeAsync().ConfigureAwait(false);
    }

    private void Tell(string cause)
    {
        if (!up.IsCompleted && _said != cause) log.LogWarning("the journal cannot be reached, and this host is not up before it is: that is tried again ({Cause})", cause);
        else if (up.IsCompleted && _said is null) log.LogWarning("the journal cannot be reached, or takes no writes: what would be written is refused until it is back, the rest goes on ({Cause})", cause);
        _said = cause;
    }

    private void Regain()
    {
        _said = null;
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
    private async Task<Trouble?> TroubleAsync(bool full, CancellationToken cancel)
    {
        var session = _session ?? new NpgsqlConnection(_connection);
        _session = null;
        var asked = AskAsync(session, full, cancel);
        if (await Task.WhenAny(asked, Task.Delay(Patience, time, cancel)).ConfigureAwait(false) != asked) return new($"it did not answer within {Patience.TotalSeconds:0} s", Readable: false);
        var trouble = await asked.ConfigureAwait(false);
        if (session.State == ConnectionState.Open) _session = session;
        return trouble;
    }

    private static async Task<Trouble?> AskAsync(NpgsqlConnection session, bool full, CancellationToken cancel)
    {
        try
        {
            if (session.State != ConnectionState.Open) await session.OpenAsync(cancel).ConfigureAwait(false);
            var (recovers, refuses) = await StateAsync(session, cancel).ConfigureAwait(false);
            // It may not have all yet that was written.
            if (recovers) return new("the database takes no writes: it is in recovery", Readable: false);
            if (refuses) return new("the database takes no writes: it is read-only", Readable: true);
            if (full) await TryToWriteAsync(session, cancel).ConfigureAwait(false);
            return null;
        }
        catch (PostgresException cause) when (cause.SqlState == PostgresErrorCodes.DiskFull)
        {
            return new(cause.MessageText, Readable: true);
        }
        catch (Exception cause) when (cause is NpgsqlException or TimeoutException or IOException or InvalidOperationException)
        {
            await session.DisposeAsync().ConfigureAwait(false);
            return new(cause.GetBaseException().Message, Readable: false);
        }
    }

    private static async Task<(bool Recovers, bool RefusesWrites)> StateAsync(NpgsqlConnection session, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'", session);
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        await reader.ReadAsync(cancel).ConfigureAwait(false);
        return (reader.GetBoolean(0), reader.GetBoolean(1));
    }

    private sealed record Trouble(string Cause, bool Readable);

    private static async Task TryToWriteAsync(NpgsqlConnection session, CancellationToken cancel)
    {
        var transaction = await session.BeginTransactionAsync(cancel).ConfigureAwait(false);
        await using var never = transaction.ConfigureAwait(false);
        await using var command = new NpgsqlCommand(Write, session, transaction);
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        await transaction.RollbackAsync(cancel).ConfigureAwait(false);
    }
}
