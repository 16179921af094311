using Microsoft.Data.Sqlite;

namespace NetworkCluster.Bench;

/// <summary>A table as the journal has it, and one commit for each fact: the least that durable facts cost on this disk.</summary>
internal sealed class RawJournal : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"nwc-bench-{Environment.ProcessId}.db");
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private long _sequence;

    public RawJournal()
    {
        _connection = new($"Data Source={_path}");
        _connection.Open();
        using var schema = _connection.CreateCommand();
        schema.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE facts (ordering INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT, nr INTEGER, fact BLOB, UNIQUE(id, nr));";
        schema.ExecuteNonQuery();
        _insert = _connection.CreateCommand();
        _insert.CommandText = "INSERT INTO facts (id, nr, fact) VALUES ('bench', $nr, $fact)";
        _insert.Parameters.AddWithValue("$nr", 0L);
        _insert.Parameters.AddWithValue("$fact", new byte[700]);
    }

    public Task WriteAsync(int facts)
    {
        for (var i = 0; i < facts; i++)
        {
            _insert.Parameters[0].Value = ++_sequence;
            _insert.ExecuteNonQuery();
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
        File.Delete(_path);
    }
}
