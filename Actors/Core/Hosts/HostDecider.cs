using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Containers;

namespace NetworkCluster.Hosts;

/// <summary>
/// One host: the lives of its process, and its containers with their wishes for networks. The root of every endpoint on the host: it notes the intent first,
/// so that no endpoint exists anywhere that it does not know. It does one thing at a time with each container; what comes meanwhile waits.
/// </summary>
public sealed class HostDecider : IDecider<HostState>
{
    /// <summary>How long one operation with a container may take before it is undone and answered as unknown.</summary>
    public static readonly TimeSpan OperationTimeout = TimeSpan.FromSeconds(9);

    /// <summary>How long after that what cannot be undone is carried on.</summary>
    public static readonly TimeSpan CarryOnAfter = TimeSpan.FromSeconds(1);

    /// <summary>How long the endpoints of a lost host may take to give their places back until they are told again.</summary>
    public static readonly TimeSpan GiveUpAgainAfter = TimeSpan.FromSeconds(2);

    /// <summary>Of so many stopped containers at most the wishes are asked for again at once; nobody waits for them.</summary>
    public int WishesAtOnce { get; init; } = 2;

    /// <summary>When it is looked whether the next ones' turn has come.</summary>
    public static readonly TimeSpan WishesAgainAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>The same while <see cref="ManyWishes"/> are left: to bring thousands of networks into memory would take the machine from those who ask for something.</summary>
    public static readonly TimeSpan ManyWishesAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>So many stopped containers are many.</summary>
    public const int ManyWishes = 100;

    /// <summary>How long one that is removed when it has stopped stays.</summary>
    public static readonly TimeSpan LastWords = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public HostState Empty(string id) => new() { Id = HostId.Parse(id, CultureInfo.InvariantCulture) };

    /// <inheritdoc/>
    public Decision Decide(HostState state, IAddressed message) => message switch
    {
        JoinHost join => HostJoin.Join(state, join),
        DeclareHostLost lost => HostJoin.Lose(state, lost),
        EndpointSettled settled => HostOperations.Settled(state, settled),
        EndpointOut left => HostOperations.Out(state, left.Withdrawal),
        SandboxStarted started => HostOperations.SandboxStarted(state, started),
        CommandStarted started => HostOperations.CommandStarted(state, started),
        CommandEnded ended => HostOperations.CommandEnded(state, ended),
        SandboxStopped stopped => HostOperations.SandboxStopped(state, stopped),
        ExpireOperation expire => HostOperations.Expire(state, expire),
        ListContainers => Decision.Answer(new ContainerList([.. state.InOrder.Select(container => container.View(state.Id))])),
        FindContainer find => Find(state, find.NameOrId),
        AwaitHost wait when wait.Token != state.Token || !state.Reconciled || state.Containers.Values.Any(container => container.Operation is not null && !state.Wishes.Asked.Contains(container.Spec.Id)) => Decision.Later,
        AskWishes => HostJoin.AskWishes(state, WishesAtOnce),
        // Not an operation with a container: it waits for none.
        RenameNetwork rename => new() { Events = state.Containers.Values.Any(container => container.Endpoints.Any(endpoint => endpoint.Spec.Network == rename.Network && endpoint.Spec.NetworkName != rename.Name)) ? [new NetworkRenamed(rename.Network, rename.Name)] : [] },
        GetHost or AwaitHost => state.Incarnation.Value == 0
            ? Decision.Refuse(new HostUnknown(state.Id))
            : Decision.Answer(state.View),
        DrainHost => Turn(state, drained: true),
        ActivateHost => Turn(state, drained: false),
        IContainerCommand command => Command(state, command),
        _ => Decision.Nothing,
    };

    private static Decision Turn(HostState state, bool drained)
    {
        if (state.Incarnation.Value == 0) return Decision.Refuse(new HostUnknown(state.Id));
        ImmutableArray<IEvent> events = state.Drained == drained ? [] : drained ? [new HostDrained(state.Id)] : [new HostActivated(state.Id)];
        return new() { Events = events, Reply = events.Aggregate(state, HostEvolve.Apply).View };
    }

