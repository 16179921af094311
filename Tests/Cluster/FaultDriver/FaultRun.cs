using Akka.Actor;
using Npgsql;

namespace NetworkCluster.Tests.Cluster.FaultDriver;

/// <summary>
/// Several hosts as processes in machines of their own, a load from several clients, and faults that a seed chooses: after each few of them everything is compared with what was answered.
/// The seed chooses what is done; when exactly it meets the load is the machine's.
/// </summary>
internal sealed class FaultRun(int hosts, int seed, Action<string> tell)
{
    /// <summary>What may happen.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = Fault.All;

    /// <summary>How long hosts may take until all is as it must be: 4 s until their process is up, law 3's 15 s, and what a busy machine adds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(45);

    private const int Clients = 5;
    private const int MostFaultsPerCheck = 3;

    /// <summary>What was told last, when something is not as it must be.</summary>
    private readonly List<string> _told = [];

    /// <summary>Checks so long as the time lasts, once at least.</summary>
    /// <exception cref="FaultViolationException">Something is not as it must be; the message has the history of what it is about.</exception>
    public async Task RunAsync(TimeSpan time)
    {
        var (random, until) = (new Random(seed), TimeProvider.System.GetUtcNow() + time);
        Tell($"seed {seed}, {hosts} hosts, {Clients} clients");
        using var clocks = new HostClocks(hosts);
        await using var underlay = await Underlay.StartAsync("ft", hosts, own: clocks.EnvironmentOf);
        using var reader = ActorSystem.Create("reader", "akka { loglevel = OFF, stdout-loglevel = OFF }");
        var model = new FaultModel(hosts);
        var clients = Enumerable.Range(0, Clients).Select(client => new FaultClient(client, seed, underlay.Hosts, model)).ToList();
        var (scene, check) = (new FaultScene(underlay, clocks, model, random, Tell), new FaultCheck(underlay, model, reader, random, Patience));
        try
        {
            for (var round = 1; round == 1 || TimeProvider.System.GetUtcNow() < until; round++)
            {
                Tell($"round {round}");
                await LoadAsync(clients, scene, random);
                foreach (var host in scene.Hosts.Where(host => !underlay.Hosts[host - 1].Lives)) throw new FaultViolationException($"host{host} ended by itself", []);
                var took = await check.RunAsync(clients.Max(client => client.LastUnknown));
                Tell($"  all so after {took.TotalSeconds:0.0} s; {model.Networks.Count} networks, {model.Boxes.Count} containers; commands: {Counted(clients)}");
            }
        }
        catch (Exception cause)
        {
            var report = Report(cause, clients, underlay, await KeepAsync(underlay));
            throw cause is FaultViolationException ? new FaultViolationException(report, []) : new InvalidOperationException(report, cause);
        }
    }

    private async Task LoadAsync(List<FaultClient> clients, FaultScene scene, Random random)
    {
        using var stop = new CancellationTokenSource();
        foreach (var client in clients) client.Calm = true;
        var load = clients.Select(client => client.RunAsync(stop.Token)).ToList();
        try
        {
            await scene.WaitAsync(0.5, 3);
            foreach (var client in clients) client.Calm = false;
            for (var faults = random.Next(MostFaultsPerCheck) + 1; faults > 0; faults--)
            {
                await Fault.Any(Faults, random).HappensAsync(scene);
                await scene.WaitAsync(0, 4);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(load);
        }
    }

    private void Tell(string what)
    {
        var line = $"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {what}";
        lock (_told) _told.Add(line);
        tell(line);
    }

    // What Akka says about connections that come and go would be all there is.
    private static bool IsOurs(string line) => line.Length > 0 && !line.StartsWith(' ') && !line.Contains("./pbm", StringComparison.Ordinal) && !line.Contains(" Akka[0] ", StringComparison.Ordinal);

    // Everything that they wrote, for whoever looks into it: the processes, and the journal row by row.
    private static async Task<string> KeepAsync(Underlay underlay)
    {
        var directory = Directory.CreateTempSubdirectory("nwc-faults-").FullName;
        foreach (var host in underlay.Hosts) await File.WriteAllTextAsync(Path.Combine(directory, $"{host.HostId}.log"), host.Output);
        try
        {
            await using var connection = new NpgsqlConnection($"{underlay.Journal};Pooling=false");
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT ordering, created, persistence_id, sequence_number, manifest, convert_from(message, 'UTF8') FROM journal ORDER BY ordering";
            await using var rows = await command.ExecuteReaderAsync();
            await using var file = new StreamWriter(Path.Combine(directory, "journal.log"));
            while (await rows.ReadAsync()) await file.WriteLineAsync($"{rows[0]} {new DateTime((long)rows[1]):HH:mm:ss.fff} {rows[2]} {rows[3]} {rows[4]} {rows[5]}");
        }
        catch (NpgsqlException)
        {
            // It may be away: what is known without it is told.
        }

        return directory;
    }

    private static string Counted(IEnumerable<FaultClient> clients) =>
        string.Join(", ", clients.SelectMany(client => client.Answers).GroupBy(pair => pair.Key, pair => pair.Value).Select(group => $"{group.Sum()} {group.Key}"));

    private string Report(Exception cause, List<FaultClient> clients, Underlay underlay, string kept)
    {
        var names = (cause as FaultViolationException)?.Names ?? [];
        List<string> told;
        lock (_told) told = [.. _told.TakeLast(30)];
        IEnumerable<string> lines =
        [
            $"seed {seed}: {(cause is FaultViolationException ? cause.Message : cause.ToString())}",
            "", "what was done last:", .. told,
            "", "what was asked about it:", .. names.SelectMany(name => clients.SelectMany(client => client.HistoryOf(name))).Distinct().Order(StringComparer.Ordinal).TakeLast(60),
            "", $"everything is in {kept}",
            .. underlay.Hosts.SelectMany(host => (string[])["", $"{host.HostId}:", .. host.Output.Split('\n').Where(IsOurs).TakeLast(40)]),
        ];
        return string.Join('\n', lines);
    }
}
