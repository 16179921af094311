using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;

namespace NetworkCluster.Networks;

/// <summary>The network's pools are being asked for an endpoint's addresses. Whatever detaches the endpoint meanwhile ends the attempt: what the pools gave is given back then.</summary>
public sealed record EndpointAttaching(EndpointId Endpoint, long Attempt) : IEphemeralEvent;

/// <summary>The attempts for an endpoint are over: it was told to leave.</summary>
public sealed record EndpointAttachEnded(EndpointId Endpoint) : IEphemeralEvent;

/// <summary>A life of the endpoint's host has asked for its place: that an earlier life is over takes it away no more.</summary>
public sealed record EndpointClaimed(EndpointId Endpoint, Incarnation Life) : IEphemeralEvent;

/// <summary>The network is.</summary>
public sealed record NetworkCreated(NetworkSpec Spec, long Revision = 0) : IEvent;

/// <summary>Whether the network will be what it is to be is settled, once: a copy of the same wish that fares otherwise changes nothing.</summary>
/// <param name="Edition">Which change.</param>
/// <param name="Refusal">Why it will not; none: it will.</param>
public sealed record NetworkChangeSettled(int Edition, Rejection? Refusal) : IEvent;

/// <summary>The network is different: its name, its options, its subnets.</summary>
/// <param name="Spec">What it is now.</param>
/// <param name="Revision">The view's revision with it.</param>
public sealed record NetworkChanged(NetworkSpec Spec, long Revision) : IEvent;

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

/// <summary>The network was not removed; a copy of the same wish that comes later is answered the same.</summary>
/// <param name="Attempt">Which removal.</param>
/// <param name="Reason">Why.</param>
public sealed record NetworkKept(int Attempt, Rejection Reason) : IEvent;

/// <summary>The network is no more. Its id is never used again.</summary>
public sealed record NetworkDeleted(NetworkId Id) : IEvent;
