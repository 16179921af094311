using System.Diagnostics;
using System.Globalization;
using NetworkCluster.Tests.Cluster;

namespace NetworkCluster.Bench;

/// <summary>Containers of a real engine in its own bridge network, in its own overlay (it has an etcd and a second engine for that) and in a network of ours, in turn: all of one engine, in one run.</summary>
internal static class EngineRuns
{
    private const int WarmUp = 3, Rounds = 20;
    private const string Ours = "ours", Store = "10.99.0.254:2379";
    private static readonly string[] Networks = ["own-bridge", "own-overlay", Ours];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task RunAsync()
    {
        var data = Directory.CreateTempSubdirectory("nwc-bench-etcd-").FullName;
        using var etcd = Process.Start(new ProcessStartInfo(Path.Combine(Environment.GetEnvironmentVariable("NWC_ENGINE")!, "etcd"),
            ["--data-dir", data, "--enable-v2=true", "--logger", "zap", "--log-level", "error", "--listen-client-urls", "http://0.0.0.0:2379", "--advertise-client-urls", $"http://{Store}"]))!;
        try
        {
            await using var scene = await DockerEngineScene.StartAsync("be", host => $"--cluster-store=etcd://{Store} --cluster-advertise={Underlay.AddressOf(host)}:2375");
            await MeasureAsync(scene);
        }
        finally
        {
            etcd.Kill();
            await etcd.WaitForExitAsync();
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task MeasureAsync(DockerEngineScene scene)
    {
        var cli = scene.Engines[0].Cli;
        cli.Done("network create --subnet 10.221.0.0/16 own-bridge");
        cli.Done("network create -d overlay --subnet 10.222.0.0/16 own-overlay");
        cli.Done($"network create -d network-cluster --ipam-driver network-cluster --subnet 10.223.0.0/16 {Ours}");
        // Warm: each network has a container at each engine that can have one.
        foreach (var network in Networks) cli.Done($"run -d --name stays-{network} --network {network} busybox sleep 100000");
        foreach (var network in Networks[1..])
        {
            await Eventually.IsSoAsync(Patience, () => Task.FromResult(scene.Engines[1].Cli.Run($"network inspect {network}").Code == 0));
            scene.Engines[1].Cli.Done($"run -d --name there-{network} --network {network} busybox sleep 100000");
        }

        using var docker = new DockerClient(scene.Engines[0].Socket);
        var (run, remove, reached) = (Fresh(), Fresh(), 0);
        for (var i = -WarmUp; i < Rounds; i++)
        {
            if (i == 0) (run, remove) = (Fresh(), Fresh());
            foreach (var network in Networks)
            {
                await run[network].MeasureAsync(() => docker.RunAsync("box", network, "busybox", ["sleep", "100000"]));
                // Once, and at once: whether it is there when the engine says that it runs.
                if (network == Ours && i >= 0 && scene.Engines[1].Cli.Run($"exec there-{Ours} ping -c1 -W1 {cli.Done("inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' box")}").Code == 0) reached++;
                await remove[network].MeasureAsync(() => docker.RemoveContainerAsync("box"));
            }
        }

        foreach (var (what, samples) in (ReadOnlySpan<(string, Dictionary<string, Samples>)>)[("run (create and start)", run), ("rm -f", remove)])
        {
            foreach (var network in Networks) Samples.Print($"{what} at an engine, network {network}", samples[network]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ours takes x {samples[Ours].P50 / samples["own-bridge"].P50:0.00} of the engine's bridge, x {samples[Ours].P50 / samples["own-overlay"].P50:0.00} of its overlay"));
        }

        Console.WriteLine($"  {reached} of {Rounds} answered a ping from the other engine at once");
    }

    private static Dictionary<string, Samples> Fresh() => Networks.ToDictionary(network => network, _ => new Samples());
}
