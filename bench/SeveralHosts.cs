using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using NetworkCluster.Tests.Cluster;
using NetworkCluster.Tests.Kernel;

namespace NetworkCluster.Bench;

/// <summary>Three hosts on one PostgreSQL, each a process in a namespace of its own: a connect beside its raw parts, packets beside a VXLAN made by hand between the same namespaces, and how long a name is held by a host that dies.</summary>
internal static class SeveralHosts
{
    private const int Rounds = 200, FactsPerConnect = 4;
    // Three processes compile the same code on this machine: some seconds.
    private const int WarmUp = 500;
    private const int Streams = 5, StreamSeconds = 2;

    public static async Task RunAsync()
    {
        await using var underlay = await StartAsync("bh");
        await ConnectsAsync(underlay);
        await StreamsAsync(underlay);
        await DeathAsync(underlay);
    }

    /// <summary>Three hosts that have a container each in the network <c>wide</c>.</summary>
    public static async Task<Underlay> StartAsync(string name, params (string Name, string Value)[] environment)
    {
        var underlay = await Underlay.StartAsync(name, 3, environment: environment);
        await underlay.Hosts[0].Operator.DoneAsync("network", "create", ("network", "wide"), ("driver", "overlay"), ("subnet", "10.210.0.0/16"));
        for (var host = 1; host <= 3; host++) await RunAsync(underlay, host, $"stays{host}");
        return underlay;
    }

    private static Task<string> RunAsync(Underlay underlay, int host, string name) =>
        underlay.Hosts[host - 1].Operator.DoneAsync("container", "run", ("name", name), ("detach", "true"), ("network", "wide"));

    private static async Task ConnectsAsync(Underlay underlay)
    {
        await underlay.Hosts[0].Operator.DoneAsync("container", "run", ("name", "box"), ("detach", "true"));
        using var pbm = new PbmClient(underlay.Hosts[0].Operator.Address);
        await using var kernel = await RawKernel.StartAsync();
        await using var journal = new NpgsqlConnection(underlay.Journal);
        await journal.OpenAsync();
        await using var schema = new NpgsqlCommand("CREATE TABLE bench (ordering BIGSERIAL PRIMARY KEY, id TEXT, nr BIGINT, fact BYTEA, UNIQUE(id, nr))", journal);
        await schema.ExecuteNonQueryAsync();
        await using var insert = new NpgsqlCommand("INSERT INTO bench (id, nr, fact) VALUES ('bench', $1, $2)", journal) { Parameters = { new() { Value = 0L }, new() { Value = new byte[700] } } };
        var (connect, disconnect, netlink, facts, sequence, unheard, pings) = (new Samples(), new Samples(), new Samples(), new Samples(), 0L, 0, 0);
        for (var i = -WarmUp; i < Rounds; i++)
        {
            var (c, d, n, f) = i < 0 ? (new(), new(), new(), new()) : (connect, disconnect, netlink, facts);
            await c.MeasureAsync(() => pbm.RunAsync("network", "connect", ("network", "wide"), ("container", "box")));
            if (i >= 0 && i % 10 == 0)
            {
                // Once each, and at once: whether the answer came too early.
                foreach (var other in (int[])[2, 3])
                {
                    pings++;
                    if (!(await underlay.Hosts[other - 1].Operator.RunAsync("container", "exec", ("container", $"stays{other}"), ("command", "ping"), ("command", "-c1"), ("command", "-W1"), ("command", "box"))).Done) unheard++;
                }
            }

            await n.MeasureAsync(kernel.AttachAsync);
            await f.MeasureAsync(async () =>
            {
                for (var fact = 0; fact < FactsPerConnect; fact++)
                {
                    insert.Parameters[0].Value = ++sequence;
                    await insert.ExecuteNonQueryAsync();
                }
            });
            await d.MeasureAsync(() => pbm.RunAsync("network", "disconnect", ("network", "wide"), ("container", "box")));
            await kernel.UndoAsync();
        }

        Samples.Print("connect on an overlay that all three hosts take part in", connect, netlink.P50 + facts.P50);
        Samples.Print("  raw: netlink set-up of the endpoint", netlink);
        Samples.Print($"  raw: {FactsPerConnect} facts, a commit each, in the same PostgreSQL", facts);
        Samples.Print("disconnect", disconnect);
        Console.WriteLine($"  pings by name from the two other hosts right after the answer: {pings}, of which {unheard} were not answered");
        await underlay.Hosts[0].Operator.DoneAsync("container", "rm", ("container", "box"), ("force", "true"));
    }

