using NetworkCluster.Dataplane;

namespace NetworkCluster.Agents;

/// <summary>A link stands where one of ours should be. It is left alone.</summary>
/// <param name="link">The link.</param>
/// <param name="tag">Whose it is, where it is another of ours.</param>
/// <param name="network">The name of the network whose it is, where it is one's that this host knows.</param>
public sealed class LinkNameTakenException(LinkName link, LinkTag? tag, string? network = null) : DataplaneException($"ip {link.Netns}link add {link.Name}", $"a link named {link.Name} is there already and is not ours: left alone")
{
    /// <summary>The link.</summary>
    public LinkName Link => link;

    /// <summary>Whose it is, where it is another of ours.</summary>
    public LinkTag? Tag => tag;

    /// <summary>The name of the network whose it is, where it is one's that this host knows.</summary>
    public string? Network => network;
}