    private static Decision Command(HostState state, IContainerCommand command)
    {
        if (state.Incarnation.Value == 0) return Decision.Refuse(new HostUnknown(state.Id));
        if (state.Lost) return Decision.Refuse(new HostIsLost(state.Id));
        // After a recovery the journal says what is to be, not what is: the host's process is being asked.
        if (!state.Reconciled) return Decision.Later;
        if (state.Find(command.Container) is { } known)
        {
            if (known.Spec.Mode == SandboxMode.Engine && command is IRequest and not IEngineCommand) return Decision.Refuse(new ContainerOfEngine(known.Spec.Name, state.Id));
            if (known.Operation is not null) return HostContainers.Wait(state, known, command);
        }

        return command switch
        {
            CreateContainer create => HostContainers.Create(state, create),
            StartContainer start => With(start.Container, container => HostContainers.Start(state, container, start.At)),
            StopContainer stop => With(stop.Container, container => HostContainers.Stop(state, container, stop)),
            CommandExited exited => exited.Incarnation == state.Incarnation && state.Find(exited.Container) is { IsRunning: true } container ? HostContainers.Stop(state, container, byItself: true) : Decision.Nothing,
            RemoveContainer remove => With(remove.Container, container => HostContainers.Remove(state, container, remove.Force)),
            JoinEngineSandbox join => HostEngine.Join(state, join),
            LeaveEngineSandbox leave => With(leave.Container, container => HostContainers.Disconnect(state, container, new(state.Id, leave.Container, leave.Network, leave.NetworkName))),
            NameEngineSandbox name => With(name.Container, container => HostEngine.Name(state, container, name)),
            EngineEndpointGone gone => HostEngine.Gone(state, gone),
            RenameContainer rename => With(rename.Container, container => HostRename.Begin(state, container, rename.Name)),
            ConnectContainer connect => With(connect.Endpoint.Container, container => HostContainers.Connect(state, container, connect.Endpoint)),
            DisconnectContainer disconnect => With(disconnect.Container, container => HostContainers.Disconnect(state, container, disconnect)),
            _ => Decision.Nothing,
        };

        Decision With(ContainerId id, Func<HeldContainer, Decision> decide) =>
            state.Find(id) is { } container ? decide(container)
            : command is RemoveContainer { Again: true } && state.Gone.Find(gone => gone.Spec.Id == id) is { } removed ? Decision.Answer(new ContainerDone(removed))
            : Decision.Refuse(new ContainerNotFound(id.ToString()));
    }

    private static Decision Find(HostState state, string text)
    {
        // Docker shows names with a slash before them; ids have none.
        if (text is ['/', .. var name]) return state.Named(name) is { } named ? Decision.Answer(named.View(state.Id)) : Decision.Refuse(new ContainerNotFound(text));
        return state.Matching(text) switch
        {
            [] => Decision.Refuse(new ContainerNotFound(text)),
            [var one] => Decision.Answer(one.View(state.Id)),
            var many => Decision.Refuse(new AmbiguousName("container", text, [.. many.Select(match => $"{match.Spec.Name} ({match.Spec.Id.Short})")])),
        };
    }

    /// <inheritdoc/>
    public HostState Evolve(HostState state, IEvent fact) => HostEvolve.Apply(state, fact);

    /// <inheritdoc/>
    /// <remarks>After the entity has moved, the agent that lives on tells again what it has; an agent that starts joins by itself. Of a lost host the endpoints are given up again.</remarks>
    public ImmutableArray<IAddressed> Resume(HostState state) => state switch
    {
        { Incarnation.Value: 0 } or { Reconciled: true } => [],
        { Lost: true } => [.. state.InOrder.Where(container => !container.Endpoints.IsEmpty).Select(container => new ExpireOperation(state.Id, container.Spec.Id, HostOperations.AfterRecovery))],
        _ => [new RejoinHost(state.Id, state.Incarnation)],
    };

    /// <inheritdoc/>
    public ImmutableArray<IEvent> Compact(HostState state) => HostEvolve.Compact(state);
}
