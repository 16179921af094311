using System.Net;
using System.Net.Sockets;

namespace NetworkCluster.Dns;

/// <summary>What DNS needs from namespaces: sockets that live in a sandbox and are served from the host's threads, and the port that everybody asks.</summary>
public interface ISandboxSockets
{
    /// <summary>A new unbound socket in the namespace. The caller owns it. The calling thread is back in its own namespace when this returns or throws.</summary>
    /// <param name="netnsPath">A namespace file, for example <c>/run/netns/NAME</c>.</param>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="type">Stream or Dgram.</param>
    /// <param name="protocol">Tcp or Udp.</param>
    /// <exception cref="IOException">There is no such namespace, or the process may not enter it.</exception>
    Socket Open(string netnsPath, AddressFamily family, SocketType type, ProtocolType protocol);

    /// <summary>Has what is sent to one port of an address in the namespace go to others, where the server listens, and the answers come from the one. In place of what was so before.</summary>
    /// <param name="netnsPath">A namespace file.</param>
    /// <param name="asked">The address, IPv4, and the port that is asked.</param>
    /// <param name="udp">The port that is listened at for UDP.</param>
    /// <param name="tcp">The port that is listened at for TCP.</param>
    /// <exception cref="IOException">There is no such namespace, or the kernel refuses.</exception>
    void Rewrite(string netnsPath, IPEndPoint asked, int udp, int tcp);
}
