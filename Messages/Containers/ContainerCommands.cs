using System.Collections.Immutable;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster.Containers;

/// <summary>A command about one container of one host; the host does one at a time for each container.</summary>
public interface IContainerCommand : ICommand
{
    /// <summary>The host.</summary>
    HostId Host { get; }
    /// <summary>The container.</summary>
    ContainerId Container { get; }
}

/// <summary>Creates a stopped container with its wishes for networks. Answer: <see cref="ContainerDone"/>. Refused: <see cref="ContainerNameTaken"/>, <see cref="InvalidRequest"/>, and what connect refuses.</summary>
public sealed record CreateContainer(HostId Host, ContainerSpec Spec, ImmutableArray<EndpointSpec> Endpoints) : Request, IContainerCommand
{
    ContainerId IContainerCommand.Container => Spec.Id;
    protected override EntityKey Recipient => new(EntityKind.Host, Host.ToString());
}

/// <summary>Starts a container: ports, sandbox, endpoints, command. Nothing is left if any of it fails. Answer: <see cref="ContainerDone"/>; already running is fine.
/// Refused: <see cref="PortAllocated"/>, <see cref="PortInUse"/>, <see cref="NoFreePort"/>, <see cref="AddressNotOnHost"/>, <see cref="CommandNotRunnable"/>, and what connect refuses.</summary>
public sealed record StartContainer(HostId Host, ContainerId Container) : Request, IContainerCommand
{
    /// <summary>When that is, by the asker's clock; none: nobody will be told since when it runs.</summary>
    public DateTimeOffset? At { get; init; }
    protected override EntityKey Recipient => new(EntityKind.Host, Host.ToString());
}

/// <summary>Stops a container: its command is asked to end, its endpoints leave, its settings and fixed addresses stay. Answer: <see cref="ContainerDone"/>; already stopped is fine.</summary>
public sealed record StopContainer(HostId Host, ContainerId Container) : Request, IContainerCommand, ITakesTime
{
    /// <summary>For how many seconds its command may go on after it was asked to end; 0: it is not asked but killed; below 0: a day. None: what its container says, otherwise 10.</summary>
    public int? Patience { get; init; }
    /// <summary>The signal by which it is asked, as signal(7) numbers them. None: what its container says, otherwise TERM.</summary>
    public int? Signal { get; init; }
    /// <summary>True: it is not stopped but killed, which is told as its command's end alone.</summary>
    public bool? Kill { get; init; }
    /// <summary>With the patience that the container asks for, where nobody says another.</summary>
    public static StopContainer Of(ContainerView container, int? patience = null)
    {
        ArgumentNullException.ThrowIfNull(container);
        return new(container.Host, container.Spec.Id) { Patience = patience ?? container.Spec.StopTimeout };
    }

    TimeSpan ITakesTime.Extra => StopPatience.Of(Patience ?? StopPatience.Usual);
    protected override EntityKey Recipient => new(EntityKind.Host, Host.ToString());
}

/// <summary>Removes a container. Answer: <see cref="ContainerDone"/>. Refused: <see cref="ContainerNotFound"/>, <see cref="ContainerIsRunning"/> without force.</summary>
public sealed record RemoveContainer(HostId Host, ContainerId Container, bool Force) : Request, IContainerCommand
{
    protected override EntityKey Recipient => new(EntityKind.Host, Host.ToString());
}

/// <summary>Gives a container another name: in all its networks, or in none. Answer: <see cref="ContainerDone"/>; the name that it has is fine.
/// Refused: <see cref="ContainerNotFound"/>, <see cref="ContainerNameTaken"/>, <see cref="EndpointNameTaken"/>, <see cref="InvalidRequest"/>.</summary>
public sealed record RenameContainer(HostId Host, ContainerId Container, string Name) : Request, IContainerCommand
{
    protected override EntityKey Recipient => new(EntityKind.Host, Host.ToString());
}

/// <summary>Connects a container. When it runs, the reply means: it answers ping and DNS now. Sent again with the same endpoint id it is the same command. Answer: <see cref="ContainerDone"/>.
/// Refused: <see cref="NetworkNotFound"/>, <see cref="ContainerNotFound"/>, <see cref="EndpointNameTaken"/>, <see cref="AddressInUse"/>, <see cref="AddressOutsideNetwork"/>, <see cref="FixedAddressNotSupported"/>,
/// <see cref="MacInUse"/>, <see cref="AliasNotSupported"/>, <see cref="PoolExhausted"/>, <see cref="SandboxModeConflict"/>, <see cref="HostFault"/>.</summary>
public sealed record ConnectContainer(HostId Host, EndpointSpec Endpoint) : Request, IContainerCommand
{
    ContainerId IContainerCommand.Container => Endpoint.Container;
    protected override EntityKey Recipient => new(EntityKind.Host, Host.ToString());
}

