using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Hosts;

/// <summary>A container's wish for a place in a network.</summary>
/// <param name="Spec">The wish.</param>
/// <param name="Leaving">Whether it is on its way out.</param>
/// <param name="Attached">In memory: the facts, while it has its place.</param>
/// <param name="Agreed">In memory: whether its network has agreed to it in this life of the entity. What is agreed is answered as done when it is asked for again.</param>
public sealed record HeldEndpoint(EndpointSpec Spec, bool Leaving = false, AttachedEndpoint? Attached = null, bool Agreed = false);

/// <summary>In memory: what is being done with a container.</summary>
/// <param name="Number">Grows, so that a late time-out is known as late.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Waiting">Endpoints still to be answered.</param>
/// <param name="Failure">The first thing that went wrong.</param>
public sealed record Operation(long Number, OperationKind Kind, ImmutableList<EndpointId> Waiting, Rejection? Failure);

/// <summary>What is to become of a container.</summary>
public enum ContainerPhase
{
    /// <summary>Never started.</summary>
    Created,
    /// <summary>To run.</summary>
    Running,
    /// <summary>To stop: recovery goes on with it.</summary>
    Stopping,
    /// <summary>Stopped.</summary>
    Exited,
    /// <summary>To be removed: recovery goes on with it.</summary>
    Removing,
}

/// <summary>How a container's last life went.</summary>
/// <param name="Phase">Created, if it had none; or exited.</param>
/// <param name="ExitCode">Of its command, where known.</param>
/// <param name="StartedAt">When it began, where that is known.</param>
/// <param name="FinishedAt">When it was over, where that is known.</param>
public sealed record PastLife(ContainerPhase Phase, int? ExitCode, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt);

/// <summary>One container of a host. Immutable.</summary>
public sealed record HeldContainer
{
    /// <summary>What it is.</summary>
    public required ContainerSpec Spec { get; init; }
    /// <summary>The order of creation.</summary>
    public required long Order { get; init; }
    /// <summary>What is to become of it.</summary>
    public ContainerPhase Phase { get; init; }
    /// <summary>Of its last command, where known.</summary>
    public int? ExitCode { get; init; }
    /// <summary>When it was started last, where that is known.</summary>
    public DateTimeOffset? StartedAt { get; init; }
    /// <summary>When it stopped last, where that is known.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
    /// <summary>While it runs or is to: what it goes back to if its start fails.</summary>
    public PastLife? Past { get; init; }
    /// <summary>Why its last start failed, if it did.</summary>
    public StartFailure? Failure { get; init; }
    /// <summary>Its wishes in the order it was connected.</summary>
    public ImmutableList<HeldEndpoint> Endpoints { get; init; } = [];
    /// <summary>The host's ports that it has, in the order of its wishes: from its start until it has stopped.</summary>
    public ImmutableArray<PublishedPort> Ports { get; init; } = [];
    /// <summary>The name that it is to have, while its networks are asked for it.</summary>
    public string? NextName { get; init; }
    /// <summary>How often its networks were told about its names.</summary>
    public int NameEdition { get; init; }
    /// <summary>In memory: what is being done with it.</summary>
    public Operation? Operation { get; init; }

    /// <summary>Whether it runs or is to.</summary>
    public bool IsRunning => Phase == ContainerPhase.Running;

    // One whose command is asked to end has everything still.
    private bool Runs => IsRunning || Operation?.Kind == OperationKind.EndCommand;

    /// <summary>The wish of this id.</summary>
    public HeldEndpoint? Find(EndpointId id) => Endpoints.Find(endpoint => endpoint.Spec.Id == id);

    /// <summary>The wish for this network.</summary>
    public HeldEndpoint? In(NetworkId network) => Endpoints.Find(endpoint => endpoint.Spec.Network == network && !endpoint.Leaving);

    /// <summary>The wish under the names that the container has now.</summary>
    public EndpointSpec Called(EndpointSpec wish) => NameEdition == 0 && wish.ContainerName == Spec.Name ? wish
        : wish with { ContainerName = Spec.Name, NextName = NextName, NameEdition = NameEdition == 0 ? null : NameEdition };