    private static async Task StreamsAsync(Underlay underlay)
    {
        for (var host = 1; host <= 2; host++) MakeByHand(host);
        var there = (await underlay.Hosts[1].Operator.InspectAsync("container", "stays2"))[0].GetProperty("NetworkSettings").GetProperty("Networks").GetProperty("wide").GetProperty("IPAddress").GetString()!;
        var (ours, byHand) = (new List<double>(), new List<double>());
        for (var i = 0; i < Streams; i++)
        {
            ours.Add(await StreamAsync(KernelOf(underlay, 1), KernelOf(underlay, 2), there));
            byHand.Add(await StreamAsync("hand1", "hand2", "10.250.0.2"));
        }

        var (our, other) = (Samples.Median(ours), Samples.Median(byHand));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"TCP between two hosts' sandboxes, median of 5 times 2 s",-58} {our,8:0.00} Gbit/s; VXLAN by hand {other:0.00} Gbit/s   x {our / other:0.00}"));
        for (var host = 1; host <= 2; host++) KernelHost.Shell($"ip netns del hand{host}");
    }

    // The same pieces as ours: a sandbox, a pair of links, a bridge, a VXLAN with the other host as its only peer.
    private static void MakeByHand(int host)
    {
        KernelHost.Shell($"ip netns add hand{host}");
        foreach (var command in (string[])
        [
            $"ip link add hvx type vxlan id 77 dstport 4790 local {Underlay.AddressOf(host)} remote {Underlay.AddressOf(3 - host)} nolearning",
            "ip link add hbr type bridge",
            "ip link set hvx mtu 1450 master hbr up",
            "ip link set hbr mtu 1450 up",
            $"ip link add hve mtu 1450 type veth peer name eth0 mtu 1450 netns hand{host}",
            "ip link set hve master hbr up",
        ]) Underlay.On(host, command);
        KernelHost.Shell($"ip -n hand{host} addr add 10.250.0.{host}/24 dev eth0 && ip -n hand{host} link set eth0 up");
    }

    private static string KernelOf(Underlay underlay, int host) => Kernel.Sandboxes(underlay.Hosts[host - 1].Prefix).Single();

    private static async Task<double> StreamAsync(string from, string to, string address)
    {
        using var server = Process.Start(new ProcessStartInfo("nsenter", [$"--net=/run/netns/{to}", "iperf3", "-s", "-1", "--forceflush"]) { RedirectStandardOutput = true })!;
        // It says that it listens.
        while (await server.StandardOutput.ReadLineAsync() is { } line && !line.Contains("listening", StringComparison.Ordinal)) { }
        var drain = server.StandardOutput.ReadToEndAsync();
        var answer = Kernel.Run("nsenter", $"--net=/run/netns/{from}", "iperf3", "-c", address, "-t", $"{StreamSeconds}", "-J");
        await server.WaitForExitAsync();
        await drain;
        return JsonDocument.Parse(answer).RootElement.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble() / 1e9;
    }

    // The guide's redis_db: the name on another host, without any force.
    private static async Task DeathAsync(Underlay underlay)
    {
        await RunAsync(underlay, 1, "redis_db");
        var clock = Stopwatch.StartNew();
        await underlay.PowerOffAsync(1);
        var seconds = await UntilFreeAsync(underlay, clock);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"a host switched off: its container's name runs on another",-58} after {seconds:0.0} s"));
        await underlay.PowerOnAsync(1);
        await underlay.Hosts[1].Operator.DoneAsync("container", "rm", ("container", "redis_db"), ("force", "true"));
        // That of the last life is still there, stopped.
        await underlay.Hosts[0].Operator.DoneAsync("container", "rm", ("container", "redis_db"), ("force", "true"));
        await RunAsync(underlay, 1, "redis_db");
        clock.Restart();
        await underlay.PowerOffAsync(1);
        var up = underlay.PowerOnAsync(1);
        seconds = await UntilFreeAsync(underlay, clock);
        await up;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"a host switched off and on again at once",-58} after {seconds:0.0} s"));
    }

    private static async Task<double> UntilFreeAsync(Underlay underlay, Stopwatch clock)
    {
        for (var attempt = 0; ; attempt++)
        {
            var answer = await underlay.Hosts[1].Operator.RunAsync("container", "run", ("name", "redis_db"), ("detach", "true"), ("network", "wide"));
            if (answer.Done) return clock.Elapsed.TotalSeconds;
            if (clock.Elapsed > TimeSpan.FromMinutes(1)) throw new InvalidOperationException($"the name is not free after {attempt} attempts: {answer.Error}");
            await Task.Delay(50);
        }
    }
}
