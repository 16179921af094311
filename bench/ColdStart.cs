namespace NetworkCluster.Bench;

/// <summary>From the start of the process to its first answered command, with an empty journal and again with a full one; and what an idle host holds.</summary>
internal static class ColdStart
{
    public static async Task RunAsync(HostUnderLoad host)
    {
        for (var i = 0; i < 3; i++)
        {
            if (i > 0) await host.KillAsync();
            Console.WriteLine($"cold start {i + 1}, first answered command: {(await host.StartAsync()).TotalSeconds:0.00} s");
        }

        Console.WriteLine($"resident, idle: {host.ResidentMiB:0} MiB");
    }
}
