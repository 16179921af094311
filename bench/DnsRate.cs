using System.Diagnostics;

namespace NetworkCluster.Bench;

/// <summary>Queries a second for another container's name, from inside a sandbox, by dnsperf with eight clients; no query may be lost.</summary>
internal static class DnsRate
{
    public static async Task RunAsync(PbmClient pbm)
    {
        await pbm.RunAsync("network", "create", ("network", "bench-dns"));
        var asker = await pbm.RunAsync("container", "run", ("name", "bench-asker"), ("network", "bench-dns"), ("detach", "true"));
        await pbm.RunAsync("container", "run", ("name", "bench-asked"), ("network", "bench-dns"), ("detach", "true"));
        var names = Path.GetTempFileName();
        await File.WriteAllTextAsync(names, "bench-asked A\n");
        await MeasureAsync(asker, names, seconds: 3);
        foreach (var line in await MeasureAsync(asker, names, seconds: 5)) Console.WriteLine($"DNS in a sandbox, 8 clients: {string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))}");
        File.Delete(names);
        foreach (var container in (string[])["bench-asker", "bench-asked"]) await pbm.RunAsync("container", "rm", ("container", container), ("force", "true"));
        await pbm.RunAsync("network", "rm", ("network", "bench-dns"));
    }

    private static async Task<IEnumerable<string>> MeasureAsync(string container, string names, int seconds)
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", $"nwc-{container[..12]}", "dnsperf", "-s", "127.0.0.11", "-d", names, "-c", "8", "-T", "1", "-l", $"{seconds}"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Split('\n').Where(line => line.Contains("Queries per second", StringComparison.Ordinal) || line.Contains("Queries lost", StringComparison.Ordinal));
    }
}
