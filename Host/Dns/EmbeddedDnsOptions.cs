using System.Collections.Immutable;
using System.Net;

namespace NetworkCluster.Dns;

/// <summary>How the embedded DNS behaves. The defaults are for production; every one says why it is what it is.</summary>
public sealed record EmbeddedDnsOptions
{
    /// <summary>Where programs in a sandbox ask. Default 127.0.0.11:53, which Docker's images and tools know.</summary>
    public IPEndPoint Asked { get; init; } = new(IPAddress.Parse("127.0.0.11"), 53);

    /// <summary>
    /// The port of that address at which each sandbox's server really listens, so that port 53 is free for the programs in it: a name server of theirs binds it at every address.
    /// Default 61053: above the ports that the kernel gives out, so that nobody has it by chance. 0: any (tests).
    /// </summary>
    public int ListenPort { get; init; } = 61053;

    /// <summary>How long clients may keep our answers, whole seconds. Default 0: a dead container's address is kept by nobody. See <see cref="DnsResponder"/>.</summary>
    public TimeSpan AnswerTtl { get; init; } = TimeSpan.Zero;

    /// <summary>The servers above. Empty (default): those of <see cref="ResolvConfPath"/>.</summary>
    public ImmutableArray<IPEndPoint> Upstreams { get; init; } = [];

    /// <summary>The file that names the host's servers; its first three count, as in glibc. Default <c>/etc/resolv.conf</c>.</summary>
    public string ResolvConfPath { get; init; } = "/etc/resolv.conf";

    /// <summary>How old our reading of that file may be when a query needs it. Default 1 s. Read, not watched: a watcher costs a thread and misses replaced links.</summary>
    public TimeSpan ResolvConfMaxAge { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one server may take for one attempt. Default 1.5 s: three attempts stay below the 5 s after which glibc and musl ask again.</summary>
    public TimeSpan UpstreamTimeout { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Attempts for one query, over the servers in turn, before SERVFAIL. Default 3.</summary>
    public int UpstreamAttempts { get; init; } = 3;

    /// <summary>Queries under way to the servers above, all sandboxes together; more get SERVFAIL at once. Each holds one socket. Default 1,024.</summary>
    public int MaxPending { get; init; } = 1024;

    /// <summary>The part of <see cref="MaxPending"/> that one sandbox may use, so that a flood from one does not silence the others. Default 128.</summary>
    public int MaxPendingPerSandbox { get; init; } = 128;

    /// <summary>TCP connections per sandbox; further ones are closed at once. Default 32.</summary>
    public int MaxConnectionsPerSandbox { get; init; } = 32;

    /// <summary>TCP connections of all sandboxes together. Each holds a file and a 4 KiB buffer. Default 1,024.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>How long a TCP client may take to send one whole query, or to take one whole reply. Default 10 s (RFC 7766 6.2.3 wants seconds).</summary>
    public TimeSpan ConnectionTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
