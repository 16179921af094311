using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;

namespace NetworkCluster.Networks;

/// <summary>Creates a network. Sent again with the same id it is the same command. Answer: <see cref="NetworkSummary"/>.
/// Refused: <see cref="InvalidRequest"/>, <see cref="NetworkNameTaken"/>, <see cref="ReservedNetworkName"/>, <see cref="SingleInstanceDriver"/>,
/// <see cref="PoolOverlap"/>, <see cref="RouteOverlap"/>, <see cref="NoFreeSubnet"/>, <see cref="HostFault"/>.</summary>
/// <param name="Request">What the user asked for.</param>
/// <param name="Scope">From the driver: overlay is global, all others local.</param>
/// <param name="HostRoutes">Routes of the asked host that no new subnet may cover.</param>
/// <param name="DefaultPools">Where free subnets are picked from, in order.</param>
public sealed record CreateNetwork(NetworkRequest Request, NetworkScope Scope, ImmutableArray<Subnet> HostRoutes, ImmutableArray<DefaultPool> DefaultPools) : Request
{
    /// <summary>Subnets of the other scope's networks that lie in the default pools: none of them is picked.</summary>
    public ImmutableArray<TakenSubnet> Elsewhere { get; init; } = [];

    protected override EntityKey Recipient => new(EntityKind.AddressSpace, (Scope == NetworkScope.Global ? AddressSpaceId.Global : AddressSpaceId.Of(Request.Host)).ToString());
}

/// <summary>Removes a network that no running container is connected to. Answer: <see cref="NetworkRemoved"/>. Refused: <see cref="NetworkNotFound"/>, <see cref="PredefinedNetwork"/>, <see cref="ActiveEndpoints"/>.</summary>
public sealed record RemoveNetwork(AddressSpaceId Space, NetworkId Id) : Request
{
    /// <summary>Whether it stays for the sake of stopped containers too: what pruning wants. Decided by the network itself, so that nobody comes in between.</summary>
    public bool IfUnused { get; init; }

    protected override EntityKey Recipient => new(EntityKind.AddressSpace, Space.ToString());
}

/// <summary>
/// Changes a network in place, whatever is connected: containers in it keep their addresses and their connections. What is not named stays. Sent again it is the same command. Answer: <see cref="NetworkSummary"/>.
/// Refused: <see cref="NetworkNotFound"/>, <see cref="NetworkNameTaken"/>, <see cref="ReservedNetworkName"/>, <see cref="InvalidRequest"/>, <see cref="PoolOverlap"/>, <see cref="RouteOverlap"/>,
/// <see cref="UpdateUnderWay"/>, <see cref="HostFault"/>.
/// </summary>
/// <param name="Space">The network's space.</param>
/// <param name="Id">The network.</param>
/// <param name="Host">The host that was asked.</param>
public sealed record UpdateNetwork(AddressSpaceId Space, NetworkId Id, HostId Host) : Request
{
    /// <summary>The new name.</summary>
    public string? Name { get; init; }
    /// <summary>A further subnet, with everything the user names for it. Endpoints that are there keep what they have; those that come get addresses of it where it is of another family, or where the earlier subnets are full.</summary>
    public PoolRequest? Subnet { get; init; }
    /// <summary>A further part of one of the subnets to pick addresses from.</summary>
    public Subnet? IpRange { get; init; }
    /// <summary>Labels that get these values.</summary>
    public ImmutableSortedDictionary<string, string>? Labels { get; init; }
    /// <summary>Labels that go; one that is not there is gone already.</summary>
    public ImmutableArray<string>? RemovedLabels { get; init; }
    /// <summary>Driver options that get these values.</summary>
    public ImmutableSortedDictionary<string, string>? Options { get; init; }
    /// <summary>Driver options that are to be again what they are when nobody names them.</summary>
    public ImmutableArray<string>? RemovedOptions { get; init; }
    /// <summary>Routes of the asked host that no new subnet may cover.</summary>
    public ImmutableArray<Subnet>? HostRoutes { get; init; }

    protected override EntityKey Recipient => new(EntityKind.AddressSpace, Space.ToString());
}

/// <summary>Address space to network: be so. Idempotent by the spec's edition.</summary>
public sealed record EstablishNetwork(NetworkSpec Spec) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Network, Spec.Id.ToString());
}

/// <summary>Address space to network: cease, unless running containers are connected, or where asked so any container. Idempotent.</summary>
/// <param name="Spec">What the network is; a network that never came to be needs its pools closed all the same.</param>
/// <param name="Undo">The refusal to answer with, where this undoes a failed create; otherwise a removal is answered.</param>
/// <param name="IfUnused">Whether wishes of stopped containers keep it too.</param>
public sealed record DismantleNetwork(NetworkSpec Spec, Rejection? Undo = null, bool IfUnused = false) : ICommand
{
    /// <summary>Which removal of the network it is: what has been refused once is refused, whatever has changed since.</summary>
    public int? Attempt { get; init; }

    EntityKey IAddressed.Entity => new(EntityKind.Network, Spec.Id.ToString());
}

/// <summary>Pool to network: this pool of yours is open.</summary>
public sealed record NetworkPoolOpened(NetworkSpec Spec, int Index) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Network, Spec.Id.ToString());
}

