using System.Collections.Immutable;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Hosts;

/// <summary>How the commands about containers begin; <see cref="HostOperations"/> carries them on.</summary>
internal static class HostContainers
{
    public static Decision Create(HostState state, CreateContainer create)
    {
        var spec = create.Spec;
        if (state.Find(spec.Id) is { } known) return known.Spec.Name == spec.Name || (known.NameEdition > 0 && known.Spec.Created == spec.Created) ? CreateAgain(state, known) : Decision.Refuse(new IdTaken(spec.Id.ToString()));
        if (state.Drained) return Decision.Refuse(new HostIsDrained(state.Id));
        if (ContainerRules.Problems(spec).ToImmutableArray() is { IsEmpty: false } problems) return Decision.Refuse(new InvalidRequest(problems));
        if (state.Names.TryGetValue(spec.Name, out var holder)) return Decision.Refuse(new ContainerNameTaken(spec.Name, holder));
        if (create.Endpoints.Select(endpoint => NetworkRefusal(spec.Mode, endpoint.NetworkName)).FirstOrDefault(refusal => refusal is not null) is { } conflict) return Decision.Refuse(conflict);
        if (HostLinks.Refusal(state, create.Endpoints, mustRun: false) is { } nobody) return Decision.Refuse(nobody);
        if (create.Endpoints.GroupBy(endpoint => endpoint.Network).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            return Decision.Refuse(new EndpointNameTaken(spec.Name, twice.First().NetworkName, state.Id));
        }

        ImmutableArray<IEvent> facts = [new ContainerCreated(spec), .. create.Endpoints.Select(endpoint => new ContainerConnected(endpoint))];
        var made = facts.Aggregate(state, HostEvolve.Apply).Find(spec.Id)!;
        if (create.Endpoints.IsEmpty) return Done(state, made) with { Events = facts };

        return HostOperations.Began(state, spec.Id, OperationKind.Create, [.. create.Endpoints.Select(endpoint => endpoint.Id)], null, facts) with
        {
            Sends = [.. create.Endpoints.Select(endpoint => state.Attach(made, endpoint))],
        };
    }

    // The first one may have ended before the networks agreed: they are asked again, and say the same again where they had.
    private static Decision CreateAgain(HostState state, HeldContainer known)
    {
        if (known.Phase == ContainerPhase.Removing) return Decision.Refuse(new IdTaken(known.Spec.Id.ToString()));
        var wishes = known.Endpoints.Where(endpoint => !endpoint.Leaving).Select(endpoint => endpoint.Spec).ToImmutableList();
        return known.Endpoints.Find(endpoint => endpoint is { Agreed: false, Leaving: false }) is not { } open ? Done(state, known)
            // It was started meanwhile: what its networks say then is the start's.
            : known.Phase != ContainerPhase.Created ? Unplaced(known, open)
            : HostOperations.Began(state, known.Spec.Id, OperationKind.CreateAgain, wishes.ConvertAll(wish => wish.Id), null, []) with
            {
                Sends = [.. wishes.Select(wish => state.Attach(known, wish))],
            };
    }

    public static Decision Start(HostState state, HeldContainer container, DateTimeOffset? at) => container.Phase switch
    {
        // Its start was cut off, and it has not been asked for again yet: its network may still refuse it.
        ContainerPhase.Running => container.Endpoints.Find(endpoint => endpoint is { Attached: null, Leaving: false }) is { } open ? Unplaced(container, open) : Done(state, container),
        ContainerPhase.Removing => Decision.Refuse(new ContainerNotFound(container.Spec.Name)),
        _ when state.Drained => Decision.Refuse(new HostIsDrained(state.Id)),
        _ when HostLinks.Refusal(state, container.Endpoints.Select(endpoint => endpoint.Spec), mustRun: true) is { } nobody => HostOperations.StartRefused(state, container, nobody),
        _ => HostPorts.Choose(state, container, []) is var (ports, refusal) && refusal is not null
            ? HostOperations.StartRefused(state, container, refusal)
            : HostOperations.StartSandbox(state, container, ports, [new ContainerStarted(container.Spec.Id) { At = at }]),
    };

