using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Cluster;
using NetworkCluster.Tests.Kernel;

namespace NetworkCluster.Bench;

/// <summary>Many hosts, and much in the journal: real processes with a real PostgreSQL, whose data planes are simulated, so that no kernel is measured.</summary>
internal static class ManyHosts
{
    private const int Hosts = 10, Endpoints = 1000, AtOnce = 16, Rounds = 4;
    private const int Networks = 10_000, PerNetwork = 10, PerContainer = 10;
    private const int Connects = 200, StartedAtOnce = 4;
    private static readonly int[] Sizes = [2, 5, 10, 20, 50];

    /// <summary>A hundred containers on each of ten hosts, each in one of a hundred networks, so that each network is on all hosts: each connect is told to ten. One container for all of a host's would be connected to one network after the other. All ten share this machine's cores.</summary>
    public static async Task EndpointsAsync()
    {
        await using var underlay = await StartAsync("be", Hosts, _ => "control, agent");
        var clients = underlay.Hosts.Select(host => new PbmClient(host.Operator.Address)).ToList();
        var networks = Endpoints / Hosts;
        for (var network = 0; network < networks; network++) await clients[0].RunAsync("network", "create", ("network", $"net{network}"), ("driver", "overlay"), ("subnet", $"10.{network}.0.0/24"));
        for (var round = 0; round < Rounds; round++)
        {
            // One after the other at each host: so many processes that begin share a machine which each would have for itself.
            await EachAsync(1, (client, host, network) => client.RunAsync("container", "run", ("name", $"box{host}-{network}"), ("detach", "true")));
            var (clock, before) = (Stopwatch.StartNew(), Spent(underlay));
            await EachAsync(AtOnce, (client, host, network) => client.RunAsync("network", "connect", ("network", $"net{network}"), ("container", $"box{host}-{network}")));
            clock.Stop();
            var (hosts, postgres, here) = Spent(underlay);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Endpoints} endpoints over {Hosts} simulated hosts, each network on all of them, time {round + 1}: {clock.Elapsed.TotalSeconds:0.0} s; processor time of each connect: all hosts {Each(hosts - before.Hosts):0.0} ms, PostgreSQL {Each(postgres - before.Postgres):0.0} ms, who asks {Each(here - before.Here):0.0} ms"));
            await EachAsync(AtOnce, (client, host, network) => client.RunAsync("container", "rm", ("container", $"box{host}-{network}"), ("force", "true")));
        }

        foreach (var client in clients) client.Dispose();

        static double Each(double seconds) => seconds * 1000 / Endpoints;

