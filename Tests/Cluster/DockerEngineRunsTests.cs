using System.Globalization;
using NetworkCluster.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace NetworkCluster.Tests.Cluster;

/// <summary>
/// Containers of two real engines are run, stopped, started, removed, connected and disconnected at random, while engines and host processes are killed and come back, also in the middle of a command. At the
/// end both engines, the cluster and both kernels say the same. <c>NWC_ENGINE_RUNS</c> says how many such things happen, and <c>NWC_ENGINE_SEED</c> which.
/// </summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class DockerEngineRunsTests(ITestOutputHelper output)
{
    private const int Hosts = 2;
    private static readonly int Runs = Number("NWC_ENGINE_RUNS", 25), Seed = Number("NWC_ENGINE_SEED", 7);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20), Settled = TimeSpan.FromSeconds(90);
    private static readonly string[] Networks = ["back", "front"];

    private readonly Random _random = new(Seed);
    private readonly List<string> _history = [];
    private int _names;

    [KernelFact]
    public async Task After_random_runs_stops_kills_and_restarts_engines_cluster_and_kernels_agree()
    {
        await using var scene = await DockerEngineScene.StartAsync("dr");
        var (underlay, engines) = scene;
        var (first, second) = (engines[0], engines[1]);
        foreach (var network in Networks) first.Cli.Done($"network create -d network-cluster --ipam-driver network-cluster {network}");
        await Eventually.IsSoAsync(Soon, () => Task.FromResult(Networks.All(network => second.Cli.Run($"network inspect {network}").Code == 0)));

        for (var run = 0; run < Runs; run++) await SomethingAsync(underlay, engines);
        var disagreement = "";
        try
        {
            await Eventually.IsSoAsync(Settled, async () => (disagreement = await scene.DisagreementAsync(Networks)).Length == 0);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"seed {Seed}: {disagreement}\nafter\n{string.Join('\n', _history)}\n{underlay.Hosts[0].Output}\n{underlay.Hosts[1].Output}");
        }

        await PingsAsync(engines);
        output.WriteLine($"seed {Seed}: {engines.Sum(engine => Running(engine).Count)} endpoints after\n{string.Join('\n', _history)}");
        // And all of it goes.
        foreach (var one in engines) one.Cli.Run("rm -f $(docker ps -aq)");
        foreach (var network in Networks) await Eventually.IsSoAsync(Soon, () => Task.FromResult(first.Cli.Run($"network rm {network}").Code == 0));
        await Eventually.IsSoAsync(Soon, () => Task.FromResult(Networks.All(network => second.Cli.Run($"network inspect {network}").Code != 0)));
        for (var host = 1; host <= Hosts; host++)
        {
            var at = host;
            await Eventually.IsSoAsync(Soon, () => Task.FromResult(scene.Left(at, 0).Length == 0));
        }
    }

    private async Task SomethingAsync(Underlay underlay, DockerEngine[] engines)
    {
        var host = _random.Next(Hosts) + 1;
        var (engine, process) = (engines[host - 1], underlay.Hosts[host - 1]);
        switch (_random.Next(20))
        {
            case 0:
                Note($"engine {host} and all that it runs: kill -9");
                await engine.KillAsync();
                await engine.StartAsync();
                break;
            case 1 or 2:
                // While the engine asks it for something.
                var command = Command(engine);
                var pause = _random.Next(400);
                Note($"host {host}: kill -9 {pause} ms into what follows");
                var asked = Task.Run(() => Run(host, engine, command));
                await Task.WhenAny(asked, Task.Delay(pause));
                await process.KillAsync();
                await process.StartAsync();
                await asked;
                break;
            case 3:
                Note($"host {host}: kill -9, and what follows without it");
                await process.KillAsync();
                var without = Task.Run(() => Run(host, engine, Command(engine)));
                await Task.WhenAny(without, Task.Delay(1000));
                await process.StartAsync();
                await without;
                break;
            default:
                Run(host, engine, Command(engine));
                break;
        }
    }

    // What comes of it does not matter: that all say the same afterwards does.
    private void Run(int host, DockerEngine engine, string command)
    {
        var (code, text, error) = engine.Cli.Run(command);
        Note($"{host}: docker {command}: {(code == 0 ? "done" : $"{code} {text}{error}".Trim())}");
    }

    private void Note(string what)
    {
        lock (_history) _history.Add($"{_history.Count + 1} {what}");
    }

    private string Command(DockerEngine engine)
    {
        string[] all = [.. engine.Cli.Run("ps -a --format '{{.Names}}'").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        var network = Networks[_random.Next(Networks.Length)];
        if (all.Length == 0 || (all.Length < 6 && _random.Next(3) == 0)) return Begin();
        var one = all[_random.Next(all.Length)];
        return _random.Next(7) switch
        {
            0 => $"rm -f {one}",
            1 => $"stop -t 0 {one}",
            2 => $"restart -t 0 {one}",
            3 => $"kill {one}",
            4 => $"network disconnect {network} {one}",
            5 => $"network connect {network} {one}",
            _ => $"start {one}",
        };

        string Begin() => $"run -d --name c{++_names} --network {network} {(_random.Next(2) == 0 ? $"--network-alias a{_names}" : "")} busybox sleep 10000";
    }

    private static SortedSet<string> Running(DockerEngine engine) => DockerEngineScene.Running(engine, Networks);

    // By name, across the hosts, from one container of each network.
    private static async Task PingsAsync(DockerEngine[] engines)
    {
        foreach (var engine in engines)
        {
            foreach (var network in Networks)
            {
                if (Running(engine).FirstOrDefault(line => line.StartsWith($"{network} ", StringComparison.Ordinal)) is not { } from) continue;
                foreach (var to in engines.SelectMany(Running).Where(line => line.StartsWith($"{network} ", StringComparison.Ordinal)))
                {
                    await Eventually.IsSoAsync(Soon, () => Task.FromResult(engine.Cli.Run($"exec {from.Split(' ')[1]} ping -c1 -W1 {to.Split(' ')[1]}").Code == 0));
                }
            }
        }
    }

    private static int Number(string variable, int otherwise) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