    /// <summary>Asks a network for the wish's place under this life of the host.</summary>
    internal AttachEndpoint Attach(EndpointSpec wish, Incarnation life, InetAddress? vtep) => new(Called(wish), life, IsRunning) { Vtep = vtep };

    /// <summary>As others see it.</summary>
    public ContainerView View(HostId host) => new(host, Spec, Phase switch
    {
        ContainerPhase.Created => ContainerStatus.Created,
        _ when Runs => ContainerStatus.Running,
        _ => ContainerStatus.Exited,
    }, Failure?.ExitCode ?? ExitCode, [.. Endpoints.Where(endpoint => !endpoint.Leaving).Select(endpoint => new ContainerEndpoint(endpoint.Spec, endpoint.Attached))])
    {
        Ports = Runs ? Ports : [],
        StartedAt = StartedAt,
        FinishedAt = FinishedAt,
        Failure = Failure,
    };

    /// <summary>It is to run.</summary>
    internal HeldContainer Started(DateTimeOffset? at) => this with
    {
        Phase = ContainerPhase.Running,
        // The end of a start that failed may still be on its way.
        Past = Phase == ContainerPhase.Stopping && Failure is not null ? Past : new(Phase == ContainerPhase.Created ? Phase : ContainerPhase.Exited, ExitCode, StartedAt, FinishedAt),
        ExitCode = null,
        StartedAt = at,
        Failure = null,
    };

    /// <summary>It does not run. One whose start failed is as it was before that, but for the reason.</summary>
    internal HeldContainer Stopped(ContainerStopped stopped)
    {
        var rest = this with { Endpoints = Endpoints.ConvertAll(endpoint => endpoint with { Attached = null }), Past = null };
        return (stopped.Failure ?? Failure, Past) switch
        {
            (null, _) => rest with { Phase = ContainerPhase.Exited, ExitCode = stopped.ExitCode, FinishedAt = stopped.At },
            (var failure, null) => rest with { Failure = failure },
            (var failure, var past) => rest with { Failure = failure, Phase = past.Phase, ExitCode = past.ExitCode, StartedAt = past.StartedAt, FinishedAt = past.FinishedAt },
        };
    }

    internal HeldContainer With(EndpointId id, Func<HeldEndpoint, HeldEndpoint> change) =>
        Endpoints.FindIndex(endpoint => endpoint.Spec.Id == id) is var at && at >= 0 ? this with { Endpoints = Endpoints.SetItem(at, change(Endpoints[at])) } : this;
}

/// <summary>What a host entity knows: the life of its process, and its containers with their wishes. Immutable.</summary>
public sealed record HostState
{
    /// <summary>The host.</summary>
    public required HostId Id { get; init; }
    /// <summary>Its life; 0 before the first.</summary>
    public Incarnation Incarnation { get; init; }
    /// <summary>The process that lives it.</summary>
    public string Token { get; init; } = "";
    /// <summary>Where other hosts send the packets of overlay networks to.</summary>
    public InetAddress? Vtep { get; init; }
    /// <summary>Whether it takes no containers, in this life and the next.</summary>
    public bool Drained { get; init; }
    /// <summary>Whether that life is over.</summary>
    public bool Lost { get; init; }
    /// <summary>In memory: whether that life has told what lives since we were last recovered.</summary>
    public bool Reconciled { get; init; }
    /// <summary>Since when.</summary>
    public DateTimeOffset JoinedAt { get; init; }
    /// <summary>Running containers found alive at the last join.</summary>
    public int Adopted { get; init; }
    /// <summary>Endpoints found dead and given back at the last join.</summary>
    public int Reclaimed { get; init; }
    /// <summary>All containers.</summary>
    public ImmutableDictionary<ContainerId, HeldContainer> Containers { get; init; } = ImmutableDictionary<ContainerId, HeldContainer>.Empty;
    /// <summary>Container ids by name.</summary>
    public ImmutableDictionary<string, ContainerId> Names { get; init; } = ImmutableDictionary<string, ContainerId>.Empty;
    /// <summary>Who has which port, by number and protocol; several may have it at different addresses.</summary>
    public ImmutableDictionary<(int Number, PortProtocol Protocol), ImmutableList<(HostPort Port, ContainerId Holder)>> PortHolders { get; init; } =
        ImmutableDictionary<(int, PortProtocol), ImmutableList<(HostPort, ContainerId)>>.Empty;
    /// <summary>All ids in order, for prefixes.</summary>
    public ImmutableSortedSet<string> Ids { get; init; } = NameLookup.NoIds;
    /// <summary>The last ones that were removed, as they last were: for who asks again because the answer was lost. No snapshot has them.</summary>
    public ImmutableList<ContainerView> Gone { get; init; } = [];
    /// <summary>In memory: stopped containers whose wishes are still to be asked for again, and those of whom they are being asked for.</summary>
    public WishesLeft Wishes { get; init; } = NoWishes;
    /// <summary>Counts containers and operations.</summary>
    public long Counter { get; init; }

