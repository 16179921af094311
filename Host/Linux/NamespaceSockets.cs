using System.Net;
using System.Net.Sockets;
using NetworkCluster.Agents;
using NetworkCluster.Dns;
using NetworkCluster.Linux.Nftables;

namespace NetworkCluster.Linux;

/// <summary>The sockets of the embedded DNS: made in the sandbox, then used from any thread.</summary>
internal sealed class NamespaceSockets : ISandboxSockets
{
    private const int Inet = 2;
    private const int Inet6 = 10;
    private const int Stream = 1;
    private const int Datagram = 2;

    public Socket Open(string netnsPath, AddressFamily family, SocketType type, ProtocolType protocol) => Try(() =>
    {
        var fd = NetworkNamespace.OpenSocket(netnsPath, family == AddressFamily.InterNetworkV6 ? Inet6 : Inet, type == SocketType.Stream ? Stream : Datagram, (int)protocol);
        return new Socket(new SafeSocketHandle(fd, ownsHandle: true));
    });

    public void Rewrite(string netnsPath, IPEndPoint asked, int udp, int tcp) => Try(() =>
    {
        PortRewrite.Replace(netnsPath, asked.Address, asked.Port, udp, tcp);
        return true;
    });

    private static T Try<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (DataplaneException cause)
        {
            throw new IOException(cause.Message, cause);
        }
    }
}
