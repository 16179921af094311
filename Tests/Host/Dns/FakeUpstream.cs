using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace NetworkCluster.Tests.Host.Dns;

/// <summary>A server above, over UDP and TCP on one port of the loopback, that answers what a function says; an empty answer is silence.</summary>
internal sealed class FakeUpstream : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _udp;
    private readonly TcpListener _tcp;
    private readonly Func<byte[], bool, IEnumerable<byte[]>> _answer;
    private readonly Channel<byte[]> _received = Channel.CreateUnbounded<byte[]>();

    /// <param name="answer">From a query and whether it came over TCP to the packets that go back.</param>
    /// <param name="at">Where; none: a port of the loopback that the kernel picks.</param>
    public FakeUpstream(Func<byte[], bool, IEnumerable<byte[]>> answer, IPEndPoint? at = null)
    {
        _answer = answer;
        (_udp, _tcp) = OnOnePort(at ?? new(IPAddress.Loopback, 0));
        EndPoint = (IPEndPoint)_udp.LocalEndPoint!;
        _ = ServeUdpAsync();
        _ = ServeTcpAsync();
    }

    public IPEndPoint EndPoint { get; }

    // The port that the kernel picks for one protocol may be somebody's in the other: then another one.
    private static (Socket Udp, TcpListener Tcp) OnOnePort(IPEndPoint at)
    {
        while (true)
        {
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(at);
            var tcp = new TcpListener((IPEndPoint)udp.LocalEndPoint!);
            try
            {
                tcp.Start();
                return (udp, tcp);
            }
            catch (SocketException taken) when (at.Port == 0 && taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    /// <summary>The queries as they came.</summary>
    public ChannelReader<byte[]> Received => _received.Reader;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        _stop.Dispose();
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var got = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                var query = buffer[..got.ReceivedBytes];
                _received.Writer.TryWrite(query);
                foreach (var reply in _answer(query, false)) await _udp.SendToAsync(reply, got.RemoteEndPoint, _stop.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptTcpClientAsync(_stop.Token);
                var stream = client.GetStream();
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, _stop.Token);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query, _stop.Token);
                foreach (var reply in _answer(query, true))
                {
                    byte[] framed = [(byte)(reply.Length >> 8), (byte)reply.Length, .. reply];
                    await stream.WriteAsync(framed, _stop.Token);
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or IOException or SocketException)
        {
            // The test is over.
        }
    }
}
