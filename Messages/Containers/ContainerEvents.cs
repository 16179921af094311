using System.Collections.Immutable;
using NetworkCluster.Endpoints;

namespace NetworkCluster.Containers;

/// <summary>The container is there, stopped.</summary>
public sealed record ContainerCreated(ContainerSpec Spec) : IEvent;

/// <summary>The container is to have another name; its networks are asked to keep it free. If we stop here, recovery tells them that it will not.</summary>
/// <param name="Container">Which.</param>
/// <param name="Name">The name.</param>
/// <param name="Edition">What its networks are told about its names is numbered: the latest counts.</param>
public sealed record ContainerRenaming(ContainerId Container, string Name, int Edition) : IEvent;

/// <summary>The container has another name. If we stop here, recovery tells its networks.</summary>
/// <param name="Container">Which.</param>
/// <param name="Name">The name.</param>
/// <param name="Edition">See <see cref="ContainerRenaming"/>.</param>
public sealed record ContainerRenamed(ContainerId Container, string Name, int Edition) : IEvent;

/// <summary>The container keeps the name it has. If we stop here, recovery tells its networks.</summary>
/// <param name="Container">Which.</param>
/// <param name="Edition">See <see cref="ContainerRenaming"/>.</param>
public sealed record ContainerRenameDropped(ContainerId Container, int Edition) : IEvent;

/// <summary>The container wishes to be in a network. If we stop here, recovery gives the wish its place.</summary>
public sealed record ContainerConnected(EndpointSpec Endpoint) : IEvent;

/// <summary>An endpoint of an engine's container has these further names, and no others. What its networks are told about names is numbered with the container's, see <see cref="ContainerRenamed"/>.</summary>
/// <param name="Container">Which.</param>
/// <param name="Names">The endpoint and its names.</param>
public sealed record EndpointNamed(ContainerId Container, EndpointNames Names) : IEvent;

/// <summary>The container is to leave a network. If we stop here, recovery goes on with it.</summary>
public sealed record ContainerDisconnecting(ContainerId Container, EndpointId Endpoint) : IEvent;

/// <summary>The container has left the network and everything of it is given back.</summary>
public sealed record ContainerDisconnected(ContainerId Container, EndpointId Endpoint) : IEvent;

/// <summary>The container is to run.</summary>
public sealed record ContainerStarted(ContainerId Container) : IEvent
{
    /// <summary>When, where it is known.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>The container that is to run has these ports of its host until it has stopped, and no others: nobody else gets them, also while the host's process is dead.</summary>
/// <param name="Container">Which.</param>
/// <param name="Ports">In the order of its wishes.</param>
public sealed record PortsPublished(ContainerId Container, ImmutableArray<PublishedPort> Ports) : IEvent;

/// <summary>The container is to stop. If we stop here, recovery goes on with it.</summary>
public sealed record ContainerStopping(ContainerId Container) : IEvent
{
    /// <summary>True where nobody asked for it: its command has ended, or was killed.</summary>
    public bool? ByItself { get; init; }
    /// <summary>Why, where it was to start and could not.</summary>
    public StartFailure? Failure { get; init; }
}

/// <summary>The container does not run and everything of it is given back.</summary>
/// <param name="Container">Which.</param>
/// <param name="ExitCode">Of its command, where one ran and is known.</param>
public sealed record ContainerStopped(ContainerId Container, int? ExitCode) : IEvent
{
    /// <summary>When, where it is known.</summary>
    public DateTimeOffset? At { get; init; }
    /// <summary>Why its start was refused, where it is as it was before that.</summary>
    public StartFailure? Failure { get; init; }
}

/// <summary>The container is to be removed. If we stop here, recovery goes on with it.</summary>
public sealed record ContainerRemoving(ContainerId Container) : IEvent
{
    /// <summary>Why, where it was to start and could not, and goes when it stops.</summary>
    public StartFailure? Failure { get; init; }
}

/// <summary>The container is no more.</summary>
public sealed record ContainerRemoved(ContainerId Container) : IEvent;
