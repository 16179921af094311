using NetworkCluster.Tests.Support;
using Npgsql;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>The tables that hosts make by themselves are those that are shipped, and a host with few rights is content with the latter.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class JournalSchemaTests
{
    private const string Schema = """
        SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || is_identity FROM information_schema.columns WHERE table_schema = 'public'
        UNION SELECT regexp_replace(indexdef, ' ON public\.', ' ON ') FROM pg_indexes WHERE schemaname = 'public'
        UNION SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
        ORDER BY 1
        """;

    [KernelFact]
    public async Task The_shipped_tables_are_those_that_hosts_make_and_a_host_needs_no_right_to_make_any()
    {
        await using var postgres = await PrivatePostgres.StartAsync(5455);
        var connection = postgres.ConnectionString("127.0.0.1");
        await using (var maker = Host("js1", connection))
        {
            await maker.StartAsync();
            await maker.Operator.DoneAsync("network", "create", ("network", "made"));
        }

        var shipped = $"{connection};Database=shipped";
        await RunAsync(connection, "CREATE DATABASE shipped");
        await RunAsync(shipped, await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "hocon", "postgresql.sql")));
        Assert.Equal(await LinesAsync(connection), await LinesAsync(shipped));

        // As the file's end says it, which is a comment there: the name is the operator's.
        await RunAsync(shipped, """
            REVOKE CREATE ON SCHEMA public FROM public;
            CREATE ROLE network_cluster LOGIN;
            GRANT SELECT, INSERT ON journal, tags TO network_cluster;
            GRANT SELECT, INSERT, UPDATE, DELETE ON snapshot TO network_cluster;
            """);
        await using (var hopeless = Host("js3", $"{shipped};Username=network_cluster"))
        {
            var (code, output) = await hopeless.StartSecondAsync();
            Assert.True(code == 2 && output.Contains("the role network_cluster may not make tables in the database shipped: as its owner either GRANT CREATE ON SCHEMA public TO network_cluster; or make the tables with psql -d shipped -f hocon/postgresql.sql", StringComparison.Ordinal) && !output.Contains("   at ", StringComparison.Ordinal), output);
        }

        await using var host = Host("js2", $"{shipped};Username=network_cluster", "--set", "akka.persistence.journal.sql.auto-initialize=off", "--set", "akka.persistence.snapshot-store.sql.auto-initialize=off");
        await host.StartAsync();
        await host.Operator.DoneAsync("network", "create", ("network", "kept"));
        // Enough facts for a snapshot, after which those before it are deleted.
        for (var i = 0; i < 510; i++) await host.Operator.DoneAsync("network", "update", ("network", "kept"), ("label-add", $"n={i}"));

        await host.KillAsync();
        await host.StartAsync();
        Assert.Equal("509", (await host.Operator.InspectAsync("network", "kept"))[0].GetProperty("Labels").GetProperty("n").GetString());
        Assert.NotEmpty(await LinesAsync(shipped, "SELECT persistence_id FROM snapshot"));
        Assert.DoesNotContain("permission denied", host.Output, StringComparison.Ordinal);
    }

    private static HostUnderTest Host(string prefix, string connection, params string[] more) => new(prefix, null, "127.0.0.1:0",
        ["--config", Path.Combine(AppContext.BaseDirectory, "hocon", "cluster.conf"), "--set", "network-cluster.cluster.address=127.0.0.1", "--set", $"network-cluster.journal.connection-string={connection}", .. more]);

    private static async Task<List<string>> LinesAsync(string database, string query = Schema)
    {
        await using var connection = new NpgsqlConnection($"{database};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync()) lines.Add(reader.GetString(0));
        return lines;
    }

    private static async Task RunAsync(string database, string script)
    {
        await using var connection = new NpgsqlConnection($"{database};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(script, connection);
        await command.ExecuteNonQueryAsync();
    }
}
