using System.Collections.Immutable;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;

namespace NetworkCluster.Networks;

/// <summary>One network as it is. Answer: <see cref="NetworkView"/>. Refused: <see cref="NetworkNotFound"/>.</summary>
public sealed record GetNetwork(NetworkId Id) : IQuery
{
    EntityKey IAddressed.Entity => new(EntityKind.Network, Id.ToString());
}

/// <summary>One network with the wishes of stopped containers too, which its view does not have. Answer: <see cref="NetworkMembers"/>. Refused: <see cref="NetworkNotFound"/>.</summary>
public sealed record GetNetworkMembers(NetworkId Id) : IQuery
{
    EntityKey IAddressed.Entity => new(EntityKind.Network, Id.ToString());
}

/// <summary>A place in a network, or a wish for one.</summary>
/// <param name="Endpoint">The facts; of a wish, the addresses held for it.</param>
/// <param name="Attached">Whether it has its place; otherwise its container is stopped.</param>
public sealed record NetworkMembership(AttachedEndpoint Endpoint, bool Attached);

/// <summary>A network with all its members, in the order in which they came.</summary>
public sealed record NetworkMembers(NetworkSpec Spec, long Revision, ImmutableArray<NetworkMembership> Members) : IReply;

/// <summary>All networks of a space, in order of creation. Answer: <see cref="NetworkList"/>.</summary>
public sealed record ListNetworks(AddressSpaceId Space) : IQuery
{
    EntityKey IAddressed.Entity => new(EntityKind.AddressSpace, Space.ToString());
}

/// <summary>By full id, then name, then unique id prefix. Answer: <see cref="NetworkSummary"/>. Refused: <see cref="NetworkNotFound"/>, <see cref="AmbiguousName"/>.</summary>
public sealed record FindNetwork(AddressSpaceId Space, string NameOrId) : IQuery
{
    EntityKey IAddressed.Entity => new(EntityKind.AddressSpace, Space.ToString());
}

/// <summary>Network to the agents of hosts that take part: one change of a view.</summary>
/// <param name="Spec">What the network is.</param>
/// <param name="Revision">The revision with the change; the one before is <c>Revision - 1</c>.</param>
/// <param name="Attached">The endpoint that came.</param>
/// <param name="Detached">The endpoint that went.</param>
/// <param name="Host">The host it is for.</param>
public sealed record ViewChanged(NetworkSpec Spec, long Revision, AttachedEndpoint? Attached, EndpointId? Detached, HostId Host) : IAddressed
{
    EntityKey IAddressed.Entity => new(EntityKind.Agent, Host.ToString());
}

/// <summary>Network to an agent that begins to take part, or has missed a change: the whole view.</summary>
public sealed record ViewSnapshot(NetworkView View, HostId Host) : IAddressed
{
    EntityKey IAddressed.Entity => new(EntityKind.Agent, Host.ToString());
}

/// <summary>Network to the agents of hosts that take part, when it has come back into memory: what it had to tell them may have died with its process. Who knows less asks for the whole view.</summary>
/// <param name="Id">The network.</param>
/// <param name="Revision">The last revision.</param>
/// <param name="Host">The host it is for.</param>
public sealed record ViewRevision(NetworkId Id, long Revision, HostId Host) : IAddressed
{
    EntityKey IAddressed.Entity => new(EntityKind.Agent, Host.ToString());
}

/// <summary>Agent to network: send the whole view.</summary>
public sealed record RequestView(NetworkId Id, HostId Host) : IQuery
{
    EntityKey IAddressed.Entity => new(EntityKind.Network, Id.ToString());
}
