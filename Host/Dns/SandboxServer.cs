using System.Buffers;
using System.Net;
using System.Net.Sockets;
using NetworkCluster.Containers;

namespace NetworkCluster.Dns;

/// <summary>The two sockets of one sandbox and what is under way for it.</summary>
internal sealed class SandboxServer : IDisposable
{
    private const int BacklogConnections = 16;
    private const int DiscardPort = 9;
    private readonly EmbeddedDnsOptions _options;
    private readonly UpstreamForwarder _forwarder;
    private readonly DnsCounters _counters;
    private readonly CancellationTokenSource _closed;
    private int _pending;

    /// <summary>Opens both sockets and has what is asked at the well-known port come to them, or nothing of it.</summary>
    /// <exception cref="IOException">There is no such namespace.</exception>
    /// <exception cref="SocketException">Somebody in the sandbox has the port already, or its loopback is down.</exception>
    public SandboxServer(ContainerId container, string netnsPath, ISandboxSockets sockets, EmbeddedDnsOptions options, UpstreamForwarder forwarder, UpstreamChoice above, DnsCounters counters, CancellationToken stop)
    {
        (Container, NetnsPath, Above, _options, _forwarder, _counters) = (container, netnsPath, above, options, forwarder, counters);
        RequireLoopback(sockets, netnsPath);
        Udp = Bound(sockets, netnsPath, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            Tcp = Bound(sockets, netnsPath, SocketType.Stream, ProtocolType.Tcp);
            sockets.Rewrite(netnsPath, options.Asked, PortOf(Udp), PortOf(Tcp));
        }
        catch
        {
            Udp.Dispose();
            Tcp?.Dispose();
            throw;
        }

        _closed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Closed = _closed.Token;
    }

    public ContainerId Container { get; }

    public string NetnsPath { get; }

    /// <summary>Whom it asks for what no network of it knows.</summary>
    public UpstreamChoice Above { get; }

    public Socket Udp { get; }

    public Socket Tcp { get; }

    /// <summary>Cancelled when the sandbox's DNS is closed.</summary>
    public CancellationToken Closed { get; }

    /// <summary>Open TCP connections.</summary>
    public int Connections;

    /// <summary>Takes a place for one query to the servers above; false where all are taken. Then <see cref="ExitForward"/> is due.</summary>
    public bool TryEnterForward()
    {
        if (Interlocked.Increment(ref _pending) <= _options.MaxPendingPerSandbox && _forwarder.TryEnter()) return true;
        Interlocked.Decrement(ref _pending);
        _counters.CountOverloaded();
        return false;
    }

    /// <summary>Gives the place back.</summary>
    public void ExitForward()
    {
        Interlocked.Decrement(ref _pending);
        _forwarder.Exit();
    }

    /// <summary>Has the pool ask the servers above and send the reply to the client; false where too many are under way.</summary>
    public bool TryForward(ForwardedQuery query, ReadOnlySpan<byte> client)
    {
        if (!TryEnterForward()) return false;
        var address = new SocketAddress(_options.Asked.AddressFamily, client.Length);
        client.CopyTo(address.Buffer.Span);
        _ = Task.Run(() => ForwardAsync(query, address));
        return true;
    }

    public void Dispose()
    {
        _closed.Cancel();
        Udp.Dispose();
        Tcp.Dispose();
        _closed.Dispose();
    }

    private async Task ForwardAsync(ForwardedQuery query, SocketAddress client)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(UpstreamForwarder.UdpReplyBytes);
        try
        {
            var length = await _forwarder.AskAsync(Above, query, DnsTransport.Udp, buffer, Closed);
            Udp.SendTo(buffer.AsSpan(0, length), SocketFlags.None, client);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The sandbox is closed or its client is gone: nobody waits for this reply.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            ExitForward();
        }
    }

    // In a namespace that never had an address, bind(2) succeeds with any: without a local table the kernel takes it for a broadcast's. The replies of such
    // a socket leave from 127.0.0.1 for ever, and no client takes them. Connecting, which sends nothing over UDP, fails there as it should.
    private void RequireLoopback(ISandboxSockets sockets, string netnsPath)
    {
        using var probe = sockets.Open(netnsPath, _options.Asked.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        probe.Connect(_options.Asked.Address, DiscardPort);
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private Socket Bound(ISandboxSockets sockets, string netnsPath, SocketType type, ProtocolType protocol)
    {
        var socket = sockets.Open(netnsPath, _options.Asked.AddressFamily, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(_options.Asked.Address, _options.ListenPort));
            if (type == SocketType.Stream) socket.Listen(BacklogConnections);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
