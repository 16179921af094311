using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using NetworkCluster.Addressing;
using NetworkCluster.Entities;
using NetworkCluster.Hosting;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Serialization;

namespace NetworkCluster.Bench;

/// <summary>How long a pool with 50,000 facts takes to come back out of a real journal, with a snapshot and without, beside a bare read of the same rows.</summary>
internal static class Recovery
{
    private const int Facts = 50_000;
    private const int Rounds = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly HostId Host = HostId.Parse("bench");

    public static async Task RunAsync()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a pool's {Facts} facts out of the journal, median of {Rounds} lives"));
        await RunAsync("all of them addresses that are held", releases: false);
        await RunAsync("addresses that come and go, 100 held", releases: true);
    }

    private static async Task RunAsync(string what, bool releases)
    {
        var directory = Directory.CreateTempSubdirectory("nwc-bench-");
        try
        {
            var connection = $"Data Source={Path.Combine(directory.FullName, "journal.db")}";
            var (pool, other) = (Some(1, "10.0.0.0/8"), Some(2, "172.16.0.0/16"));
            await using (var node = Start(connection))
            {
                foreach (var network in (NetworkSpec[])[pool, other])
                {
                    node.Router.Send(new OpenPool(network, 0), ActorRefs.NoSender);
                    await AskAsync(node, new GetPool(network.Pools[0].Id));
                }
            }

            Write(connection, pool, releases);
            var raw = Median([.. Enumerable.Range(0, Rounds).Select(_ => Time(() => Read(connection, pool)))]);
            var without = await LivesAsync(connection, pool, other, releases ? 100 : Facts - 1, snapshot: false);
            while (Ask(connection, "SELECT count(*) FROM snapshot") == 0) await Task.Delay(20);
            var with = await LivesAsync(connection, pool, other, releases ? 100 : Facts - 1, snapshot: true);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-40} without a snapshot {without,6:0} ms (x {without / raw:0.0} of the bare read, {raw:0} ms), with one {with,6:0} ms, {Ask(connection, "SELECT max(length(snapshot)) FROM snapshot") / 1024} KiB"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    // The other one goes first: what every process needs once is not the pool's.
    private static async Task<double> LivesAsync(string connection, NetworkSpec pool, NetworkSpec other, int held, bool snapshot)
    {
        var times = new List<TimeSpan>();
        for (var round = 0; round < Rounds; round++)
        {
            // One that comes back without a snapshot makes one.
            if (!snapshot) Ask(connection, "DELETE FROM snapshot");
            await using var node = Start(connection);
            // The network, which is told that the pool is its: that needs the state and writes nothing.
            using var network = Inbox.Create(node.System);
            node.Router.Register(EntityKind.Network, network.Receiver);
            node.Router.Send(new OpenPool(other, 0), ActorRefs.NoSender);
            await network.ReceiveAsync(Patience);
            var clock = Stopwatch.StartNew();
            node.Router.Send(new OpenPool(pool, 0), ActorRefs.NoSender);
            await network.ReceiveAsync(Patience);
            times.Add(clock.Elapsed);
            var view = (PoolView)await AskAsync(node, new GetPool(pool.Pools[0].Id));
            if (view.Addresses.Length < held) throw new InvalidOperationException($"{view.Addresses.Length} addresses came back of {held}");
        }

        return Median(times);
    }

    private static void Write(string source, NetworkSpec network, bool releases)
    {
        var (decider, id) = (new PoolDecider(), network.Pools[0].Id);
        var state = decider.Evolve(decider.Empty(id.ToString()), new PoolOpened(id, network.Id, network.Name));
        using var connection = new SqliteConnection(source);
        connection.Open();
        using var transaction = connection.BeginTransaction();
        using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        var entity = new EntityKey(EntityKind.Pool, id.ToString()).PersistenceId;
        // The plugin's other columns are as in the row that it wrote itself.
        var row = FirstRow(connection, entity);
        insert.CommandText = $"INSERT INTO journal ({string.Join(", ", row.Keys)}) VALUES ({string.Join(", ", row.Keys.Select(column => $"${column}"))})";
        var (number, at, held) = (1, 0, 100);
        while (number < Facts)
        {
            var command = releases && at >= held && number % 2 == 0 ? (IAddressed)new ReleaseAddress(id, network.Id, AddressHandle.Of(Allocation.Id(at - held))) : Allocation.Allocate(network, at++);
            var facts = decider.Decide(state, command).Events;
            if (facts.IsEmpty) throw new InvalidOperationException($"{command} was refused");
            foreach (var fact in facts)
            {
                state = decider.Evolve(state, fact);
                (row["sequence_number"], row["manifest"], row["message"]) = (++number, Manifests.Of(fact.GetType())!, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(fact, fact.GetType(), MessageJson.Default));
                insert.Parameters.Clear();
                foreach (var (column, value) in row) insert.Parameters.AddWithValue($"${column}", value);
                insert.ExecuteNonQuery();
            }
        }

        transaction.Commit();
    }

    private static Dictionary<string, object> FirstRow(SqliteConnection connection, string entity)
    {
        using var question = connection.CreateCommand();
        question.CommandText = $"SELECT * FROM journal WHERE persistence_id = '{entity}' AND sequence_number = 1";
        using var row = question.ExecuteReader();
        row.Read();
        return Enumerable.Range(0, row.FieldCount).Where(at => row.GetName(at) != "ordering").ToDictionary(row.GetName, row.GetValue);
    }

    private static void Read(string source, NetworkSpec network)
    {
        using var connection = new SqliteConnection(source);
        connection.Open();
        using var question = connection.CreateCommand();
        question.CommandText = "SELECT * FROM journal WHERE persistence_id = $id AND sequence_number > 0 ORDER BY sequence_number";
        question.Parameters.AddWithValue("$id", new EntityKey(EntityKind.Pool, network.Pools[0].Id.ToString()).PersistenceId);
        using var rows = question.ExecuteReader();
        var values = new object[rows.FieldCount];
        while (rows.Read()) rows.GetValues(values);
    }

    private static long Ask(string source, string sql)
    {
        using var connection = new SqliteConnection(source);
        connection.Open();
        using var question = connection.CreateCommand();
        question.CommandText = sql;
        return Convert.ToInt64(question.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static HostNode Start(string connection)
    {
        var node = HostNode.Start(ConfigurationFactory.ParseString(File.ReadAllText(BaseConfig())), connection, new() { Host = Host }, NullLoggerFactory.Instance, TimeProvider.System);
        // No network takes or gives back what they allocate.
        node.Router.Register(EntityKind.Network, node.System.DeadLetters);
        return node;
    }

    private static Task<object> AskAsync(HostNode node, IAddressed message) => node.Router.TargetOf(message).Ask<object>(message, Patience);

    private static NetworkSpec Some(int number, string subnet)
    {
        var range = Subnet.Parse(subnet);
        return new()
        {
            Id = NetworkId.Parse(number.ToString("x64", CultureInfo.InvariantCulture)),
            Name = $"net{number}",
            Driver = "bridge",
            Scope = NetworkScope.Local,
            Host = Host,
            Created = DateTimeOffset.UnixEpoch,
            Pools = [new() { Id = new(AddressSpaceId.Of(Host), range), UserGiven = true }],
        };
    }

    private static TimeSpan Time(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed;
    }

    private static double Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2).TotalMilliseconds;

    private static string BaseConfig([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "hocon", "akka.conf");
}
