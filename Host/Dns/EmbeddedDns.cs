using System.Collections.Immutable;
using System.Net;
using NetworkCluster.Containers;
using NetworkCluster.Linux;

namespace NetworkCluster.Dns;

/// <summary>
/// The DNS server of every sandbox on this host: listens inside each sandbox, answers from the <see cref="NameTable"/> what its networks
/// know, and asks the host's own servers for the rest. Needs Linux.
/// <para>Costs one thread in all, two sockets per open sandbox and no buffer while idle. If the process dies, sandboxes have no DNS until the
/// next process opens them again; nothing is left behind. Thread-safe.</para>
/// </summary>
public sealed class EmbeddedDns : IAsyncDisposable
{
    private readonly Lock _changing = new();
    private readonly Dictionary<ContainerId, Opened> _opened = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly ISandboxSockets _sockets;
    private readonly EmbeddedDnsOptions _options;
    private readonly UpstreamForwarder _forwarder;
    private readonly TcpService _tcp;
    private readonly UdpLoop _udp;

    private sealed record Opened(SandboxServer Server, ulong Inode, ulong Token, Task Accepting);

    /// <summary>Starts serving; there is nobody to serve yet. Create it on a thread that is in the host's namespace.</summary>
    /// <param name="names">What each sandbox may resolve.</param>
    /// <param name="sockets">Opens sockets in sandboxes.</param>
    /// <param name="options">Limits and time-outs.</param>
    /// <param name="time">For time-outs.</param>
    /// <param name="logger">Hears of what an operator should know; never of single queries.</param>
    public EmbeddedDns(NameTable names, ISandboxSockets sockets, EmbeddedDnsOptions options, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_sockets, _options) = (sockets, options);
        var responder = new DnsResponder(names, (uint)options.AnswerTtl.TotalSeconds);
        _forwarder = new(options, Counters, time, logger);
        _tcp = new(options, responder, _forwarder, Counters, time, logger);
        _udp = new(responder, Counters, logger);
    }

    /// <summary>What became of the queries so far.</summary>
    public DnsCounters Counters { get; } = new();

    /// <summary>
    /// Serves the sandbox from now on; its loopback must be up. Opening again changes nothing; where the path is another, or leads to a
    /// namespace that was made anew, the old sockets are closed first.
    /// </summary>
    /// <param name="container">Whose it is.</param>
    /// <param name="netnsPath">Its namespace.</param>
    /// <param name="upstreams">Whom to ask for names that no network of it knows; none: the host's servers.</param>
    /// <exception cref="IOException">There is no such namespace, or the process may not enter it.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Something in the sandbox has the port already at which the server listens, or its loopback is down.</exception>
    public void Open(ContainerId container, string netnsPath, ImmutableArray<IPEndPoint> upstreams = default) =>
        Open(container, netnsPath, () => upstreams.IsDefaultOrEmpty ? _forwarder.Default : new UpstreamChoice(() => upstreams));

    /// <summary>The same before a resolver that serves the sandbox already: what no network of it knows is asked of that one, inside the sandbox.</summary>
    /// <param name="container">Whose it is.</param>
    /// <param name="netnsPath">Its namespace.</param>
    /// <param name="resolver">Where the other one really listens; what is sent to the well-known port there comes to us from now on.</param>
    public void OpenBefore(ContainerId container, string netnsPath, IPEndPoint resolver) =>
        Open(container, netnsPath, () => new UpstreamChoice(() => [resolver], (family, type, protocol) => _sockets.Open(netnsPath, family, type, protocol)));

    private void Open(ContainerId container, string netnsPath, Func<UpstreamChoice> choose)
    {
        lock (_changing)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
            var inode = File.Exists(netnsPath) ? NetworkNamespace.Inode(netnsPath) : 0;
            if (_opened.TryGetValue(container, out var old))
            {
                if (old.Server.NetnsPath == netnsPath && old.Inode == inode) return;
                Close(container);
            }

            var server = new SandboxServer(container, netnsPath, _sockets, _options, _forwarder, choose(), Counters, _stopping.Token);
            _opened[container] = new(server, inode, _udp.Add(server), _tcp.AcceptAsync(server));
        }
    }

    /// <summary>Serves the sandbox no more and closes its sockets and connections. Nothing happens where it is not open.</summary>
    public void Close(ContainerId container)
    {
        lock (_changing)
        {
            if (!_opened.Remove(container, out var opened)) return;
            _udp.Remove(opened.Token);
            opened.Server.Dispose();
        }
    }

    /// <summary>Closes all sandboxes and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] accepting;
        lock (_changing)
        {
            if (_stopping.IsCancellationRequested) return;
            _stopping.Cancel();
            accepting = [.. _opened.Values.Select(opened => opened.Accepting)];
            foreach (var container in _opened.Keys.ToArray()) Close(container);
        }

        _udp.Dispose();
        await Task.WhenAll(accepting);
        Counters.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Where a sandbox's server really listens, for tests that leave the choice to the kernel.</summary>
    internal (IPEndPoint Udp, IPEndPoint Tcp) EndPoints(ContainerId container)
    {
        lock (_changing)
        {
            var server = _opened[container].Server;
            return ((IPEndPoint)server.Udp.LocalEndPoint!, (IPEndPoint)server.Tcp.LocalEndPoint!);
        }
    }
}
