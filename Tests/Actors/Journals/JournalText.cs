using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace NetworkCluster.Tests.Actors.Journals;

/// <summary>A whole journal on SQLite as text, so that it can be read, and kept for good.</summary>
internal static class JournalText
{
    /// <summary>All tables with all rows, as statements that make them again.</summary>
    public static string Of(string journal)
    {
        using var connection = Open(journal);
        var text = new StringBuilder();
        var tables = Rows(connection, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name").Select(row => (Name: (string)row[0], Sql: (string)row[1])).ToList();
        foreach (var (_, sql) in tables) text.Append($"{sql.ReplaceLineEndings(" ")};\n");
        foreach (var (name, _) in tables.Where(table => table.Sql.StartsWith("CREATE TABLE", StringComparison.OrdinalIgnoreCase)))
        {
            foreach (var row in Rows(connection, $"SELECT * FROM \"{name}\" ORDER BY 1, 2")) text.Append($"INSERT INTO \"{name}\" VALUES ({string.Join(", ", row.Select(Literal))});\n");
        }

        return text.ToString();
    }

    /// <summary>Makes it again.</summary>
    public static void Restore(string text, string journal)
    {
        using var connection = Open(journal);
        using var command = connection.CreateCommand();
        command.CommandText = $"BEGIN; {text} COMMIT;";
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(string journal)
    {
        var connection = new SqliteConnection($"Data Source={journal};Pooling=False");
        connection.Open();
        return connection;
    }

    private static List<object[]> Rows(SqliteConnection connection, string question)
    {
        using var command = connection.CreateCommand();
        command.CommandText = question;
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }

    // Facts are JSON, which reads better than its bytes.
    private static string Literal(object value) => value switch
    {
        DBNull => "NULL",
        byte[] bytes => $"CAST({Literal(Encoding.UTF8.GetString(bytes))} AS BLOB)",
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"{value.GetType()} in a journal"),
    };
}
