using System.Diagnostics;
using Akka.Actor;
using NetworkCluster.Addressing;
using NetworkCluster.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace NetworkCluster.Tests.Cluster;

/// <summary>
/// kill -9 of the real process at random moments of a load, and what must be so after each restart: laws 1, 2 and 4, from the journal and from the kernel.
/// </summary>
[Trait("Category", "Kernel")]
public sealed class UngracefulRestartTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Rounds = 30;
    private const int Workers = 4;

    private readonly HostUnderTest _host = new("ugr");
    private readonly ActorSystem _reader = ActorSystem.Create("reader");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _reader.Terminate();
    }

    [KernelFact]
    public async Task What_was_acknowledged_survives_kill_9_at_any_moment_and_nothing_else_stays()
    {
        var seed = Seed.Or(20261124);
        var random = new Random(seed);
        var workers = Enumerable.Range(0, Workers).Select(index => new LoadWorker(index, seed)).ToList();
        var (done, unknown) = (0, 0);
        await _host.StartAsync();
        for (var round = 0; round < Rounds; round++)
        {
            using var stop = new CancellationTokenSource();
            var before = workers.Sum(worker => worker.Done);
            var load = workers.Select(worker => worker.RunAsync(_host.Operator, stop.Token)).ToList();

            // At a random number of acknowledged commands, then a random number of journal-scale instants later: anywhere inside a command.
            var target = before + random.Next(1, 60);
            while (workers.Sum(worker => worker.Done) < target) await Task.WhenAny(workers.Select(worker => worker.NextDone).Append(Task.WhenAll(load)));
            Spin(random.Next(0, 3000));
            await _host.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(load);
            unknown += workers.Count(worker => worker.IsUncertain);

            // Sometimes a part of the machine dies, too.
            var died = round % 5 == 4 ? Kernel.Sandboxes(_host.Prefix).OrderBy(_ => random.Next()).FirstOrDefault() : null;
            if (died is not null) Kernel.Run("ip", "netns", "del", died);

            await _host.StartAsync();
            foreach (var worker in workers) await worker.SettleAsync(_host.Operator, died);
            await AssertLawsAsync(workers, round, seed);
        }

        done = workers.Sum(worker => worker.Done);
        output.WriteLine($"seed {seed}: {Rounds} rounds, {done} acknowledged commands, {unknown} with unknown outcome");
        Assert.True(done > Rounds);
    }

    private async Task AssertLawsAsync(List<LoadWorker> workers, int round, int seed)
    {
        var where = $"round {round}, seed {seed}\n{_host.Output}";

        // Law 2: the networks, containers and connections are those that were acknowledged, no more and no less.
        var networks = (await _host.Operator.RunAsync("network", "ls", ("quiet", "true"))).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var documents = networks.Length == 0 ? [] : (await _host.Operator.InspectAsync("network", networks)).EnumerateArray().ToList();
        var expected = workers.SelectMany(worker => worker.Networks.Keys).Order().ToList();
        var found = documents.Select(network => network.GetProperty("Name").GetString()!).Where(name => name is not ("bridge" or "host" or "none")).Order().ToList();
        Assert.True(expected.SequenceEqual(found), $"networks: wanted {string.Join(' ', expected)}, found {string.Join(' ', found)}; {where}");

        var connections = documents.SelectMany(network => network.GetProperty("Containers").EnumerateObject().Select(container =>
            (Network: network.GetProperty("Name").GetString()!, Container: container.Value.GetProperty("Name").GetString()!, Endpoint: container.Value.GetProperty("EndpointID").GetString()!, Address: container.Value.GetProperty("IPv4Address").GetString()!))).ToList();
        var wanted = workers.SelectMany(worker => worker.Connections).Order().ToList();
        var actual = connections.Select(connection => (connection.Network, connection.Container)).Order().ToList();
        Assert.True(wanted.SequenceEqual(actual), $"connections: wanted {string.Join(' ', wanted)}, found {string.Join(' ', actual)}; {where}");

        // Law 1, from the journal alone; and every address that is taken belongs to an endpoint that is there.
        var holders = JournalFacts.AssertOneHolderEach(JournalFacts.Read(_host.Journal, _reader));
        var held = holders.Values.SelectMany(pool => pool).Where(pair => pair.Value.Endpoint is not null).Select(pair => (Endpoint: pair.Value.ToString(), Address: pair.Key)).Order().ToList();
        var given = connections.Select(connection => (connection.Endpoint, InetAddress.Parse(connection.Address.Split('/')[0]))).Order().ToList();
        Assert.True(given.SequenceEqual(held), $"addresses: given {string.Join(' ', given)}, held {string.Join(' ', held)}; {where}");

        // Law 4: the kernel has what is wanted, and nothing else of ours.
        var running = workers.SelectMany(worker => worker.Containers.Values).Where(container => container.Running).Select(container => $"{_host.Prefix}-{container.Id[..12]}").Order().ToList();
        Assert.True(running.SequenceEqual(Kernel.Sandboxes(_host.Prefix).Order()), $"sandboxes: wanted {string.Join(' ', running)}, found {string.Join(' ', Kernel.Sandboxes(_host.Prefix))}; {where}");
        var veths = Kernel.Links(_host.Prefix).Where(link => link.StartsWith($"{_host.Prefix[..2]}v", StringComparison.Ordinal)).Order().ToList();
        Assert.True(connections.Select(connection => $"{_host.Prefix[..2]}v{connection.Endpoint[..11]}").Order().SequenceEqual(veths), $"links: {string.Join(' ', veths)}; {where}");
        foreach (var sandbox in running)
        {
            var id = sandbox[(_host.Prefix.Length + 1)..];
            var name = workers.SelectMany(worker => worker.Containers).Single(container => container.Value.Id.StartsWith(id, StringComparison.Ordinal)).Key;
            var inside = Kernel.Addresses(sandbox);
            Assert.True(connections.Where(connection => connection.Container == name).Select(connection => connection.Address).Order().SequenceEqual(inside.Order()), $"{name} has {string.Join(' ', inside)}; {where}");
        }

        Assert.Single(_host.ThreadNamespaces);

        // And it works: somebody pings somebody by name.
        var pair = connections.GroupBy(connection => connection.Network).Where(group => group.Count() > 1 && group.Key != "bridge").Select(group => (From: group.First().Container, To: group.Last().Container)).FirstOrDefault();
        if (pair.From is null) return;
        var ping = await _host.Operator.RunAsync("container", "exec", ("container", pair.From), ("command", "ping"), ("command", "-c1"), ("command", "-W2"), ("command", pair.To));
        Assert.True(ping.Done, $"{pair.From} does not reach {pair.To}: {ping.Out} {ping.Error}; {where}");
    }

    private static void Spin(int microseconds)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalMicroseconds < microseconds)
        {
            // Shorter than any timer: the moments inside a command are microseconds apart.
        }
    }
}
