using LinqToDB;

namespace NetworkCluster.Hosting;

/// <summary>The journal of a cluster: one PostgreSQL that all its processes reach.</summary>
internal static class PostgresJournal
{
    /// <summary>What Akka.Persistence.Sql connects with.</summary>
    /// <param name="connectionString">Npgsql's form: <c>Host=db;Database=network_cluster;Username=...</c>.</param>
    public static DataOptions Options(string connectionString) => new DataOptions().UseConnectionString(ProviderName.PostgreSQL15, connectionString);
}
