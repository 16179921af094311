namespace NetworkCluster.Engine;

/// <summary>How a Docker Engine of this host uses the cluster's networks. What each means and its default stand in <c>hocon/akka.conf</c>.</summary>
/// <param name="Plugin">The unix socket at which the engine finds the network and IPAM driver; the file's name is the driver's.</param>
/// <param name="Socket">The engine's own API; empty: what the engine calls its networks and containers is not known.</param>
internal sealed record EngineSettings(string Plugin, string Socket)
{
    /// <summary>What the engine calls the driver.</summary>
    public string Driver => Path.GetFileNameWithoutExtension(Plugin);
}
