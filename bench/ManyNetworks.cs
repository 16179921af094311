using System.Diagnostics;

namespace NetworkCluster.Bench;

/// <summary>Whether anything gets slower with the number of networks: ten of them, then ten thousand, beside the kernel with as many bridges.</summary>
internal static class ManyNetworks
{
    private const int Many = 10_000, Rounds = 100;

    public static async Task RunAsync(HostUnderLoad host)
    {
        await host.StartAsync();
        var number = 0;
        for (; number < 300; number++) await CreateAsync(host.Client, number);
        for (; number > 10; number--) await host.Client.RunAsync("network", "rm", ("network", $"net{number - 1}"));
        var ten = await MeasureAsync(host.Client, number, "10 networks");
        var clock = Stopwatch.StartNew();
        for (; number < Many; number++) await CreateAsync(host.Client, number);
        Console.WriteLine($"{Many} networks made in {clock.Elapsed.TotalSeconds:0} s; resident {host.ResidentMiB:0} MiB");
        await MeasureAsync(host.Client, number, $"{Many} networks", ten);
    }

    private static async Task<(double Create, double Bridge, double Inspect, double List)> MeasureAsync(PbmClient pbm, int number, string what, (double Create, double Bridge, double Inspect, double List)? beside = null)
    {
        var (create, inspect, list) = (new Samples(), new Samples(), new Samples());
        for (var i = 0; i < Rounds; i++)
        {
            var next = number + i;
            await create.MeasureAsync(() => CreateAsync(pbm, next));
        }

        for (var i = 0; i < Rounds; i++) await inspect.MeasureAsync(() => pbm.RunAsync("network", "inspect", ("network", $"net{number / 2}")));
        // Afterwards: the reaper deletes the links of removed networks when it likes, and the kernel makes nobody a link meanwhile.
        for (var i = 0; i < Rounds; i++) await pbm.RunAsync("network", "rm", ("network", $"net{number + i}"));
        for (var i = 0; i < Rounds / 5; i++) await list.MeasureAsync(() => pbm.RunAsync("network", "ls"));
        // Not in turn with the others: to the host these are foreign links, after which it looks at the routes anew.
        var bridge = new Samples();
        await using (var kernel = await RawKernel.StartAsync())
        {
            for (var i = 0; i < Rounds; i++) await bridge.MeasureAsync(kernel.CreateAsync);
        }

        Samples.Print($"create a network, with {what}", create, beside?.Create);
        Samples.Print($"  raw: netlink and nftables of the bridge", bridge, beside?.Bridge);
        Samples.Print($"inspect one, with {what}", inspect, beside?.Inspect);
        Samples.Print($"list all, with {what}", list, beside?.List);
        return (create.P50, bridge.P50, inspect.P50, list.P50);
    }

    private static Task<string> CreateAsync(PbmClient pbm, int number) =>
        pbm.RunAsync("network", "create", ("network", $"net{number}"), ("subnet", $"10.{64 + (number >> 12)}.{(number >> 4) & 255}.{(number & 15) << 4}/28"));
}
