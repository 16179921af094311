using System.Diagnostics;
using System.Text.Json;

namespace NetworkCluster.Tests.Cluster;

/// <summary>The kernel as <c>ip</c> shows it: another program's eyes than ours.</summary>
internal static class Kernel
{
    public static string Run(string program, params string[] words)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in words) start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : $"{text}{error.Result}";
    }

    /// <summary>The named namespaces of a host.</summary>
    public static List<string> Sandboxes(string prefix) =>
        [.. Run("ip", "netns", "list").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]).Where(name => name.StartsWith($"{prefix}-", StringComparison.Ordinal))];

    /// <summary>The links of a host in our namespace, those that wait for the reaper left out.</summary>
    public static List<string> Links(string prefix) =>
        [.. Json("ip", "-j", "link", "show").Select(link => link.GetProperty("ifname").GetString()!).Where(name => name.StartsWith(prefix[..2], StringComparison.Ordinal) && !name.StartsWith($"{prefix[..2]}x", StringComparison.Ordinal))];

    /// <summary>The IPv4 addresses of a namespace, loopback left out.</summary>
    public static List<string> Addresses(string sandbox) =>
    [
        .. Json("ip", "-n", sandbox, "-j", "-4", "addr", "show").Where(link => link.TryGetProperty("ifname", out var name) && name.GetString() != "lo")
            .SelectMany(link => link.GetProperty("addr_info").EnumerateArray()).Select(address => $"{address.GetProperty("local").GetString()}/{address.GetProperty("prefixlen").GetInt32()}"),
    ];

    private static List<JsonElement> Json(string program, params string[] words) =>
        Run(program, words) is { Length: > 0 } text && text.TrimStart().StartsWith('[') ? [.. JsonDocument.Parse(text).RootElement.EnumerateArray()] : [];
}
