using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using NetworkCluster.Linux;

namespace NetworkCluster.DockerApi;

/// <summary>
/// Notices that a client has left a connection that it had taken over. Who closes one half of it has no more input and still listens; who closes both is gone, and to the server, which sees the end of the input
/// alone, that is the same. The kernel tells them apart for a unix socket, and is asked; in TLS the end of the input has a word of its own, so that the connection's end is the client's.
/// </summary>
internal sealed class ClientWatch : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _gone = new();
    private readonly CancellationTokenRegistration _closed;
    private readonly ITimer? _look;

    /// <summary>Watches it until disposed.</summary>
    public ClientWatch(ConnectionContext connection, TimeProvider time)
    {
        Gone = _gone.Token;
        var socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (connection.Features.Get<ITlsHandshakeFeature>() is not null)
        {
            // One whose machine is gone says nothing: it is asked.
            socket?.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket?.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket?.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            _closed = connection.ConnectionClosed.Register(_gone.Cancel);
        }
        else if (socket is not null)
        {
            _look = time.CreateTimer(_ =>
            {
                if (Native.IsHungUp(socket.SafeHandle)) _gone.Cancel();
            }, null, LookEvery, LookEvery);
        }
    }

    /// <summary>Cancelled when the client is gone.</summary>
    public CancellationToken Gone { get; }

    /// <summary>A look that is under way may still end with that.</summary>
    public void Dispose()
    {
        _look?.Dispose();
        _closed.Dispose();
    }
}
