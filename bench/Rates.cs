using System.Diagnostics;

namespace NetworkCluster.Bench;

/// <summary>Connects a second with eight clients at once.</summary>
internal static class Rates
{
    private const int Clients = 8;
    private const int Each = 60;

    public static async Task RunAsync(PbmClient pbm)
    {
        for (var client = 0; client < Clients; client++) await pbm.RunAsync("container", "run", ("name", $"rate-box{client}"), ("detach", "true"));
        for (var i = 0; i < Each; i++) await pbm.RunAsync("network", "create", ("network", $"rate-{i}"), ("subnet", $"10.210.{i}.0/24"));
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            for (var i = 0; i < Each; i++) await pbm.RunAsync("network", "connect", ("network", $"rate-{i}"), ("container", $"rate-box{client}"));
        }));
        Console.WriteLine($"connects with {Clients} clients: {Clients * Each / clock.Elapsed.TotalSeconds:0} a second ({Clients * Each} in all)");
        await using (var kernel = await RawKernel.StartAsync()) Console.WriteLine($"  raw: netlink set-up of as many endpoints, {Clients} at once: {await kernel.RateAsync(Clients, Each):0} a second");
        for (var client = 0; client < Clients; client++) await pbm.RunAsync("container", "rm", ("container", $"rate-box{client}"), ("force", "true"));
        for (var i = 0; i < Each; i++) await pbm.RunAsync("network", "rm", ("network", $"rate-{i}"));
    }
}
