using Microsoft.Extensions.Logging;
using Npgsql;

namespace NetworkCluster.Hosting;

/// <summary>
/// Keeps one database to one cluster. Every member holds a shared advisory lock of the database; only whoever gets it exclusively, because no member lives, may begin a cluster.
/// So hosts that start at once, or come back while the others cannot hear them, do not become two clusters that write the same entities. PostgreSQL drops the lock with the
/// session, and the session of a machine that died after a few seconds.
/// </summary>
internal sealed class JournalClaim(string connectionString, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private const long Key = 0x6e77_6320_636c_7573;
    private const string DropTheDead = "SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3; SET tcp_user_timeout = '6s'";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(3);

    private NpgsqlConnection? _session;
    private bool _exclusive;

    /// <summary>Whether no member lives, and nobody else is beginning: then nobody else can begin until <see cref="KeepAsync"/>, or this process's end.</summary>
    public async Task<bool> TryBeginAsync(CancellationToken cancel)
    {
        if (_exclusive) return true;
        try
        {
            await OpenAsync(cancel).ConfigureAwait(false);
            return _exclusive = await RunAsync($"SELECT pg_try_advisory_lock({Key})", cancel).ConfigureAwait(false) is true;
        }
        catch (NpgsqlException cause)
        {
            log.LogWarning("the database cannot be asked whether a cluster lives: {Cause}", cause.Message);
            await CloseAsync().ConfigureAwait(false);
            return false;
        }
    }

    /// <summary>This process is a member: says so in the database for as long as it is, also after that was away. Ends by cancelling.</summary>
    public async Task KeepAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await OpenAsync(cancel).ConfigureAwait(false);
                await RunAsync($"SELECT pg_advisory_lock_shared({Key})", cancel).ConfigureAwait(false);
                if (_exclusive) await RunAsync($"SELECT pg_advisory_unlock({Key})", cancel).ConfigureAwait(false);
                _exclusive = false;
                while (true)
                {
                    await Task.Delay(LookEvery, time, cancel).ConfigureAwait(false);
                    await RunAsync("SELECT true", cancel).ConfigureAwait(false);
                }
            }
            catch (NpgsqlException cause)
            {
                log.LogWarning("the database does not hear that this host is a member, that is tried again: {Cause}", cause.Message);
                await CloseAsync().ConfigureAwait(false);
                await Task.Delay(LookEvery, time, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private async Task OpenAsync(CancellationToken cancel)
    {
        if (_session is not null) return;
        var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = "network-cluster" }.ConnectionString);
        try
        {
            await session.OpenAsync(cancel).ConfigureAwait(false);
            _session = session;
            await RunAsync(DropTheDead, cancel).ConfigureAwait(false);
        }
        catch
        {
            _session = null;
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task CloseAsync()
    {
        _exclusive = false;
        if (_session is { } session) await session.DisposeAsync().ConfigureAwait(false);
        _session = null;
    }

    private async Task<object?> RunAsync(string statement, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(statement, _session);
        return await command.ExecuteScalarAsync(cancel).ConfigureAwait(false);
    }
}
