using System.Globalization;
using System.Net;

namespace NetworkCluster.Engine;

/// <summary>Where the engine's own resolver listens inside a sandbox: at a port that the kernel gave it, to which it has the well-known one rewritten. The kernel's list of sockets says which (proc(5)).</summary>
internal static class EngineResolver
{
    private const string Address = "127.0.0.11", AsListed = "0B00007F";

    /// <summary>The resolver in the namespace of a process; none where there is none.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="ourPort">Where our own listens at the same address.</param>
    public static IPEndPoint? Of(int pid, int ourPort)
    {
        try
        {
            return PortIn(File.ReadLines($"/proc/{pid}/net/udp"), ourPort) is { } port ? new(IPAddress.Parse(Address), port) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The port of the socket at the resolver's address that is not ours.</summary>
    /// <param name="lines">As in <c>/proc/net/udp</c>.</param>
    /// <param name="ourPort">See <see cref="Of"/>.</param>
    internal static int? PortIn(IEnumerable<string> lines, int ourPort)
    {
        foreach (var line in lines)
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 2 || fields[1].Split(':') is not [AsListed, var hex] || !int.TryParse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var port) || port == ourPort) continue;
            return port;
        }

        return null;
    }
}