    public static Decision Stop(HostState state, HeldContainer container, StopContainer stop) =>
        container.Phase == ContainerPhase.Removing ? Decision.Refuse(new ContainerNotFound(container.Spec.Name))
        : !container.IsRunning || container.Spec.Command.IsEmpty ? Stop(state, container, stop.Kill)
        : HostOperations.Began(state, container.Spec.Id, OperationKind.EndCommand, [], null, [new ContainerStopping(container.Spec.Id) { ByItself = stop.Kill }], PatienceOf(container, stop)) with { Sends = [End(state, container, stop)] };

    /// <summary>One thing at a time. A command that is asked to end may take long: others may have less patience with it, and who wants something else need not wait for that.</summary>
    public static Decision Wait(HostState state, HeldContainer container, IContainerCommand command) => command switch
    {
        // Whoever asks again may do so because something was lost on the way.
        _ when container.Operation!.Kind != OperationKind.EndCommand => command is Request { Again: true } ? Decision.Later with { Orders = HostOperations.Outstanding(state, container) } : Decision.Later,
        StopContainer stop => Decision.Later with { Orders = [End(state, container, stop) with { Hurries = true }] },
        RemoveContainer { Force: true } => Decision.Later with { Orders = [End(state, container, new(state.Id, container.Spec.Id) { Patience = 0 }) with { Hurries = true }] },
        RemoveContainer => Decision.Refuse(new ContainerIsRunning(container.Spec.Name, container.Spec.Id)),
        IRequest => Decision.Refuse(new ContainerIsStopping(container.Spec.Name, container.Spec.Id)),
        _ => Decision.Later,
    };

    // While it still has its networks: it may have something to finish.
    private static EndCommand End(HostState state, HeldContainer container, StopContainer stop) =>
        new(state.Id, container.Spec.Id, state.Incarnation, PatienceOf(container, stop), stop.Signal ?? container.Spec.StopSignal ?? Terminate);

    private static TimeSpan PatienceOf(HeldContainer container, StopContainer stop) => StopPatience.Of(stop.Patience ?? container.Spec.StopTimeout ?? StopPatience.Usual);

    public static Decision Stop(HostState state, HeldContainer container, bool? byItself = null) => container.Phase is ContainerPhase.Running or ContainerPhase.Stopping
        ? HostOperations.StopEndpoints(state, container, null, container.IsRunning ? [new ContainerStopping(container.Spec.Id) { ByItself = byItself }] : [])
        : Done(state, container);

    public static Decision Remove(HostState state, HeldContainer container, bool force) => container.IsRunning && !force
        ? Decision.Refuse(new ContainerIsRunning(container.Spec.Name, container.Spec.Id))
        : HostOperations.RemoveEndpoints(state, container, container.Phase == ContainerPhase.Removing ? [] : [new ContainerRemoving(container.Spec.Id)]);

