using Npgsql;

namespace NetworkCluster.Hosting;

/// <summary>Whether the journal's tables are there or may be made: without either, every actor that needs the journal would begin again and again, each time with a stack in the log.</summary>
public static class JournalRights
{
    // What the plugin makes first is denied also where it is there already (SQLSTATE 42501), so what is there does not count.
    private const string MayMake = "SELECT current_schema() IS NOT NULL AND has_schema_privilege(current_schema(), 'CREATE')";

    private const string AreThere = "SELECT to_regclass('journal') IS NOT NULL AND to_regclass('tags') IS NOT NULL AND to_regclass('snapshot') IS NOT NULL";

    /// <summary>What is in the way, and what to do about it; nothing also where the database does not answer: that is waited for.</summary>
    /// <param name="connectionString">The database.</param>
    /// <param name="makes">Whether the host makes tables at its start (<c>auto-initialize</c>).</param>
    /// <param name="cancel">The process is told to end.</param>
    public static async Task<string?> ProblemAsync(string connectionString, bool makes, CancellationToken cancel)
    {
        var settings = new NpgsqlConnectionStringBuilder("Timeout=2;Command Timeout=2;" + PostgresJournal.Usual(connectionString)) { Pooling = false };
        await using var session = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await session.OpenAsync(cancel).ConfigureAwait(false);
            await using var command = new NpgsqlCommand(makes ? MayMake : AreThere, session);
            if (await command.ExecuteScalarAsync(cancel).ConfigureAwait(false) is true) return null;
            var (database, role) = (session.Database, settings.Username);
            return makes
                ? $"the role {role} may not make tables in the database {database}: as its owner either GRANT CREATE ON SCHEMA public TO {role}; or make the tables with psql -d {database} -f hocon/postgresql.sql and set akka.persistence.journal.sql.auto-initialize and akka.persistence.snapshot-store.sql.auto-initialize to off"
                : $"the journal's tables are not in the database {database}, and auto-initialize is off: make them with psql -d {database} -f hocon/postgresql.sql";
        }
        catch (Exception cause) when (cause is NpgsqlException or TimeoutException or IOException)
        {
            return null;
        }
    }
}
