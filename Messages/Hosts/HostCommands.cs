using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Hosts;

/// <summary>Agent to host at the start of the process: I am a new life of this host, and these sandboxes of it still live. Idempotent by token. Answer: <see cref="HostWelcome"/>.</summary>
/// <param name="Host">The host.</param>
/// <param name="Token">Random per process.</param>
/// <param name="Alive">Containers whose sandbox is alive.</param>
/// <param name="At">When.</param>
public sealed record JoinHost(HostId Host, string Token, ImmutableArray<ContainerId> Alive, DateTimeOffset At) : ICommand
{
    /// <summary>Where other hosts send the packets of overlay networks to (RFC 7348's VXLAN tunnel end point); none: this host takes part in none.</summary>
    public InetAddress? Vtep { get; init; }

    /// <summary>Endpoints that have their pair of links: a container that a Docker Engine runs is alive where one of its has. None: no such.</summary>
    public ImmutableArray<EndpointId>? Linked { get; init; }

    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}

/// <summary>
/// The cluster to host: that life is over. The containers are found again, or not, when the host comes back; until then their endpoints are out. Idempotent; about another life than
/// the one that is known it changes nothing.
/// </summary>
/// <param name="Host">The host.</param>
/// <param name="Token">The life's, see <see cref="JoinHost"/>.</param>
/// <param name="At">When.</param>
public sealed record DeclareHostLost(HostId Host, string Token, DateTimeOffset At) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}

/// <summary>Host to its agent: your life has this number, and this is what you are to have.</summary>
/// <param name="Host">The host.</param>
/// <param name="Incarnation">This life.</param>
/// <param name="Running">The containers adopted; their endpoints come as they are bound again.</param>
public sealed record HostWelcome(HostId Host, Incarnation Incarnation, ImmutableArray<ContainerView> Running) : IReply;

/// <summary>Network to a host whose containers wish for it: it has this name now. Idempotent.</summary>
public sealed record RenameNetwork(HostId Host, NetworkId Network, string Name) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}

/// <summary>Host entity to agent after the entity has moved to another process: tell me again what lives. An agent of another life stays silent.</summary>
public sealed record RejoinHost(HostId Host, Incarnation Incarnation) : IAddressed
{
    EntityKey IAddressed.Entity => new(EntityKind.Agent, Host.ToString());
}

/// <summary>To itself: the wishes of the next stopped containers are asked for again.</summary>
public sealed record AskWishes(HostId Host) : IAddressed
{
    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}

/// <summary>Process to the one that says where entities are: whether I reach the journal.</summary>
/// <param name="Member">As <c>ADDRESS:PORT</c>.</param>
/// <param name="Away">I do not, or it takes no writes.</param>
public sealed record JournalReport(string Member, bool Away) : IMessage;

/// <summary>One host. Answer: <see cref="HostView"/>. Refused: <see cref="HostUnknown"/>.</summary>
public sealed record GetHost(HostId Host) : IQuery
{
    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}

/// <summary>One host, answered when this life of it has joined, and nothing is under way with any of its containers: what outlived the last life has its place again, what died has left. Answer: <see cref="HostView"/>.</summary>
/// <param name="Host">The host.</param>
/// <param name="Token">The life's, see <see cref="JoinHost"/>.</param>
public sealed record AwaitHost(HostId Host, string Token) : IQuery
{
    EntityKey IAddressed.Entity => new(EntityKind.Host, Host.ToString());
}

/// <summary>The host takes no containers from now on, not even its own stopped ones; those that run go on. Answer: <see cref="HostView"/>. Refused: <see cref="HostUnknown"/>.</summary>
public sealed record DrainHost(HostId Host) : Request
{
    protected override EntityKey Recipient => new(EntityKind.Host, Host.ToString());
}

/// <summary>The host takes containers again. Answer: <see cref="HostView"/>. Refused: <see cref="HostUnknown"/>.</summary>
public sealed record ActivateHost(HostId Host) : Request
{
    protected override EntityKey Recipient => new(EntityKind.Host, Host.ToString());
}

/// <summary>One host.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Incarnation">Its life.</param>
/// <param name="Lost">Whether that life is over.</param>
/// <param name="JoinedAt">Since when.</param>
/// <param name="Containers">How many containers it has.</param>
/// <param name="Running">How many of them run.</param>
/// <param name="Reclaimed">How many endpoints were found dead and given back at the last join.</param>
/// <param name="Adopted">How many running containers were found alive at the last join.</param>
public sealed record HostView(HostId Id, Incarnation Incarnation, bool Lost, DateTimeOffset JoinedAt, int Containers, int Running, int Reclaimed, int Adopted) : IReply
{
    /// <summary>The life's token.</summary>
    public string Token { get; init; } = "";

    /// <summary>Where other hosts send the packets of overlay networks to.</summary>
    public InetAddress? Vtep { get; init; }

    /// <summary>Whether it takes no containers, see <see cref="DrainHost"/>.</summary>
    public bool Drained { get; init; }
}

/// <summary>Host to the cluster's list of hosts: I exist. Idempotent.</summary>
public sealed record RegisterHost(HostId Host) : ICommand
{
    EntityKey IAddressed.Entity => EntityKey.AllHosts;
}

/// <summary>All hosts that ever joined, by name. Answer: <see cref="HostList"/>.</summary>
public sealed record ListHosts : IQuery
{
    EntityKey IAddressed.Entity => EntityKey.AllHosts;
}

/// <summary>All hosts that ever joined, by name.</summary>
public sealed record HostList(ImmutableArray<HostId> Hosts) : IReply;