/// <summary>Disconnects a container. Answer: <see cref="ContainerDone"/>. Refused: <see cref="NotConnected"/>, <see cref="ContainerNotFound"/>.</summary>
public sealed record DisconnectContainer(HostId Host, ContainerId Container, NetworkId Network, string NetworkName) : Request, IContainerCommand
{
    protected override EntityKey Recipient => new(EntityKind.Host, Host.ToString());
}

/// <summary>Network or endpoint to host: the endpoint has got where it should (with its facts while attached), or why not.</summary>
public sealed record EndpointSettled(EndpointSpec Endpoint, Incarnation Incarnation, AttachedEndpoint? Attached, Rejection? Failure) : IContainerCommand
{
    /// <summary>With a failure: whether the network holds the wish all the same, because it had agreed to it before.</summary>
    public bool Held { get; init; }
    HostId IContainerCommand.Host => Endpoint.Host;
    ContainerId IContainerCommand.Container => Endpoint.Container;
    EntityKey IAddressed.Entity => new(EntityKind.Host, Endpoint.Host.ToString());
}

/// <summary>Network or endpoint to host: the endpoint is out.</summary>
public sealed record EndpointOut(UnbindEndpoint Withdrawal) : IContainerCommand
{
    HostId IContainerCommand.Host => Withdrawal.Endpoint.Host;
    ContainerId IContainerCommand.Container => Withdrawal.Endpoint.Container;
    EntityKey IAddressed.Entity => new(EntityKind.Host, Withdrawal.Endpoint.Host.ToString());
}

/// <summary>Host to agent: make the sandbox, and see to it that nobody else listens on its ports. Refused: <see cref="PortInUse"/>, <see cref="AddressNotOnHost"/>, <see cref="HostFault"/>.</summary>
/// <param name="Host">The host.</param>
/// <param name="Container">The container.</param>
/// <param name="Incarnation">The life of the host.</param>
public sealed record StartSandbox(HostId Host, ContainerSpec Container, Incarnation Incarnation) : IAddressed
{
    /// <summary>The host's ports that it has.</summary>
    public ImmutableArray<PublishedPort> Ports { get; init; } = [];
    EntityKey IAddressed.Entity => new(EntityKind.Agent, Host.ToString());
}

/// <summary>Agent to host: the sandbox is there, or why not.</summary>
public sealed record SandboxStarted(HostId Host, ContainerId Container, Incarnation Incarnation, Rejection? Failure) : IContainerCommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}

/// <summary>Host to agent: run the container's command; its sandbox and endpoints are ready.</summary>
public sealed record RunCommand(HostId Host, ContainerSpec Container, Incarnation Incarnation) : IAddressed
{
    EntityKey IAddressed.Entity => new(EntityKind.Agent, Host.ToString());
}

/// <summary>Agent to host: the command runs, or why not.</summary>
public sealed record CommandStarted(HostId Host, ContainerId Container, Incarnation Incarnation, Rejection? Failure) : IContainerCommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}

/// <summary>Agent to host: the container's command has ended by itself.</summary>
public sealed record CommandExited(HostId Host, ContainerId Container, Incarnation Incarnation, int ExitCode) : IContainerCommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}

/// <summary>Host to agent: ask the container's command to end, wait, and kill it. Its sandbox and its endpoints stay meanwhile: it may have something to say to somebody.</summary>
/// <param name="Host">The host.</param>
/// <param name="Container">The container.</param>
/// <param name="Incarnation">The life of the host.</param>
/// <param name="Patience">For how long it may go on; zero: it is killed.</param>
/// <param name="Signal">The signal by which it is asked.</param>
public sealed record EndCommand(HostId Host, ContainerId Container, Incarnation Incarnation, TimeSpan Patience, int Signal) : IAddressed
{
    /// <summary>Whether it was asked to end already, with more patience: whoever did that is answered, and nobody else.</summary>
    public bool Hurries { get; init; }
    EntityKey IAddressed.Entity => new(EntityKind.Agent, Host.ToString());
}

/// <summary>Agent to host: the command has ended.</summary>
public sealed record CommandEnded(HostId Host, ContainerId Container, Incarnation Incarnation) : IContainerCommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}

/// <summary>Host to agent: end what runs in the sandbox and remove it; forget its command's output too where the container itself goes.</summary>
public sealed record StopSandbox(HostId Host, ContainerId Container, Incarnation Incarnation, bool Forget) : IAddressed
{
    EntityKey IAddressed.Entity => new(EntityKind.Agent, Host.ToString());
}

/// <summary>Agent to host: the sandbox is gone.</summary>
public sealed record SandboxStopped(HostId Host, ContainerId Container, Incarnation Incarnation, int? ExitCode) : IContainerCommand
{
    /// <summary>When, by the host's clock.</summary>
    public DateTimeOffset? At { get; init; }
    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}

/// <summary>A container operation has taken too long: it is undone and answered as unknown. Where none is under way, what is not over is carried on.</summary>
public sealed record ExpireOperation(HostId Host, ContainerId Container, long Operation) : IContainerCommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}

/// <summary>The command about a container was carried out.</summary>
/// <param name="Container">The container as it is now.</param>
public sealed record ContainerDone(ContainerView Container) : IReply;
