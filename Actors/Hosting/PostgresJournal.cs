using LinqToDB;

namespace NetworkCluster.Hosting;

/// <summary>The journal of a cluster: one PostgreSQL that all its processes reach.</summary>
internal static class PostgresJournal
{
    // Writes wait in a queue: one that hangs on a connection that nobody hears, and the next that cannot connect, must both be over within the 9 s of the journal's circuit breaker. Otherwise
    // they are written later than anybody believes. What the connection string itself says counts: the last word does.
    // The same dozen of statements is asked for again and again: what each of them means is worked out once for a connection.
    private const string Ours = "Timeout=2;Command Timeout=4;Cancellation Timeout=-1;Max Auto Prepare=32;Auto Prepare Min Usages=2;";

    // Npgsql's own is to try Kerberos first, which asks DNS for the server's name: where no DNS answers, that takes longer than anybody waits for the journal. Who has Kerberos says so.
    private const string NoKerberos = "Gss Encryption Mode=Disable;";

    /// <summary>What Akka.Persistence.Sql connects with.</summary>
    /// <param name="connectionString">Npgsql's form: <c>Host=db;Database=network_cluster;Username=...</c>.</param>
    public static DataOptions Options(string connectionString) => new DataOptions().UseConnectionString(ProviderName.PostgreSQL15, Ours + Usual(connectionString));

    /// <summary>With what is usual for every session of ours. What the connection string itself says counts: the last word does.</summary>
    public static string Usual(string connectionString) => NoKerberos + connectionString;
}
