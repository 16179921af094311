using System.Collections.Immutable;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;

namespace NetworkCluster.Containers;

/// <summary>Containers of a host in order of creation. Answer: <see cref="ContainerList"/>.</summary>
public sealed record ListContainers(HostId Host) : IQuery
{
    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}

/// <summary>By full id, then name, then unique id prefix. Answer: <see cref="ContainerView"/>. Refused: <see cref="ContainerNotFound"/>, <see cref="AmbiguousName"/>.</summary>
public sealed record FindContainer(HostId Host, string NameOrId) : IQuery
{
    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}

/// <summary>What a container is doing.</summary>
public enum ContainerStatus
{
    /// <summary>Never started.</summary>
    Created,
    /// <summary>Its sandbox is up.</summary>
    Running,
    /// <summary>Stopped.</summary>
    Exited,
}

/// <summary>A container's place in a network, or its wish for one.</summary>
/// <param name="Spec">The wish.</param>
/// <param name="Attached">The facts, while it has a place.</param>
public sealed record ContainerEndpoint(EndpointSpec Spec, AttachedEndpoint? Attached);

/// <summary>One container.</summary>
/// <param name="Host">Its host.</param>
/// <param name="Spec">What it is.</param>
/// <param name="Status">What it does.</param>
/// <param name="ExitCode">Of its last command, where known; of its last start, where that failed.</param>
/// <param name="Endpoints">Its networks, in the order it was connected.</param>
public sealed record ContainerView(HostId Host, ContainerSpec Spec, ContainerStatus Status, int? ExitCode, ImmutableArray<ContainerEndpoint> Endpoints) : IReply
{
    /// <summary>The host's ports it has; none while it does not run.</summary>
    public ImmutableArray<PublishedPort> Ports { get; init; } = [];
    /// <summary>When it was started last, where that is known.</summary>
    public DateTimeOffset? StartedAt { get; init; }
    /// <summary>When it stopped last, where that is known.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
    /// <summary>Why its last start failed, if it did.</summary>
    public StartFailure? Failure { get; init; }
}

/// <summary>Several containers.</summary>
public sealed record ContainerList(ImmutableArray<ContainerView> Containers) : IReply;
