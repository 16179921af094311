using NetworkCluster.Endpoints;

namespace NetworkCluster.Containers;

/// <summary>The container is there, stopped.</summary>
public sealed record ContainerCreated(ContainerSpec Spec) : IEvent;

/// <summary>The container wishes to be in a network. If we stop here, recovery gives the wish its place.</summary>
public sealed record ContainerConnected(EndpointSpec Endpoint) : IEvent;

/// <summary>The container is to leave a network. If we stop here, recovery goes on with it.</summary>
public sealed record ContainerDisconnecting(ContainerId Container, EndpointId Endpoint) : IEvent;

/// <summary>The container has left the network and everything of it is given back.</summary>
public sealed record ContainerDisconnected(ContainerId Container, EndpointId Endpoint) : IEvent;

/// <summary>The container is to run.</summary>
public sealed record ContainerStarted(ContainerId Container) : IEvent;

/// <summary>The container is to stop. If we stop here, recovery goes on with it.</summary>
public sealed record ContainerStopping(ContainerId Container) : IEvent;

/// <summary>The container does not run and everything of it is given back.</summary>
/// <param name="Container">Which.</param>
/// <param name="ExitCode">Of its command, where one ran and is known.</param>
public sealed record ContainerStopped(ContainerId Container, int? ExitCode) : IEvent;

/// <summary>The container is to be removed. If we stop here, recovery goes on with it.</summary>
public sealed record ContainerRemoving(ContainerId Container) : IEvent;

/// <summary>The container is no more.</summary>
public sealed record ContainerRemoved(ContainerId Container) : IEvent;
