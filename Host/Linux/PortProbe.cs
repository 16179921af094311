using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;

namespace NetworkCluster.Linux;

/// <summary>
/// Whether somebody else has a port of the host: the kernel is asked by binding, and for TCP by listening too, because a connection that is still closing does not
/// count. Nothing stays bound: packets for a published port never come to a socket of the host.
/// </summary>
internal static class PortProbe
{
    /// <summary>Those that cannot be bound.</summary>
    public static ImmutableArray<UnusablePort> Unusable(ImmutableArray<HostPort> ports) => [.. ports.Select(Try).OfType<UnusablePort>()];

    private static UnusablePort? Try(HostPort port)
    {
        if (port.Address is { } one) return Refusal(one.ToIPAddress(), port) is { } refusal ? new(port, refusal is not SocketError.AddressAlreadyInUse) : null;
        // A host without IPv6 has nobody there either.
        return Refusal(IPAddress.Any, port) == SocketError.AddressAlreadyInUse || (Socket.OSSupportsIPv6 && Refusal(IPAddress.IPv6Any, port) == SocketError.AddressAlreadyInUse)
            ? new(port, NoSuchAddress: false)
            : null;
    }

    private static SocketError? Refusal(IPAddress address, HostPort port)
    {
        try
        {
            using var socket = port.Protocol == PortProtocol.Tcp
                ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
                : new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (address.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = false;
            socket.Bind(new IPEndPoint(address, port.Number));
            if (port.Protocol == PortProtocol.Tcp) socket.Listen(1);
            return null;
        }
        catch (SocketException refusal)
        {
            return refusal.SocketErrorCode;
        }
    }
}
