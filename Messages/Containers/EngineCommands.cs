using System.Collections.Immutable;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster.Containers;

/// <summary>A command about a container that a Docker Engine runs (<see cref="SandboxMode.Engine"/>), from that engine's side. All others are refused for such a container: <see cref="ContainerOfEngine"/>.</summary>
public interface IEngineCommand : IContainerCommand, IRequest;

/// <summary>
/// The engine gives a sandbox of its own a place in a network: the container is noted with the first one, and from then on there for as long as it has any. Sent again with the same endpoint
/// id it is the same command. The answer means that the host's end of the pair of links is in the network; the other end waits in the host's namespace for the engine to fetch it.
/// Answer: <see cref="ContainerDone"/>. Refused: what connect refuses.
/// </summary>
/// <param name="Host">The host.</param>
/// <param name="Sandbox">What the engine's container is noted as where it is not yet.</param>
/// <param name="Endpoint">The wish, with <see cref="EndpointSpec.Lent"/>.</param>
public sealed record JoinEngineSandbox(HostId Host, ContainerSpec Sandbox, EndpointSpec Endpoint) : Request, IEngineCommand
{
    ContainerId IContainerCommand.Container => Sandbox.Id;
    protected override EntityKey Recipient => new(EntityKind.Host, Host.ToString());
}

/// <summary>The engine's sandbox leaves a network; with its last one the container is gone. Idempotent. Answer: <see cref="ContainerDone"/>. Refused: <see cref="ContainerNotFound"/>, <see cref="NotConnected"/>: both mean that it is out.</summary>
/// <param name="Host">The host.</param>
/// <param name="Container">The container.</param>
/// <param name="Network">The network.</param>
/// <param name="NetworkName">Its name, for people.</param>
public sealed record LeaveEngineSandbox(HostId Host, ContainerId Container, NetworkId Network, string NetworkName) : Request, IEngineCommand
{
    protected override EntityKey Recipient => new(EntityKind.Host, Host.ToString());
}

/// <summary>
/// What the engine calls its container, known only after it has its places. Sent again it changes nothing. Answer: <see cref="ContainerDone"/>.
/// Refused: <see cref="ContainerNotFound"/>, <see cref="ContainerNameTaken"/>, <see cref="EndpointNameTaken"/>, <see cref="InvalidRequest"/>; then it keeps the name it has, and its aliases and links are noted all the same.
/// </summary>
/// <param name="Host">The host.</param>
/// <param name="Container">The container.</param>
/// <param name="Name">Its name.</param>
/// <param name="Names">Its further names, by network.</param>
public sealed record NameEngineSandbox(HostId Host, ContainerId Container, string Name, ImmutableArray<EndpointNames> Names) : Request, IEngineCommand
{
    protected override EntityKey Recipient => new(EntityKind.Host, Host.ToString());
}

/// <summary>An endpoint's further names.</summary>
/// <param name="Endpoint">Which.</param>
/// <param name="Aliases">For everybody in the network.</param>
/// <param name="Links">Private names for others.</param>
public sealed record EndpointNames(EndpointId Endpoint, ImmutableArray<string> Aliases, ImmutableArray<ContainerLink> Links);

/// <summary>Agent to host: the pair of links of an engine's endpoint is gone, and with it the endpoint: its sandbox has ended, or the engine has taken it away while nobody listened.</summary>
/// <param name="Host">The host.</param>
/// <param name="Container">The container.</param>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Incarnation">The life of the host.</param>
public sealed record EngineEndpointGone(HostId Host, ContainerId Container, EndpointId Endpoint, Incarnation Incarnation) : IContainerCommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}