/// <summary>Pool to network: this pool of yours is closed.</summary>
public sealed record NetworkPoolClosed(DismantleNetwork Dismantle, int Index) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Network, Dismantle.Spec.Id.ToString());
}

/// <summary>Network to the agent of its host: put the network into the kernel. Idempotent.</summary>
public sealed record ApplyNetwork(NetworkSpec Spec) : IAddressed
{
    EntityKey IAddressed.Entity => new(EntityKind.Agent, Spec.Host.ToString());
}

/// <summary>Network to the agent of its host: take the network out of the kernel. Idempotent.</summary>
public sealed record WithdrawNetwork(DismantleNetwork Dismantle) : IAddressed
{
    EntityKey IAddressed.Entity => new(EntityKind.Agent, Dismantle.Spec.Host.ToString());
}

/// <summary>Agent to network: the host's kernel has the network (or could not make it).</summary>
public sealed record NetworkApplied(NetworkSpec Spec, Rejection? Failure = null) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Network, Spec.Id.ToString());
}

/// <summary>Agent to network: the host's kernel no longer has the network.</summary>
public sealed record NetworkWithdrawn(DismantleNetwork Dismantle) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Network, Dismantle.Spec.Id.ToString());
}

/// <summary>Network to address space: the create went through; it answers when it has noted that.</summary>
public sealed record ConfirmNetwork(NetworkSpec Spec) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.AddressSpace, Spec.Space.ToString());
}

/// <summary>Network to address space: the create failed on the way; give everything back and answer with the reason.</summary>
public sealed record AbandonNetwork(NetworkSpec Spec, Rejection Reason) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.AddressSpace, Spec.Space.ToString());
}

/// <summary>Network to address space: the network is gone, its pools are closed.</summary>
public sealed record UnregisterNetwork(NetworkSpec Spec, Rejection? Undo) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.AddressSpace, Spec.Space.ToString());
}

/// <summary>Network to address space: it stays, for this reason.</summary>
public sealed record KeepNetwork(NetworkSpec Spec, Rejection Reason) : ICommand
{
    /// <inheritdoc cref="DismantleNetwork.Attempt"/>
    public int? Attempt { get; init; }

    EntityKey IAddressed.Entity => new(EntityKind.AddressSpace, Spec.Space.ToString());
}

/// <summary>Host to network: give this endpoint its place (running container) or check and note its wish (stopped container). Idempotent by endpoint id: the same place again.</summary>
/// <param name="Endpoint">The wish.</param>
/// <param name="Incarnation">The life of the host that asks.</param>
/// <param name="Running">Whether the container runs: only then it gets a place; otherwise only a fixed address is held.</param>
/// <param name="Attempt">The network's own mark while it asks its pools; 0 from everybody else.</param>
public sealed record AttachEndpoint(EndpointSpec Endpoint, Incarnation Incarnation, bool Running, long Attempt = 0) : ICommand
{
    /// <summary>Where the host takes the packets of networks of the cluster.</summary>
    public InetAddress? Vtep { get; init; }

    EntityKey IAddressed.Entity => new(EntityKind.Network, Endpoint.Network.ToString());
}

/// <summary>Pool to network: the address of one pool for an endpoint, or the refusal.</summary>
/// <param name="Attach">The command under way.</param>
/// <param name="Pool">The pool.</param>
/// <param name="Address">The address; none: refused.</param>
/// <param name="Obtained">Addresses from earlier pools.</param>
/// <param name="Refusal">Why there is no address.</param>
public sealed record CompleteAttach(AttachEndpoint Attach, PoolId Pool, InetAddress? Address, ImmutableArray<PoolAddress> Obtained, Rejection? Refusal) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Network, Attach.Endpoint.Network.ToString());
}

/// <summary>An address with the pool it comes from.</summary>
public sealed record PoolAddress(PoolId Pool, InetAddress Address);

/// <summary>Endpoint to network: give the place back. Idempotent.</summary>
/// <param name="Withdrawal">Why, and what else is to be done.</param>
public sealed record DetachEndpoint(UnbindEndpoint Withdrawal) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Network, Withdrawal.Endpoint.Network.ToString());
}

/// <summary>Pool to network, when it has read its journal: who holds addresses. Of who has left for good, and of who has stopped and keeps none here, they are taken back with <see cref="ReleaseAddress"/>.</summary>
/// <param name="Network">The network.</param>
/// <param name="Pool">The pool.</param>
/// <param name="Holders">The endpoints.</param>
public sealed record ConfirmHolders(NetworkId Network, PoolId Pool, ImmutableArray<EndpointId> Holders) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Network, Network.ToString());
}

/// <summary>Pool to network: the endpoint's address in this pool is free.</summary>
public sealed record AddressGivenBack(DetachEndpoint Detach, int Index) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Network, Detach.Withdrawal.Endpoint.Network.ToString());
}

/// <summary>The network is gone.</summary>
public sealed record NetworkRemoved(NetworkId Id) : IReply;

/// <summary>What the list of networks shows.</summary>
public sealed record NetworkSummary(NetworkSpec Spec) : IReply;

/// <summary>Several networks.</summary>
public sealed record NetworkList(ImmutableArray<NetworkSpec> Networks) : IReply;
