namespace NetworkCluster.Tests.Cluster.FaultDriver;

/// <summary>Each known fault that the host was built with (Tests/Planted) is chosen in turn: the driver must find it, where what it needs to show itself happens.</summary>
internal static class PlantedRun
{
    private static readonly (string Planted, string Happens)[] All =
    [
        ("address-not-noted", "kill -9, started at once"),
        ("removal-not-noted", "kill -9, started at once"),
        ("dead-taken-for-alive", "power off"),
        ("lost-keep-their-places", "power off, gone for long"),
        ("others-not-told", "kill -9, started at once"),
    ];

    /// <summary>How many were not found.</summary>
    public static async Task<int> RunAsync(int hosts, int seed, Action<string> tell)
    {
        var missed = 0;
        foreach (var (planted, happens) in All)
        {
            Environment.SetEnvironmentVariable("NWC_PLANTED", planted);
            try
            {
                await new FaultRun(hosts, seed, _ => { }) { Faults = [.. Fault.All.Where(fault => fault.Name == happens)], Patience = TimeSpan.FromSeconds(15) }.RunAsync(TimeSpan.FromMinutes(2));
                tell($"{planted}: not found");
                missed++;
            }
            catch (FaultViolationException violation)
            {
                tell($"{planted}: found: {string.Join(' ', violation.Message.Split('\n').Take(2))}");
            }
        }

        Environment.SetEnvironmentVariable("NWC_PLANTED", null);
        return missed;
    }
}
