using System.Net;
using System.Net.Sockets;
using System.Text;
using NetworkCluster.Linux;

namespace NetworkCluster.Tests.Kernel;

/// <summary>A server in a namespace, both families, that answers who asks with the address it sees him at; and what it takes to ask.</summary>
internal sealed class Served : IDisposable
{
    private const int AnswerWithinMilliseconds = 2000;
    private readonly Socket _socket;

    /// <param name="netns">The namespace to serve in; none: the host's.</param>
    /// <param name="port">Its port.</param>
    /// <param name="udp">UDP instead of TCP.</param>
    public Served(string? netns, int port, bool udp = false)
    {
        _socket = Open(netns, AddressFamily.InterNetworkV6, udp);
        _socket.DualMode = true;
        _socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        if (!udp) _socket.Listen();
        _ = udp ? AnswerAsync() : AcceptAsync();
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The answer; none where there is none.</summary>
    /// <param name="netns">The namespace to ask from; none: the host's.</param>
    /// <param name="address">Whom.</param>
    /// <param name="port">At which port.</param>
    /// <param name="udp">UDP instead of TCP.</param>
    /// <param name="from">The asker's address, where the kernel would not pick it.</param>
    public static string? Ask(string? netns, string address, int port, bool udp = false, string? from = null)
    {
        var target = new IPEndPoint(IPAddress.Parse(address), port);
        using var socket = Open(netns, target.AddressFamily, udp);
        socket.ReceiveTimeout = AnswerWithinMilliseconds;
        if (from is not null) socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        try
        {
            using var patience = new CancellationTokenSource(AnswerWithinMilliseconds);
            socket.ConnectAsync(target, patience.Token).AsTask().GetAwaiter().GetResult();
            if (udp) socket.Send("?"u8);
            var buffer = new byte[64];
            return socket.Receive(buffer) is > 0 and var length ? Encoding.ASCII.GetString(buffer, 0, length) : null;
        }
        catch (Exception nothing) when (nothing is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    private static Socket Open(string? netns, AddressFamily family, bool udp)
    {
        var (type, protocol) = udp ? (SocketType.Dgram, ProtocolType.Udp) : (SocketType.Stream, ProtocolType.Tcp);
        return netns is null ? new Socket(family, type, protocol) : new NamespaceSockets().Open(netns, family, type, protocol);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var asker = await _socket.AcceptAsync();
                await asker.SendAsync(Text(asker.RemoteEndPoint!));
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task AnswerAsync()
    {
        try
        {
            var buffer = new byte[64];
            while (true)
            {
                var question = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.IPv6Any, 0));
                await _socket.SendToAsync(Text(question.RemoteEndPoint), question.RemoteEndPoint);
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
        }
    }

    private static byte[] Text(EndPoint asker)
    {
        var address = ((IPEndPoint)asker).Address;
        return Encoding.ASCII.GetBytes((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
    }
}
