using System.Diagnostics;

namespace NetworkCluster.Tests.Kernel;

/// <summary>Real sandboxes made by <c>ip netns</c>, and tools run in them as a container would run them.</summary>
internal sealed class DnsSandboxes : IDisposable
{
    private readonly List<string> _names = [];

    public string Add(string name, bool loopbackUp = true)
    {
        Run("ip", "netns", "add", name);
        _names.Add(name);
        Directory.CreateDirectory($"/etc/netns/{name}");
        File.WriteAllText($"/etc/netns/{name}/resolv.conf", "nameserver 127.0.0.11\nsearch .\n");
        if (loopbackUp) RaiseLoopback(name);
        return $"/run/netns/{name}";
    }

    public void Remove(string name)
    {
        Run("ip", "netns", "del", name);
        _names.Remove(name);
    }

    public static void RaiseLoopback(string name) => Run("ip", "-n", name, "link", "set", "lo", "up");

    /// <summary>An address besides the loopback's own: without one, getaddrinfo with AI_ADDRCONFIG finds nothing at all.</summary>
    public static void AddAddress(string name, string address) => Run("ip", "-n", name, "address", "add", address, "dev", "lo");

    /// <summary>Runs a program in the sandbox, with the sandbox's resolv.conf.</summary>
    public static (int Code, string Output) In(string name, params string[] command) => Try(["ip", "netns", "exec", name, .. command]);

    /// <summary>What <c>dig +short</c> says; the answer's status where there is none.</summary>
    public static string Dig(string name, params string[] arguments)
    {
        var output = In(name, ["dig", "@127.0.0.11", "+tries=1", "+time=5", .. arguments]).Output;
        var lines = output.Split('\n').Where(line => line.Length > 0 && line[0] != ';').Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^1]).ToArray();
        if (lines.Length > 0) return string.Join(' ', lines);
        var at = output.IndexOf("status: ", StringComparison.Ordinal);
        return at < 0 ? output : output[(at + 8)..].Split(',')[0];
    }

    public void Dispose()
    {
        foreach (var name in _names) Run("ip", "netns", "del", name);
    }

    private static void Run(params string[] command)
    {
        var (code, output) = Try(command);
        if (code != 0) throw new InvalidOperationException($"{string.Join(' ', command)}: {output}");
    }

    private static (int Code, string Output) Try(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }
}
