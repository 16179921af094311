using System.Collections.Immutable;
using System.Net;

namespace NetworkCluster.Dns;

/// <summary>
/// The host's own DNS servers, read again when a query needs them and the last reading is too old. Loopback servers are fine: we ask from the
/// host's namespace. A file that cannot be read keeps the last list. Thread-safe.
/// </summary>
internal sealed class UpstreamServers(EmbeddedDnsOptions options, TimeProvider time, ILogger logger)
{
    private const int MaxServers = 3;
    private const int DnsPort = 53;
    private readonly Lock _reading = new();
    private volatile Reading? _last;

    private sealed record Reading(string Text, ImmutableArray<IPEndPoint> Servers, long At);

    /// <summary>The servers in the order of the file; may be empty.</summary>
    public ImmutableArray<IPEndPoint> Current
    {
        get
        {
            if (!options.Upstreams.IsDefaultOrEmpty) return options.Upstreams;
            if (_last is { } fresh && time.GetElapsedTime(fresh.At) < options.ResolvConfMaxAge) return fresh.Servers;
            lock (_reading) return Read();
        }
    }

    /// <summary>The servers that a resolv.conf names; lines that are not understood are skipped, as glibc does.</summary>
    internal static ImmutableArray<IPEndPoint> Parse(string text) =>
        [.. text.Split('\n')
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nameserver", ..] and { Length: > 1 })
            .Select(words => IPAddress.TryParse(words[1], out var address) ? new IPEndPoint(address, DnsPort) : null)
            .OfType<IPEndPoint>()
            .Take(MaxServers)];

    private ImmutableArray<IPEndPoint> Read()
    {
        var last = _last;
        if (last is not null && time.GetElapsedTime(last.At) < options.ResolvConfMaxAge) return last.Servers;
        var text = last?.Text ?? "";
        try
        {
            text = File.ReadAllText(options.ResolvConfPath);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("Cannot read {Path}: {Error}. Going on with the servers known before.", options.ResolvConfPath, error.Message);
        }

        var changed = last is null || text != last.Text;
        var servers = changed ? Parse(text) : last!.Servers;
        if (changed) logger.LogInformation("Names that are not of our networks are asked of {Servers}.", servers.IsEmpty ? "nobody" : string.Join(", ", servers));
        _last = new(text, servers, time.GetTimestamp());
        return servers;
    }
}
