using System.Net.Sockets;

namespace NetworkCluster.Dns;

/// <summary>The one thing DNS needs from namespaces: sockets that live in a sandbox and are served from the host's threads.</summary>
public interface ISandboxSockets
{
    /// <summary>A new unbound socket in the namespace. The caller owns it. The calling thread is back in its own namespace when this returns or throws.</summary>
    /// <param name="netnsPath">A namespace file, for example <c>/run/netns/NAME</c>.</param>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="type">Stream or Dgram.</param>
    /// <param name="protocol">Tcp or Udp.</param>
    /// <exception cref="IOException">There is no such namespace, or the process may not enter it.</exception>
    Socket Open(string netnsPath, AddressFamily family, SocketType type, ProtocolType protocol);
}
