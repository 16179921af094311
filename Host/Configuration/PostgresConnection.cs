using System.ComponentModel;
using System.Data.Common;
using System.Reflection;
using NetworkCluster.Commands;
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
        var near = typeof(NpgsqlConnectionStringBuilder).GetProperties().Select(part => part.GetCustomAttribute<DisplayNameAttribute>()?.DisplayName).OfType<string>()
            .Select(name => (Name: name, Distance: Suggestion.Distance(key.ToLowerInvariant(), name.ToLowerInvariant()))).MinBy(part => part.Distance);
        return near is { Name: { } nearest, Distance: <= 2 } ? $"; did you mean {nearest}?" : "";
    }
}
