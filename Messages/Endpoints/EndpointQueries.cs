using NetworkCluster.Hosts;

namespace NetworkCluster.Endpoints;

/// <summary>Where an endpoint is in its life.</summary>
public enum EndpointPhase
{
    /// <summary>The container is stopped.</summary>
    Configured,
    /// <summary>It has a place; the kernel is at work.</summary>
    Attached,
    /// <summary>It answers ping and DNS.</summary>
    Programmed,
    /// <summary>The kernel could not have it; it is being taken back.</summary>
    Failed,
    /// <summary>Gone.</summary>
    Deleted,
}

/// <summary>One endpoint. Answer: <see cref="EndpointView"/>. Refused: <see cref="InvalidRequest"/> for an unknown id.</summary>
public sealed record GetEndpoint(EndpointId Id) : IQuery
{
    EntityKey IAddressed.Entity => new(EntityKind.Endpoint, Id.ToString());
}

/// <summary>One endpoint's life.</summary>
/// <param name="Spec">The wish.</param>
/// <param name="Attached">The facts, while it has a place.</param>
/// <param name="Phase">Where it is in its life.</param>
/// <param name="Incarnation">The life of its host it is bound under.</param>
public sealed record EndpointView(EndpointSpec Spec, AttachedEndpoint? Attached, EndpointPhase Phase, Incarnation Incarnation) : IReply;
