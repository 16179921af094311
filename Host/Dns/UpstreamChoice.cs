using System.Collections.Immutable;
using System.Net;

namespace NetworkCluster.Dns;

/// <summary>Servers above, and which of them answered last. Thread-safe.</summary>
/// <param name="servers">The servers as they are now, in order; may be empty.</param>
internal sealed class UpstreamChoice(Func<ImmutableArray<IPEndPoint>> servers)
{
    /// <summary>Asked first, counted through all; beyond the end it begins again.</summary>
    public int Preferred;

    /// <summary>The servers.</summary>
    public ImmutableArray<IPEndPoint> Servers => servers();
}