    public static Decision Connect(HostState state, HeldContainer container, EndpointSpec endpoint)
    {
        if (container.Phase == ContainerPhase.Removing) return Decision.Refuse(new ContainerNotFound(container.Spec.Name));
        if (container.Find(endpoint.Id) is { } known)
        {
            if (known.Leaving || known.Spec.Network != endpoint.Network) return Decision.Refuse(new IdTaken(endpoint.Id.ToString()));
            return known.Agreed && (known.Attached is not null || !container.IsRunning) ? Done(state, container) : Attach(OperationKind.ConnectAgain, known.Spec, []);
        }

        // Who has left the network none may go elsewhere, or back.
        var isFree = container.Spec.Mode == SandboxMode.None && !container.Endpoints.Any(one => !one.Leaving && one.Spec.NetworkName is NetworkRules.None);
        if (container.Spec.Mode is SandboxMode.Host or SandboxMode.None && !isFree && endpoint.NetworkName is not NetworkRules.Host) return Decision.Refuse(ModeConflict(container.Spec.Mode));
        var isBack = isFree && endpoint.NetworkName is NetworkRules.None && container.Endpoints.All(one => one.Leaving);
        if (!isBack && NetworkRefusal(SandboxMode.Own, endpoint.NetworkName) is { } conflict) return Decision.Refuse(conflict);
        if (HostLinks.Refusal(state, endpoint, container.IsRunning) is { } nobody) return Decision.Refuse(nobody);
        if (container.In(endpoint.Network) is not null) return Decision.Refuse(new EndpointNameTaken(container.Spec.Name, endpoint.NetworkName, state.Id));
        // The asker may not have heard yet what the container is called now.
        var called = container.Called(endpoint);
        return Attach(OperationKind.Connect, called, [new ContainerConnected(called)]);

        Decision Attach(OperationKind kind, EndpointSpec wish, ImmutableArray<IEvent> facts) =>
            HostOperations.Began(state, container.Spec.Id, kind, [wish.Id], null, facts) with
            {
                Wakes = [new(EntityKind.Endpoint, wish.Id.ToString())],
                Sends = [state.Attach(container, wish)],
            };
    }

    public static Decision Disconnect(HostState state, HeldContainer container, DisconnectContainer disconnect)
    {
        if (container.Spec.Mode == SandboxMode.Host && disconnect.NetworkName is NetworkRules.Host) return Decision.Refuse(new SandboxModeConflict(NotTheHosts));
        if (container.Phase == ContainerPhase.Removing) return Decision.Refuse(new ContainerNotFound(container.Spec.Name));
        // One that left before and is not out yet, too: its end was not heard of in time. It is out when the answer comes.
        var endpoints = container.Endpoints.Where(endpoint => endpoint.Spec.Network == disconnect.Network).ToImmutableArray();
        if (endpoints.IsEmpty) return disconnect.Again is true ? Done(state, container) : Decision.Refuse(new NotConnected(container.Spec.Id, container.Spec.Name, disconnect.NetworkName));
        return HostOperations.Began(state, container.Spec.Id, OperationKind.Disconnect, [.. endpoints.Select(endpoint => endpoint.Spec.Id)], null, [.. endpoints.Where(endpoint => !endpoint.Leaving).Select(endpoint => new ContainerDisconnecting(container.Spec.Id, endpoint.Spec.Id))]) with
        {
            Sends = [.. endpoints.Select(endpoint => new UnbindEndpoint(endpoint.Spec, state.Incarnation, Forget: true))],
        };
    }

    private static Decision Unplaced(HeldContainer container, HeldEndpoint endpoint) =>
        Decision.Refuse(new OutcomeUnknown($"container {container.Spec.Name} is {container.Phase.ToString().ToLowerInvariant()}, but network {endpoint.Spec.NetworkName} has not given it a place (again) yet"));

    public static Decision Done(HostState state, HeldContainer container) => Decision.Answer(new ContainerDone(container.View(state.Id)));

    private const int Terminate = 15;

    private const string NotTheHosts = "container cannot be disconnected from host network or connected to host network";

    // A container in the host's namespace, or in none, is in the network of that name and in no other; and nobody else is there.
    private static SandboxModeConflict? NetworkRefusal(SandboxMode mode, string network) => (mode, network) switch
    {
        (SandboxMode.Host, NetworkRules.Host) or (SandboxMode.None, NetworkRules.None) => null,
        (SandboxMode.Host or SandboxMode.None, _) => ModeConflict(mode),
        (_, NetworkRules.Host) => new(NotTheHosts),
        (_, NetworkRules.None) => ModeConflict(SandboxMode.None),
        _ => null,
    };

    private static SandboxModeConflict ModeConflict(SandboxMode mode) => new(mode == SandboxMode.Host
        ? "container sharing network namespace with another container or host cannot be connected to any other network"
        : "container cannot be connected to multiple networks with one of the networks in private (none) mode");
}
