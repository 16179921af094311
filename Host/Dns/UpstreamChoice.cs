using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace NetworkCluster.Dns;

/// <summary>Servers above, and which of them answered last. Thread-safe.</summary>
/// <param name="servers">The servers as they are now, in order; may be empty.</param>
/// <param name="open">Opens a socket to ask them with; none: in the host's namespace.</param>
internal sealed class UpstreamChoice(Func<ImmutableArray<IPEndPoint>> servers, Func<AddressFamily, SocketType, ProtocolType, Socket>? open = null)
{
    /// <summary>Asked first, counted through all; beyond the end it begins again.</summary>
    public int Preferred;

    /// <summary>The servers.</summary>
    public ImmutableArray<IPEndPoint> Servers => servers();

    /// <summary>Whether they serve the sandbox themselves, inside it, and we stand before them.</summary>
    public bool AreInside => open is not null;

    /// <summary>A socket to ask them with.</summary>
    public Socket Open(AddressFamily family, SocketType type, ProtocolType protocol) => open is null ? new(family, type, protocol) : open(family, type, protocol);
}
