using System.Diagnostics;

namespace NetworkCluster.Bench;

/// <summary>What a thousand connected sandboxes add to the process.</summary>
internal static class Memory
{
    private const int Sandboxes = 1000;

    public static async Task RunAsync(HostUnderLoad host, PbmClient pbm)
    {
        await pbm.RunAsync("network", "create", ("network", "many"), ("subnet", "10.220.0.0/16"));
        var (before, clock) = (host.ResidentMiB, Stopwatch.StartNew());
        for (var i = 0; i < Sandboxes; i++) await pbm.RunAsync("container", "run", ("name", $"many{i}"), ("network", "many"), ("detach", "true"));
        Console.WriteLine($"{Sandboxes} connected sandboxes: {clock.Elapsed.TotalSeconds:0.0} s; resident {before:0} -> {host.ResidentMiB:0} MiB");
        await host.KillAsync();
        Console.WriteLine($"after kill -9, first answered command with all of them adopted: {(await host.StartAsync()).TotalSeconds:0.0} s; resident {host.ResidentMiB:0} MiB");
    }
}
