using System.Net;
using System.Net.Sockets;
using NetworkCluster.Linux;

namespace NetworkCluster.Tests.Kernel;

/// <summary>Asks again and again from one port: a flow, to the kernel.</summary>
internal sealed class UdpFlow : IDisposable
{
    private const int AnswerWithinMilliseconds = 2000;
    private readonly Socket _socket;

    /// <param name="netns">The namespace to ask from.</param>
    /// <param name="address">Whom.</param>
    /// <param name="port">At which port.</param>
    public UdpFlow(string netns, string address, int port)
    {
        _socket = new NamespaceSockets().Open(netns, AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _socket.ReceiveTimeout = AnswerWithinMilliseconds;
        _socket.Connect(new IPEndPoint(IPAddress.Parse(address), port));
    }

    /// <summary>Whether somebody answers.</summary>
    public bool IsAnswered()
    {
        try
        {
            _socket.Send("?"u8);
            return _socket.Receive(new byte[64]) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();
}
