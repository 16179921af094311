using NetworkCluster.Hosts;

namespace NetworkCluster.Endpoints;

/// <summary>The wish is known; the container does not run.</summary>
public sealed record EndpointConfigured(EndpointSpec Spec) : IEvent;

/// <summary>It has its place, under one life of its host.</summary>
public sealed record EndpointBound(AttachedEndpoint Endpoint, Incarnation Incarnation) : IEvent;

/// <summary>The kernel has it.</summary>
public sealed record EndpointProgrammed(EndpointId Id, Incarnation Incarnation) : IEvent;

/// <summary>The kernel could not have it.</summary>
public sealed record EndpointFailed(EndpointId Id, Incarnation Incarnation, Rejection Reason) : IEvent;

/// <summary>It left; the wish stays for the next start.</summary>
public sealed record EndpointUnbound(EndpointId Id) : IEvent;

/// <summary>It left for good. Its id is never used again.</summary>
public sealed record EndpointDeleted(EndpointId Id) : IEvent;
