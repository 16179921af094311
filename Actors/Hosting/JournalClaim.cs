using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace NetworkCluster.Hosting;

/// <summary>
/// Keeps one database to one cluster. Every member holds a shared advisory lock of the database; only whoever gets it exclusively, because no member lives, may begin a cluster.
/// So hosts that start at once, or come back while the others cannot hear them, do not become two clusters that write the same entities. PostgreSQL drops the lock with the
/// session, and the session of a machine that died after a few seconds.
/// By such locks, too, members say which addresses their cluster is known by, their own and the seeds', so that whoever knows it by one of those finds them; whoever knows it by others does not come in by chance.
/// </summary>
/// <param name="connectionString">The database.</param>
/// <param name="own">Where this process is reached, as ADDRESS:PORT.</param>
/// <param name="seeds">By what addresses or names it knows its cluster.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Is told when the database does not answer.</param>
internal sealed class JournalClaim(string connectionString, string own, ImmutableArray<string> seeds, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private const long Key = 0x6e77_6320_636c_7573;
    private const int KnownBy = 0x6e77_6362;
    private const string Name = "network-cluster ";

    // The names of the sessions that have an advisory lock of this database; none where another user's sessions do not show theirs. A name is at most 63 bytes, which the longest address fills.
    private const string Holders = "SELECT DISTINCT a.application_name FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted "
        + "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.classid = $1::bigint::oid AND ";

    // Who says with us that the cluster is known by one of these.
    private const string Members = Holders + "l.objsubid = 2 AND l.objid = ANY ($2::bigint[]::oid[]) AND a.application_name IS NOT NULL";

    // Who else says with us that it is a member.
    private const string Others = Holders + "l.objsubid = 1 AND l.objid = $2::bigint::oid AND l.mode = 'ShareLock' AND l.pid <> pg_backend_pid()";

    private const string WhoIsIn = "cannot be asked who is in the cluster";

    private const string DropTheDead = "SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3; SET tcp_user_timeout = '6s'";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(3);

    private NpgsqlConnection? _session;
    private bool _exclusive;
    private string? _said;

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
            await UnheardAsync("cannot be asked whether a cluster lives", cause).ConfigureAwait(false);
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
                await SayAsync(cancel).ConfigureAwait(false);
                while (true)
                {
                    await Task.Delay(LookEvery, time, cancel).ConfigureAwait(false);
                    await RunAsync("SELECT true", cancel).ConfigureAwait(false);
                }
            }
            catch (NpgsqlException cause)
            {
                await UnheardAsync("does not hear that this host is a member", cause).ConfigureAwait(false);
                await Task.Delay(LookEvery, time, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Where members of this process's cluster are reached, as ADDRESS:PORT; null while the database does not answer. Sessions of other users of the database do not show where.</summary>
    public async Task<ImmutableArray<string>?> MembersAsync(CancellationToken cancel) =>
        (await AskAsync(Members, (long)KnownBy, Names.Select(name => (long)(uint)name).ToArray(), cancel).ConfigureAwait(false))?.OfType<string>().ToImmutableArray();

    /// <summary>This process is a member: says so, and whether one of these others says so to the same database; null while it does not answer. One of whom it does not show where it is may be any of them.</summary>
    /// <param name="others">As ADDRESS:PORT.</param>
    /// <param name="cancel">This process is about to end.</param>
    public async Task<bool?> IsSharedWithAsync(ImmutableHashSet<string> others, CancellationToken cancel)
    {
        try
        {
            await SayAsync(cancel).ConfigureAwait(false);
        }
        catch (NpgsqlException cause)
        {
            await UnheardAsync(WhoIsIn, cause).ConfigureAwait(false);
            return null;
        }

        return (await AskAsync(Others, Key >> 32, Key & uint.MaxValue, cancel).ConfigureAwait(false))?.Any(other => other is null || others.Contains(other));
    }

    // The places of the sessions, null for one that does not show its own; null while the database does not answer.
    private async Task<ImmutableArray<string?>?> AskAsync(string question, long first, object second, CancellationToken cancel)
    {
        try
        {
            await OpenAsync(cancel).ConfigureAwait(false);
            await using var command = new NpgsqlCommand(question, _session);
            command.Parameters.AddWithValue(first);
            command.Parameters.AddWithValue(second);
            await using var rows = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            var places = ImmutableArray.CreateBuilder<string?>();
            while (await rows.ReadAsync(cancel).ConfigureAwait(false))
            {
                if (rows.IsDBNull(0)) places.Add(null);
                else if (rows.GetString(0) is var name && name.StartsWith(Name, StringComparison.Ordinal)) places.Add(name[Name.Length..]);
            }

            return places.ToImmutable();
        }
        catch (NpgsqlException cause)
        {
            await UnheardAsync(WhoIsIn, cause).ConfigureAwait(false);
            return null;
        }
    }

    // Tried every few seconds, perhaps for days: what is so still is not said again.
    private async Task UnheardAsync(string what, NpgsqlException cause)
    {
        if (_said != cause.Message) log.LogWarning("the database {What}, that is tried again: {Cause}", what, cause.Message);
        _said = cause.Message;
        await CloseAsync().ConfigureAwait(false);
    }

    // Nobody else can begin a cluster between the two locks. Locks that the session has it has once more.
    private async Task SayAsync(CancellationToken cancel)
    {
        await OpenAsync(cancel).ConfigureAwait(false);
        await RunAsync($"SELECT pg_advisory_lock_shared({Key})", cancel).ConfigureAwait(false);
        if (_exclusive) await RunAsync($"SELECT pg_advisory_unlock({Key})", cancel).ConfigureAwait(false);
        _exclusive = false;
        foreach (var name in Names) await RunAsync(string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_lock_shared({KnownBy}, {name})"), cancel).ConfigureAwait(false);
    }

    private IEnumerable<int> Names => seeds.Append(own).Select(name => BinaryPrimitives.ReadInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)))).Distinct();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private async Task OpenAsync(CancellationToken cancel)
    {
        if (_session is not null) return;
        var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(PostgresJournal.Usual(connectionString)) { Pooling = false, ApplicationName = Name + own }.ConnectionString);
        try
        {
            await session.OpenAsync(cancel).ConfigureAwait(false);
            _session = session;
            await RunAsync(DropTheDead, cancel).ConfigureAwait(false);
            _said = null;
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
