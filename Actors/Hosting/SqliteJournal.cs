using System.Data.Common;
using System.Runtime.CompilerServices;
using LinqToDB;
using LinqToDB.Interceptors;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace NetworkCluster.Hosting;

/// <summary>
/// The embedded journal: SQLite in WAL mode with synchronous FULL, so that what is acknowledged is on the disk. Microsoft.Data.Sqlite is synchronous inside, which would run every
/// write on the journal's own stage and leave nothing to batch; yielding before the connection is used moves it off and lets writes gather (seven to eight times the rate).
/// </summary>
internal static class SqliteJournal
{
    public static DataOptions Options(string connectionString) =>
        new DataOptions().UseConnectionString(ProviderName.SQLiteMS, connectionString).UseInterceptor(new Durable());

    private sealed class Durable : ConnectionInterceptor
    {
        // Connections come back from the pool as they were left; asking each time would cost as much as a small write.
        private readonly ConditionalWeakTable<sqlite3, object> _durable = [];

        public override async Task ConnectionOpenedAsync(ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken)
        {
            await Task.Yield();
            SetPragmas(connection);
        }

        public override void ConnectionOpened(ConnectionEventData eventData, DbConnection connection) => SetPragmas(connection);

        private void SetPragmas(DbConnection connection)
        {
            if (!_durable.TryAdd(((SqliteConnection)connection).Handle!, this)) return;
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;";
            command.ExecuteNonQuery();
        }
    }
}
