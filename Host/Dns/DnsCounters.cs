using System.Diagnostics.Metrics;

namespace NetworkCluster.Dns;

/// <summary>
/// How many queries came to which end, since the process started. Also published as the counter <c>network_cluster_dns_queries</c>
/// of the meter <c>NetworkCluster.Dns</c>, with the tag <c>outcome</c>. Thread-safe.
/// </summary>
public sealed class DnsCounters : IDisposable
{
    private static readonly DnsOutcome[] Outcomes = Enum.GetValues<DnsOutcome>();
    private readonly long[] _queries = new long[Outcomes.Length];
    private readonly Meter _meter = new("NetworkCluster.Dns");
    private long _upstreamFailed;
    private long _overloaded;
    private long _upstreamRejected;
    private long _connectionsRefused;

    internal DnsCounters()
    {
        _meter.CreateObservableCounter("network_cluster_dns_queries", Measure, description: "DNS queries by outcome");
        _meter.CreateObservableCounter("network_cluster_dns_upstream_failures", () => UpstreamFailed, description: "Forwarded queries that ended with SERVFAIL");
        _meter.CreateObservableCounter("network_cluster_dns_upstream_overloaded", () => Overloaded, description: "Queries refused because too many were pending");
        _meter.CreateObservableCounter("network_cluster_dns_upstream_rejected", () => UpstreamRejected, description: "Replies from above that answered no query of ours");
        _meter.CreateObservableCounter("network_cluster_dns_connections_refused", () => ConnectionsRefused, description: "TCP connections beyond the limits");
    }

    /// <summary>Queries with this outcome. Forwarded ones count when they are handed on, whatever comes back.</summary>
    public long this[DnsOutcome outcome] => Interlocked.Read(ref _queries[(int)outcome]);

    /// <summary>Forwarded queries that no server answered: SERVFAIL.</summary>
    public long UpstreamFailed => Interlocked.Read(ref _upstreamFailed);

    /// <summary>Queries answered with SERVFAIL because too many were pending already.</summary>
    public long Overloaded => Interlocked.Read(ref _overloaded);

    /// <summary>Packets from above that answered no query of ours (wrong id or question). Grows when somebody tries to forge.</summary>
    public long UpstreamRejected => Interlocked.Read(ref _upstreamRejected);

    /// <summary>TCP connections closed at once because of the limits.</summary>
    public long ConnectionsRefused => Interlocked.Read(ref _connectionsRefused);

    internal void Count(DnsOutcome outcome) => Interlocked.Increment(ref _queries[(int)outcome]);

    internal void CountUpstreamFailed() => Interlocked.Increment(ref _upstreamFailed);

    internal void CountOverloaded() => Interlocked.Increment(ref _overloaded);

    internal void CountUpstreamRejected() => Interlocked.Increment(ref _upstreamRejected);

    internal void CountConnectionRefused() => Interlocked.Increment(ref _connectionsRefused);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Measure()
    {
        foreach (var outcome in Outcomes)
            yield return new(this[outcome], new KeyValuePair<string, object?>("outcome", outcome.ToString()));
    }
}
