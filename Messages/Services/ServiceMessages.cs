using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Services;

/// <summary>
/// Where other services of the cluster's neighbourhood send to: the actor <see cref="Path"/> of every host, through Akka's ClusterClient. It takes every <see cref="IRequest"/> and <see cref="IQuery"/>, and
/// the messages here. Answers come from whoever decides, to whoever asked; without one in time nobody knows the outcome, and the same message (same ids) may be sent again, to any host.
/// </summary>
public static class ServiceAddress
{
    /// <summary>The actor.</summary>
    public const string Path = "/user/services";

    /// <summary>The name of the hosts' actor systems.</summary>
    public const string System = "network-cluster";
}

/// <summary>Creates a network as <c>network create</c> does: with the asked host's default pools, and past its routes. Sent again with the same id it is the same command.
/// Answer: <see cref="NetworkSummary"/>. Refused: see <see cref="CreateNetwork"/>.</summary>
/// <param name="Request">What is asked for. A network of local scope is <see cref="NetworkRequest.Host"/>'s.</param>
public sealed record RequestNetwork(NetworkRequest Request) : IMessage;

/// <summary>By full id, then name, then unique id prefix, among the networks of the asked host and the cluster's. Answer: <see cref="NetworkSummary"/>. Refused: <see cref="NetworkNotFound"/>, <see cref="AmbiguousName"/>.</summary>
/// <param name="NameOrId">The name or id.</param>
public sealed record ResolveNetwork(string NameOrId) : IMessage;

/// <summary>
/// Tell me what happens in this network, for the next 30 s; sent again it goes on. Answer: <see cref="NetworkView"/> each time, then a <see cref="NetworkNotice"/> for each change, in order. A notice whose revision
/// is not above that of the view is in the view already. Where notices may have been lost (no answer came for a while), the next view has everything. Refused: <see cref="NetworkNotFound"/>.
/// </summary>
/// <param name="Network">The network.</param>
public sealed record WatchNetwork(NetworkId Network) : IMessage
{
    /// <summary>For how long nothing has to be said again.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
}

/// <summary>Something has happened in a network that is watched, and is journaled. One of the four is there.</summary>
/// <param name="Network">The network.</param>
/// <param name="Revision">Of its view, with it.</param>
public sealed record NetworkNotice(NetworkId Network, long Revision) : IMessage
{
    /// <summary>What the network is now.</summary>
    public NetworkSpec? Changed { get; init; }
    /// <summary>Who has come, or is elsewhere now.</summary>
    public AttachedEndpoint? Attached { get; init; }
    /// <summary>Who is no longer there: its container has stopped, was disconnected or removed, or its host is lost.</summary>
    public EndpointId? Detached { get; init; }
    /// <summary>The network is gone.</summary>
    public bool Removed { get; init; }
}
