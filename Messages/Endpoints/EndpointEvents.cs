using NetworkCluster.Hosts;

namespace NetworkCluster.Endpoints;

/// <summary>The wish is known; the container does not run.</summary>
public sealed record EndpointConfigured(EndpointSpec Spec) : IEvent;

/// <summary>It is on its way into the kernel. Not journaled: what drives it is its host's wish, and its place is its network's fact.</summary>
public sealed record EndpointBinding(AttachedEndpoint Endpoint, Incarnation Incarnation) : IEphemeralEvent;

/// <summary>It has a place, under one life of its host, and the kernel does not have it (yet).</summary>
public sealed record EndpointBound(AttachedEndpoint Endpoint, Incarnation Incarnation) : IEvent;

/// <summary>The kernel has it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Incarnation">The life of the host it is bound under.</param>
/// <param name="Endpoint">Its place; none where <see cref="EndpointBound"/> before it said so.</param>
public sealed record EndpointProgrammed(EndpointId Id, Incarnation Incarnation, AttachedEndpoint? Endpoint = null) : IEvent;

/// <summary>The kernel could not have it.</summary>
public sealed record EndpointFailed(EndpointId Id, Incarnation Incarnation, Rejection Reason) : IEvent;

/// <summary>It left; the wish stays for the next start.</summary>
public sealed record EndpointUnbound(EndpointId Id) : IEvent;

/// <summary>It left for good. Its id is never used again.</summary>
public sealed record EndpointDeleted(EndpointId Id) : IEvent;
