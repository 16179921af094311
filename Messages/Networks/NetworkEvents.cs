using NetworkCluster.Endpoints;

namespace NetworkCluster.Networks;

/// <summary>The network's pools are being asked for an endpoint's addresses. Whatever detaches the endpoint meanwhile ends the attempt: what the pools gave is given back then.</summary>
public sealed record EndpointAttaching(EndpointId Endpoint, long Attempt) : IEphemeralEvent;

/// <summary>The attempts for an endpoint are over: it was told to leave.</summary>
public sealed record EndpointAttachEnded(EndpointId Endpoint) : IEphemeralEvent;

/// <summary>The network is.</summary>
public sealed record NetworkCreated(NetworkSpec Spec, long Revision = 0) : IEvent;

/// <summary>The endpoint has its place: all facts in one event.</summary>
/// <param name="Endpoint">The facts.</param>
/// <param name="Revision">The view's revision with it.</param>
public sealed record EndpointAttached(AttachedEndpoint Endpoint, long Revision) : IEvent;

/// <summary>A stopped container's wish, checked; a fixed address is held for it.</summary>
/// <param name="Endpoint">The wish; addresses are those held.</param>
/// <param name="Revision">The view's revision with it (stopped containers are not in the view, but one that stops leaves it).</param>
public sealed record EndpointReserved(AttachedEndpoint Endpoint, long Revision) : IEvent;

/// <summary>The endpoint is not in the network any more.</summary>
public sealed record EndpointDetached(EndpointId Endpoint, long Revision) : IEvent;

/// <summary>The network is no more. Its id is never used again.</summary>
public sealed record NetworkDeleted(NetworkId Id) : IEvent;
