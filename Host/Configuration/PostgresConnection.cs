using System.ComponentModel;
using System.Data.Common;
using System.Reflection;
using Npgsql;

namespace NetworkCluster.Configuration;

/// <summary>Reads a connection string before anybody connects with it: the library's own words name neither the part that is wrong nor what it could be.</summary>
internal static class PostgresConnection
{
    /// <summary>All that is wrong in it; never a password.</summary>
    public static IReadOnlyList<string> Problems(string text)
    {
        var problems = new List<string>();
        var parts = new DbConnectionStringBuilder();
        try
        {
            parts.ConnectionString = text;
        }
        catch (ArgumentException)
        {
            return ["it cannot be read: it is written as Host=db;Database=network_cluster;Username=nwc;Password=..., and a value with a semicolon in it stands in quotation marks"];
        }

        var read = new NpgsqlConnectionStringBuilder();
        foreach (var key in parts.Keys.Cast<string>())
        {
            try
            {
                read[key] = parts[key];
            }
            catch (Exception cause)
            {
                problems.Add(cause.GetBaseException() is KeyNotFoundException
                    ? $"'{key}' is no part of a connection to PostgreSQL{Nearest(key)}"
                    : $"{key}: {(key.Contains("pass", StringComparison.OrdinalIgnoreCase) ? "the value" : $"'{parts[key]}'")} cannot be its value");
            }
        }

        if (problems.Count > 0) return problems;
        if (string.IsNullOrWhiteSpace(read.Host)) return ["it names no Host: the database's server is meant, as in Host=db;Database=network_cluster;Username=nwc;Password=..."];
        try
        {
            using var whole = new NpgsqlConnection(text);
            return [];
        }
        catch (Exception cause) when (cause is ArgumentException or FormatException or InvalidOperationException or NotSupportedException)
        {
            return [$"its parts do not go together: {cause.GetBaseException().Message.ReplaceLineEndings(" ")}"];
        }
    }

    private static string Nearest(string key)
    {
        if (key is "data source" or "datasource" or "filename") return " but of SQLite's: Host=... names the server";
        var nearest = typeof(NpgsqlConnectionStringBuilder).GetProperties().Select(part => part.GetCustomAttribute<DisplayNameAttribute>()?.DisplayName).OfType<string>().MinBy(name => Distance(key, name));
        return nearest is not null && Distance(key, nearest) <= 2 ? $"; did you mean {nearest}?" : "";
    }

    // How many characters are to be put in, taken out or changed.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var before = row[0]++;
            for (var j = 1; j <= other.Length; j++)
                (before, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, before + (char.ToLowerInvariant(one[i - 1]) == char.ToLowerInvariant(other[j - 1]) ? 0 : 1)));
        }

        return row[^1];
    }
}