    /// <summary>All have been asked for.</summary>
    internal static WishesLeft NoWishes { get; } = new([], []);

    /// <summary>As others see it.</summary>
    public HostView View => new(Id, Incarnation, Lost, JoinedAt, Containers.Count, Containers.Values.Count(container => container.IsRunning), Reclaimed, Adopted) { Token = Token, Vtep = Vtep, Drained = Drained };

    /// <summary>The container of this id.</summary>
    public HeldContainer? Find(ContainerId id) => Containers.GetValueOrDefault(id);

    /// <summary>The containers in order of creation.</summary>
    public IEnumerable<HeldContainer> InOrder => Containers.Values.OrderBy(container => container.Order);

    /// <summary>The container of this name.</summary>
    public HeldContainer? Named(string name) => Names.TryGetValue(name, out var id) ? Find(id) : null;

    /// <summary>The container of this full id, else of this name, else all whose ids begin so.</summary>
    public ImmutableArray<HeldContainer> Matching(string text) =>
        ContainerId.TryParse(text, null, out var id) && Find(id) is { } known ? [known]
        : Named(text) is { } named ? [named]
        : [.. NameLookup.ByPrefix(Ids, text).Select(match => Containers[ContainerId.Parse(match, CultureInfo.InvariantCulture)])];

    /// <summary>Another container than this one that has the port, or that packets for it might be for as well.</summary>
    public HeldContainer? HolderOf(HostPort port, ContainerId except) =>
        PortHolders.TryGetValue((port.Number, port.Protocol), out var holders) && holders.Find(holder => holder.Holder != except && holder.Port.Overlaps(port)) is { Port.Number: > 0 } found ? Find(found.Holder) : null;

    /// <summary>The container has these ports now and no others.</summary>
    internal HostState WithPorts(ContainerId id, ImmutableArray<PublishedPort> ports)
    {
        if (Find(id) is not { } container || (container.Ports.IsEmpty && ports.IsEmpty)) return this;
        var holders = PortHolders.ToBuilder();
        foreach (var port in container.Ports)
        {
            if (!holders.TryGetValue(Key(port), out var all)) continue;
            var left = all.RemoveAll(holder => holder.Holder == id);
            if (left.IsEmpty) holders.Remove(Key(port));
            else holders[Key(port)] = left;
        }

        foreach (var port in ports) holders[Key(port)] = (holders.TryGetValue(Key(port), out var others) ? others : []).Add((port.Host, id));
        return With(id, held => held with { Ports = ports }) with { PortHolders = holders.ToImmutable() };

        static (int, PortProtocol) Key(PublishedPort port) => (port.Host.Number, port.Host.Protocol);
    }

    internal AttachEndpoint Attach(HeldContainer container, EndpointSpec wish) => container.Attach(wish, Incarnation, Vtep);

    internal HostState With(ContainerId id, Func<HeldContainer, HeldContainer> change) =>
        Find(id) is { } container ? this with { Containers = Containers.SetItem(id, change(container)) } : this;
}