        Task EachAsync(int atOnce, Func<PbmClient, int, int, Task> work) => Task.WhenAll(clients.Select((client, host) => Parallel.ForAsync(0, networks, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (network, _) => await work(client, host, network))));
    }

    /// <summary>All hosts die that have much in the journal: as many as this machine has cores, each as it would be on a machine of its own, and one more.</summary>
    public static async Task KilledAsync()
    {
        var cores = Math.Max(2, Environment.ProcessorCount);
        await KilledAsync(cores);
        await KilledAsync(cores + 1);
    }

    private static async Task KilledAsync(int count)
    {
        await using var underlay = await StartAsync("bk", count, _ => "control, agent");
        await Task.WhenAll(underlay.Hosts.Select(host => host.KillAsync()));
        await using (var connection = new NpgsqlConnection($"{underlay.Journal};Command Timeout=300"))
        {
            await connection.OpenAsync();
            var many = await JournalOfMany.AfterAsync(connection);
            var hosts = underlay.Hosts.Select(host => HostId.Parse(host.HostId)).ToList();
            foreach (var host in hosts) many.Join(host);
            var networks = Enumerable.Range(0, Networks).Select(number => many.Create($"net{number}", $"10.{number / 256}.{number % 256}.0/24", hosts[number % hosts.Count])).ToList();
            for (var container = 0; container < Networks * PerNetwork / PerContainer; container++)
            {
                var first = container;
                many.Create($"box{container}", hosts[container % hosts.Count], [.. Enumerable.Range(0, PerContainer).Select(network => networks[(first + (network * 997)) % Networks])]);
            }

            await many.WriteAsync(connection);
            // As a database does by itself that was not filled in a second.
            await using var analyze = new NpgsqlCommand("ANALYZE journal", connection);
            await analyze.ExecuteNonQueryAsync();
            Console.WriteLine($"{Networks} networks, {Networks * PerNetwork} endpoints of {Networks * PerNetwork / PerContainer} stopped containers on {hosts.Count} hosts: {many.Facts} facts in the journal");
        }

        // Once, as hosts that have been there: what comes back makes its snapshots.
        await StartAllAsync(underlay);
        await ServedAsync(underlay, "first start on them");
        for (var round = 0; round < 2; round++)
        {
            await Task.WhenAll(underlay.Hosts.Select(host => host.KillAsync()));
            await ServedAsync(underlay, "all hosts killed and started again", StartAllAsync(underlay));
        }
    }

    private static async Task StartAllAsync(Underlay underlay) => await Task.WhenAll(underlay.Hosts.Select(host => host.StartAsync()));

    private static async Task ServedAsync(Underlay underlay, string what, Task? starting = null)
    {
        var clock = Stopwatch.StartNew();
        if (starting is not null) await starting;
        var up = clock.Elapsed;
        var clients = underlay.Hosts.Select(host => new PbmClient(host.Operator.Address)).ToList();
        await Task.WhenAll(clients.Select(client => client.RunAsync("network", "inspect", ("network", $"net{clients.IndexOf(client) + 17}"))));
        var first = clock.Elapsed;
        await Task.WhenAll(clients.Select(client => client.RunAsync("network", "ls")));
        await Task.WhenAll(clients.Select(client => client.RunAsync("container", "ls", ("all", "true"))));
        var (listed, before) = (clock.Elapsed, Spent(underlay));
        await Parallel.ForAsync(0, Networks, new ParallelOptions { MaxDegreeOfParallelism = clients.Count * AtOnce }, async (network, _) => await clients[network % clients.Count].RunAsync("network", "inspect", ("network", $"net{network}")));
        var (all, after) = (clock.Elapsed, Spent(underlay));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what}: up {up.TotalSeconds:0.0} s, first answers (a network inspected at each host) {first.TotalSeconds:0.0} s, everything listed (networks, and all containers of each host) {listed.TotalSeconds:0.0} s, each of {Networks} networks inspected {all.TotalSeconds:0.0} s (processor time of each: all hosts {(after.Hosts - before.Hosts) * 1000 / Networks:0.0} ms, PostgreSQL {(after.Postgres - before.Postgres) * 1000 / Networks:0.0} ms, who asks {(after.Here - before.Here) * 1000 / Networks:0.0} ms); resident {string.Join(", ", underlay.Hosts.Select(host => $"{ResidentMiB(host):0}"))} MiB"));
        foreach (var host in underlay.Hosts) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {host.HostId}: {string.Join(", ", host.Said.Where(said => said.Line.Length > 0 && !said.Line.StartsWith(' ') && !said.Line.StartsWith('.')).Select(said => $"{said.After.TotalSeconds:0.0} s {said.Line.Split('.')[0]}"))}"));
        foreach (var client in clients) client.Dispose();
    }

    /// <summary>Two hosts have a network between them, and more and more others do not take part.</summary>
    public static async Task GrowingAsync()
    {
        await using var underlay = await StartAsync("bg", 2, host => host <= 2 ? "control, agent" : "agent");
        using var client = new PbmClient(underlay.Hosts[0].Operator.Address);
        await client.RunAsync("network", "create", ("network", "wide"), ("driver", "overlay"), ("subnet", "10.210.0.0/16"));
        foreach (var host in (int[])[0, 1]) await underlay.Hosts[host].Operator.DoneAsync("container", "run", ("name", $"stays{host}"), ("detach", "true"), ("network", "wide"));
        await client.RunAsync("container", "run", ("name", "box"), ("detach", "true"));
        foreach (var size in Sizes)
        {
            while (underlay.Hosts.Count < size) await underlay.AddAsync(Math.Min(StartedAtOnce, size - underlay.Hosts.Count));
            // What comes beside them is taken off: as long a time with nothing to do.
            await ConnectsAsync();
            var (busy, took) = await MeasureAsync(ConnectsAsync);
            var (idle, _) = await MeasureAsync(() => Task.Delay(took));
            var taking = Enumerable.Range(0, 2).Average(host => (busy[host] - idle[host]) / (double)Connects);
            var others = size == 2 ? "" : string.Create(CultureInfo.InvariantCulture, $"; packets of each of the others {Enumerable.Range(2, size - 2).Average(host => (busy[host] - idle[host]) / (double)Connects):0.00}, resident {Enumerable.Range(2, size - 2).Average(host => ResidentMiB(underlay.Hosts[host])):0} MiB");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size,2} hosts, two of them in the network: connect and disconnect {took.TotalMilliseconds / Connects:0.0} ms; packets of each of the two {taking:0.0}, resident {Enumerable.Range(0, 2).Average(host => ResidentMiB(underlay.Hosts[host])):0} MiB{others}"));
        }

        async Task ConnectsAsync()
        {
            for (var i = 0; i < Connects; i++)
            {
                await client.RunAsync("network", "connect", ("network", "wide"), ("container", "box"));
                await client.RunAsync("network", "disconnect", ("network", "wide"), ("container", "box"));
            }
        }

        async Task<(List<long> Packets, TimeSpan Took)> MeasureAsync(Func<Task> work)
        {
            var before = Packets();
            var clock = Stopwatch.StartNew();
            await work();
            var took = clock.Elapsed;
            return ([.. Packets().Zip(before, (now, then) => now - then)], took);
        }

        // Of the links' other ends, which are where we are.
        List<long> Packets()
        {
            var links = JsonDocument.Parse(KernelHost.Shell("ip -s -j link show master und0")).RootElement.EnumerateArray().ToDictionary(link => link.GetProperty("ifname").GetString()!, link => link.GetProperty("stats64"));
            return [.. Enumerable.Range(1, underlay.Hosts.Count).Select(host => links[$"und{host}"]).Select(stats => stats.GetProperty("rx").GetProperty("packets").GetInt64() + stats.GetProperty("tx").GetProperty("packets").GetInt64())];
        }
    }

    private static (double Hosts, double Postgres, double Here) Spent(Underlay underlay) =>
        (ProcessorTime.Of(underlay.Hosts.Select(host => host.ProcessId)), ProcessorTime.OfTree(underlay.Postgres.ProcessId), ProcessorTime.Of([Environment.ProcessId]));

    private static double ResidentMiB(HostUnderTest host) => HostUnderLoad.ResidentMiBOf(host.ProcessId);

    private static Task<Underlay> StartAsync(string name, int hosts, Func<int, string> roles) =>
        Underlay.StartAsync(name, hosts, roles, more: _ => ["--dataplane", "simulated", "--set", "network-cluster.docker-api.socket=", "--set", "network-cluster.log-level=Error"]);
}
