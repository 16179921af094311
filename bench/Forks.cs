using System.Diagnostics;

namespace NetworkCluster.Bench;

/// <summary>What the same work costs when <c>ip</c> and <c>nft</c> are started for it.</summary>
internal static class Forks
{
    public static async Task ConnectAsync()
    {
        await RunAsync("ip", "netns add bfk");
        foreach (var words in (string[])["link add bfk0 type veth peer name eth0 netns bfk", "-n bfk addr add 10.203.0.2/24 dev eth0", "-n bfk link set eth0 up", "link set bfk0 up", "-n bfk route add default via 10.203.0.1"]) await RunAsync("ip", words);
        await RunAsync("ip", "netns del bfk");
    }

    public static async Task CreateAsync()
    {
        foreach (var words in (string[])["link add bfkbr type bridge", "addr add 10.203.1.1/24 dev bfkbr", "link set bfkbr up"]) await RunAsync("ip", words);
        await RunAsync("nft", "add table inet bfk");
        await RunAsync("nft", "delete table inet bfk");
        await RunAsync("ip", "link del bfkbr");
    }

    private static async Task RunAsync(string program, string words)
    {
        var start = new ProcessStartInfo(program, words) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
    }
}
