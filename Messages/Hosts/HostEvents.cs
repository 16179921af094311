using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Hosts;

/// <summary>A new life of the host begins.</summary>
public sealed record HostJoined(HostId Host, Incarnation Incarnation, string Token, int Adopted, int Reclaimed, DateTimeOffset At) : IEvent
{
    /// <summary>Where other hosts send the packets of overlay networks to.</summary>
    public InetAddress? Vtep { get; init; }
}

/// <summary>The host is one of the cluster's.</summary>
public sealed record HostRegistered(HostId Host) : IEvent;

/// <summary>A network that containers of this host wish for has another name.</summary>
public sealed record NetworkRenamed(NetworkId Network, string Name) : IEvent;

/// <summary>The host takes no containers from now on.</summary>
public sealed record HostDrained(HostId Host) : IEvent;

/// <summary>The host takes containers again.</summary>
public sealed record HostActivated(HostId Host) : IEvent;

/// <summary>The life is over.</summary>
public sealed record HostLost(HostId Host, Incarnation Incarnation, DateTimeOffset At) : IEvent;

/// <summary>In memory: the host's process has told what lives, and what the journal left open is being carried on. Before that nobody can say what is so.</summary>
public sealed record HostReconciled : IEphemeralEvent;

/// <summary>In memory: stopped containers whose wishes are still to be asked for in this life of the host, in order, and those of whom they are being asked for.</summary>
public sealed record WishesLeft(System.Collections.Immutable.ImmutableQueue<ContainerId> Containers, System.Collections.Immutable.ImmutableHashSet<ContainerId> Asked) : IEphemeralEvent;

/// <summary>In memory: a command about a container is under way; others about it wait.</summary>
/// <param name="Container">The container.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Waiting">The endpoints that are still to be answered.</param>
/// <param name="Failure">What went wrong before this step; it is what the sender is answered.</param>
public sealed record OperationBegan(ContainerId Container, OperationKind Kind, System.Collections.Immutable.ImmutableList<EndpointId> Waiting, Rejection? Failure) : IEphemeralEvent;

/// <summary>In memory: one endpoint has answered.</summary>
public sealed record OperationProgressed(ContainerId Container, EndpointId Endpoint, AttachedEndpoint? Attached, Rejection? Failure) : IEphemeralEvent
{
    /// <summary>Whether its network has agreed to the wish.</summary>
    public bool Agreed { get; init; }
}

/// <summary>In memory: the operation is over.</summary>
public sealed record OperationEnded(ContainerId Container) : IEphemeralEvent;

/// <summary>What is done with a container.</summary>
public enum OperationKind
{
    /// <summary>create: the wishes are checked.</summary>
    Create,
    /// <summary>A failed create is taken back.</summary>
    UndoCreate,
    /// <summary>start: the sandbox is made.</summary>
    StartSandbox,
    /// <summary>start: the endpoints are attached, one after the other, so that eth0 is the first.</summary>
    StartEndpoints,
    /// <summary>start: the command is started.</summary>
    StartCommand,
    /// <summary>stop: the command is asked to end.</summary>
    EndCommand,
    /// <summary>stop, or a failed start: the endpoints leave.</summary>
    StopEndpoints,
    /// <summary>stop: the sandbox goes.</summary>
    StopSandbox,
    /// <summary>connect.</summary>
    Connect,
    /// <summary>A failed connect is taken back.</summary>
    UndoConnect,
    /// <summary>disconnect.</summary>
    Disconnect,
    /// <summary>rename: the networks are asked to keep the name free.</summary>
    ClaimName,
    /// <summary>rename: the networks are told that it has the name.</summary>
    TakeName,
    /// <summary>A failed rename: the networks are told that it keeps the one it has.</summary>
    DropName,
    /// <summary>rm: the endpoints leave.</summary>
    RemoveEndpoints,
    /// <summary>rm: the sandbox goes.</summary>
    RemoveSandbox,
    /// <summary>After a join: endpoints get their places again under the new life, or leave where they were to.</summary>
    Rejoin,
    /// <summary>After the host was lost: its endpoints give their places back.</summary>
    GiveUp,
    /// <summary>create, said again of a container that is there: the networks are asked again. Not taken back because they do not answer: it may have been acknowledged.</summary>
    CreateAgain,
    /// <summary>connect, said again of one that is there; as <see cref="CreateAgain"/>.</summary>
    ConnectAgain,
}
