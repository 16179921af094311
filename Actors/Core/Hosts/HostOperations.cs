using System.Collections.Immutable;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Hosts;

/// <summary>How operations with containers go on as the answers come in, each to its end: everything done, or everything undone.</summary>
internal static class HostOperations
{
    /// <summary>The number of no operation: after a recovery a lost host's endpoints are told again.</summary>
    public const long AfterRecovery = 0;

    /// <summary>The number of no operation: what is not over is carried on, if nothing is under way then.</summary>
    public const long NoneUnderWay = -1;

    /// <summary>When what is under way with a container has taken too long.</summary>
    /// <param name="after">The host, with the operation.</param>
    /// <param name="id">The container.</param>
    /// <param name="patience">How long it may take.</param>
    public static (TimeSpan, IAddressed) Expiry(HostState after, ContainerId id, TimeSpan patience) => (patience, new ExpireOperation(after.Id, id, after.Find(id)!.Operation!.Number));

    /// <summary>The start of a step: the facts, the note that it is under way, and the time-out.</summary>
    public static Decision Began(HostState state, ContainerId id, OperationKind kind, ImmutableList<EndpointId> waiting, Rejection? failure, ImmutableArray<IEvent> facts, TimeSpan patience = default)
    {
        ImmutableArray<IEvent> events = [.. facts, new OperationBegan(id, kind, waiting, failure)];
        return new() { Events = events, Timers = [Expiry(events.Aggregate(state, HostEvolve.Apply), id, HostDecider.OperationTimeout + patience)] };
    }

    public static Decision CommandEnded(HostState state, CommandEnded ended) =>
        ended.Incarnation == state.Incarnation && Current(state, ended.Container, OperationKind.EndCommand) is { } container ? StopEndpoints(state, container, null, []) : Decision.Nothing;

    /// <summary>Notes the ports before anybody is asked for them, so that no other container gets them meanwhile.</summary>
    public static Decision StartSandbox(HostState state, HeldContainer container, ImmutableArray<PublishedPort> ports, ImmutableArray<IEvent> facts)
    {
        var id = container.Spec.Id;
        return Began(state, id, OperationKind.StartSandbox, [], null, ports.IsEmpty ? facts : [.. facts, new PortsPublished(id, ports)]) with
        {
            Sends = [new StartSandbox(state.Id, container.Spec, state.Incarnation) { Ports = ports }],
        };
    }

    public static Decision StopEndpoints(HostState state, HeldContainer container, Rejection? failure, ImmutableArray<IEvent> facts) =>
        Leave(state, container, OperationKind.StopEndpoints, failure, facts, forget: false);

    public static Decision RemoveEndpoints(HostState state, HeldContainer container, ImmutableArray<IEvent> facts) =>
        Leave(state, container, OperationKind.RemoveEndpoints, null, facts, forget: true);

    /// <summary>A start that failed is undone: the container is as it was before, with the reason. One that goes when it stops goes, before anybody hears of it: who waits for that hears nothing else.</summary>
    public static Decision StartFailed(HostState state, HeldContainer container, Rejection reason) => container.Spec.AutoRemove is true
        ? Leave(state, container, OperationKind.RemoveEndpoints, reason, [new ContainerRemoving(container.Spec.Id) { Failure = FailureOf(reason) }], forget: true)
        : StopEndpoints(state, container, reason, [new ContainerStopping(container.Spec.Id) { Failure = FailureOf(reason) }]);

    /// <summary>The same of a start that was refused before anything was done for it.</summary>
    public static Decision StartRefused(HostState state, HeldContainer container, Rejection reason) => container.Spec.AutoRemove is true
        ? StartFailed(state, container, reason)
        : Decision.Refuse(reason) with { Events = FailureOf(reason) is var failure && failure == container.Failure ? [] : [new ContainerStopped(container.Spec.Id, null) { Failure = failure }] };

    private static StartFailure FailureOf(Rejection reason) => new(reason.Text, reason is CommandNotRunnable command ? command.ExitCode : StartFailure.OtherReason);

    private static Decision Leave(HostState state, HeldContainer container, OperationKind kind, Rejection? failure, ImmutableArray<IEvent> facts, bool forget)
    {
        var began = Began(state, container.Spec.Id, kind, [.. container.Endpoints.Select(endpoint => endpoint.Spec.Id)], failure, facts);
        return container.Endpoints.IsEmpty
            ? Next(state, container.Spec.Id, began)
            : began with { Sends = [.. container.Endpoints.Select(endpoint => new UnbindEndpoint(endpoint.Spec, state.Incarnation, forget || endpoint.Leaving))] };
    }

    /// <summary>What an operation still waits for from the networks, to be said again. It may come twice without harm.</summary>
    public static ImmutableArray<IAddressed> Outstanding(HostState state, HeldContainer container) => container.Operation switch
    {
        // That has a clock of its own.
        null or { Kind: OperationKind.GiveUp } => [],
        // One after the other.
        { Kind: OperationKind.StartEndpoints, Waiting: [var first, ..] } => [state.Attach(container, container.Find(first)!.Spec)],
        { } operation =>
        [
            .. operation.Waiting.Select(container.Find).OfType<HeldEndpoint>().Select<HeldEndpoint, IAddressed>(endpoint => IsLeaving(operation, endpoint)
                ? new UnbindEndpoint(endpoint.Spec, state.Incarnation, Forget: operation.Kind != OperationKind.StopEndpoints || endpoint.Leaving)
                : state.Attach(container, endpoint.Spec)),
        ],
    };

    /// <summary>An endpoint has its place, or its wish is noted, or neither.</summary>
    public static Decision Settled(HostState state, EndpointSettled settled)
    {
        var id = settled.Endpoint.Container;
        var container = state.Find(id);
        var held = container?.Find(settled.Endpoint.Id);
        var awaited = container?.Operation is { } under && under.Waiting.Contains(settled.Endpoint.Id) ? under : null;
        if (container is null || held is null || (awaited is null ? !container.IsRunning : IsLeaving(awaited, held)))
        {
            // It took its place after it was told to leave: it is told again. One that has none needs not be.
            return settled is { Attached: null, Failure: null } ? Decision.Nothing
                : Decision.Send(new UnbindEndpoint(settled.Endpoint, state.Incarnation, Forget: held is null || held.Leaving || container!.Phase == ContainerPhase.Removing));
        }

        // Said again before it was started: only a place counts now.
        if (container.IsRunning && settled is { Attached: null, Failure: null }) return Decision.Nothing;

        // What is under way by now does not wait for it: its failure is that of something said again. And a network that is being removed has no say in a name: it has the wish dropped.
        var failure = awaited is null || (awaited.Kind == OperationKind.ClaimName && settled.Failure is NetworkNotFound) ? null : settled.Failure;
        var progressed = new Decision { Events = [new OperationProgressed(id, settled.Endpoint.Id, settled.Attached, failure) { Agreed = settled.Failure is null }] };
        if (container.Operation is not { } operation || !operation.Waiting.Contains(settled.Endpoint.Id)) return progressed;

        if (operation.Kind == OperationKind.StartEndpoints && settled.Failure is null && operation.Waiting.Count > 1)
        {
            return progressed with { Sends = [AttachNext(state, container, operation, settled.Endpoint.Id)] };
        }

        // A kernel's failure does not end a wish: the next reconciliation may mend it.
        if (operation.Kind == OperationKind.Rejoin && settled.Failure is not (null or HostFault))
        {
            // Its network had agreed to the wish and has no place for it now: the start was still under way, or its places were given to others meanwhile. As after a start that fails.
            if (settled.Held && container.IsRunning) return StopEndpoints(state, container, settled.Failure, [new ContainerStopping(id)]);

            // What its network refuses after a restart was never acknowledged: the wish goes, too.
            return new()
            {
                Events = [new ContainerDisconnecting(id, settled.Endpoint.Id)],
                Sends = [new UnbindEndpoint(settled.Endpoint, state.Incarnation, Forget: true)],
            };
        }

        var over = operation.Waiting.Count == 1 || operation.Kind == OperationKind.StartEndpoints;
        return over ? Next(state, id, progressed) : progressed;
    }

    /// <summary>An endpoint is out.</summary>
    public static Decision Out(HostState state, UnbindEndpoint withdrawal)
    {
        var (id, endpoint) = (withdrawal.Endpoint.Container, withdrawal.Endpoint.Id);
        if (state.Find(id) is not { } container || container.Find(endpoint) is not { } held) return Decision.Nothing;
        var entering = container.Operation is { } under && under.Waiting.Contains(endpoint) && !IsLeaving(under, held) ? under : null;
        // The late end of an earlier stop, while it is on its way in again. (A stopped container's endpoint is where it should be.)
        if (entering is not null && !withdrawal.Forget && (container.IsRunning || entering.Kind == OperationKind.StartEndpoints || IsEntry(entering.Kind))) return Decision.Nothing;
        // Or while it is on its way out for good: that has an end, and an asker, of its own.
        if (!withdrawal.Forget && (held.Leaving || container.Phase == ContainerPhase.Removing)) return Decision.Nothing;

        // It was deleted before it came: the ids of an undone command do not come to life again. It stays held until it is out once more: what says so may be the end of an earlier undo, before its network heard of this one.
        Rejection? deleted = entering is { Kind: var kind } && IsEntry(kind) ? new IdTaken(endpoint.ToString()) : null;
        var progressed = new Decision
        {
            Events = withdrawal.Forget && deleted is null
                ? [new ContainerDisconnected(id, endpoint), new OperationProgressed(id, endpoint, null, null)]
                : [new OperationProgressed(id, endpoint, null, deleted)],
        };
        // It was told to leave in an earlier life, and that took until now: it gets its place again.
        if (container is { Operation: null, IsRunning: true } && !held.Leaving && !state.Lost) return progressed with { Timers = [(HostDecider.CarryOnAfter, new ExpireOperation(state.Id, id, NoneUnderWay))] };
        if (container.Operation is not { } operation) return progressed with { Events = [.. progressed.Events, .. HostEngine.Farewell(progressed.Events.Aggregate(state, HostEvolve.Apply).Find(id))] };
        if (!operation.Waiting.Contains(endpoint)) return progressed;
        if (operation.Waiting.Count == 1) return Next(state, id, progressed);
        return operation.Kind == OperationKind.StartEndpoints ? progressed with { Sends = [AttachNext(state, container, operation, endpoint)] } : progressed;
    }

    private static bool IsEntry(OperationKind kind) => kind is OperationKind.Create or OperationKind.CreateAgain or OperationKind.Connect or OperationKind.ConnectAgain;

    // Whether the operation waits for the endpoint to leave, not to come.
    private static bool IsLeaving(Operation operation, HeldEndpoint endpoint) => operation.Kind switch
    {
        OperationKind.StartEndpoints => false,
        var entry when IsEntry(entry) => false,
        OperationKind.Rejoin or OperationKind.ClaimName or OperationKind.TakeName or OperationKind.DropName => endpoint.Leaving,
        _ => true,
    };

    private static AttachEndpoint AttachNext(HostState state, HeldContainer container, Operation operation, EndpointId after) =>
        state.Attach(container, container.Find(operation.Waiting.First(endpoint => endpoint != after))!.Spec);

    public static Decision SandboxStarted(HostState state, SandboxStarted started)
    {
        if (Current(state, started.Container, OperationKind.StartSandbox) is not { } container || started.Incarnation != state.Incarnation) return Decision.Nothing;
        if (started.Failure is PortInUse taken && HostPorts.Choose(state, container, taken.Ports) is { Refusal: null } others) return StartSandbox(state, container, others.Ports, []);
        if (started.Failure is { } failure) return StartFailed(state, container, failure);
        var began = Began(state, started.Container, OperationKind.StartEndpoints, [.. container.Endpoints.Select(endpoint => endpoint.Spec.Id)], null, []);
        return container.Endpoints.IsEmpty
            ? Next(state, started.Container, began)
            : began with { Sends = [state.Attach(container, container.Endpoints[0].Spec)] };
    }

    public static Decision CommandStarted(HostState state, CommandStarted started)
    {
        if (Current(state, started.Container, OperationKind.StartCommand) is not { } container || started.Incarnation != state.Incarnation) return Decision.Nothing;
        return started.Failure is { } failure
            ? StartFailed(state, container, failure)
            : End(state, started.Container, Decision.Nothing);
    }

    public static Decision SandboxStopped(HostState state, SandboxStopped stopped)
    {
        var id = stopped.Container;
        if (stopped.Incarnation != state.Incarnation || state.Find(id) is not { Operation: { } operation }) return Decision.Nothing;
        return operation.Kind switch
        {
            OperationKind.StopSandbox => End(state, id, new() { Events = [new ContainerStopped(id, stopped.ExitCode) { At = stopped.At }], Timers = Removal(state, [state.Find(id)!.Spec]) }),
            OperationKind.RemoveSandbox => End(state, id, new() { Events = [new ContainerRemoved(id)] }),
            _ => Decision.Nothing,
        };
    }

    /// <summary>Those that go when they have stopped do so a little later: who listens may still want to hear their last words, and then removes them itself.</summary>
    public static ImmutableArray<(TimeSpan, IAddressed)> Removal(HostState state, IEnumerable<ContainerSpec> stopped) =>
        [.. stopped.Where(spec => spec.AutoRemove is true).Select(spec => (HostDecider.LastWords, (IAddressed)new RemoveContainer(state.Id, spec.Id, Force: false)))];

    /// <summary>An answer never came. What was begun is undone; what cannot be undone is carried on a little later, when those who wait for the container have had their turn.</summary>
    public static Decision Expire(HostState state, ExpireOperation expire)
    {
        if (state.Find(expire.Container) is not { } container) return Decision.Nothing;
        if (container.Operation is not { } operation) return HostJoin.CarryOn(state, container, recovered: expire.Operation == AfterRecovery);
        if (operation.Number != expire.Operation) return Decision.Nothing;
        var unknown = new OutcomeUnknown($"{operation.Kind} of container {container.Spec.Name} on host {state.Id} was not answered in time");
        return operation.Kind switch
        {
            OperationKind.Connect => Undo(state, container, OperationKind.UndoConnect, [.. operation.Waiting], unknown, Decision.Nothing),
            OperationKind.Create => Undo(state, container, OperationKind.UndoCreate, [.. container.Endpoints.Select(endpoint => endpoint.Spec.Id)], unknown, Decision.Nothing),
            OperationKind.StartSandbox or OperationKind.StartEndpoints or OperationKind.StartCommand => StartFailed(state, container, unknown),
            OperationKind.ClaimName => HostRename.Drop(state, container, unknown),
            OperationKind.TakeName or OperationKind.DropName => HostRename.TellAgain(state, container, operation),
            // Who ends its sandbox ends its command.
            OperationKind.EndCommand => StopEndpoints(state, container, null, []),
            OperationKind.GiveUp => HostJoin.GiveUpAgain(state, container, operation),
            _ => new() { Events = [new OperationEnded(expire.Container)], Reply = new Rejected(unknown), Timers = [(HostDecider.CarryOnAfter, expire)] },
        };
    }

    private static HeldContainer? Current(HostState state, ContainerId id, OperationKind kind) =>
        state.Find(id) is { Operation: { } operation } container && operation.Kind == kind ? container : null;

    // The step is over: what comes next depends on what it was and whether it went well.
    private static Decision Next(HostState before, ContainerId id, Decision decision)
    {
        var state = decision.Events.Aggregate(before, HostEvolve.Apply);
        var container = state.Find(id)!;
        var operation = container.Operation!;
        return (operation.Kind, operation.Failure) switch
        {
            // Somebody may have heard long ago that it is so: a kernel that refuses it now does not end that.
            (OperationKind.CreateAgain or OperationKind.ConnectAgain, HostFault fault) => decision with { Events = decision.Events.Add(new OperationEnded(id)), Reply = new Rejected(new OutcomeUnknown(fault.Text)) },
            (OperationKind.Create or OperationKind.CreateAgain, { } failure) => Undo(state, container, OperationKind.UndoCreate, [.. container.Endpoints.Select(endpoint => endpoint.Spec.Id)], failure, decision),
            (OperationKind.Connect or OperationKind.ConnectAgain, { } failure) => Undo(state, container, OperationKind.UndoConnect, [decision.Events.OfType<OperationProgressed>().Single().Endpoint], failure, decision),
            (OperationKind.StartEndpoints, { } failure) => Join(decision, StartFailed(state, container, failure)),
            (OperationKind.StartEndpoints, null) when !container.Spec.Command.IsEmpty =>
                Join(decision, Began(state, id, OperationKind.StartCommand, [], null, []) with { Sends = [new RunCommand(state.Id, container.Spec, state.Incarnation)] }),
            (OperationKind.StopEndpoints, var failure) =>
                Join(decision, Began(state, id, OperationKind.StopSandbox, [], failure, []) with { Sends = [new StopSandbox(state.Id, id, state.Incarnation, Forget: false)] }),
            (OperationKind.RemoveEndpoints, var failure) =>
                Join(decision, Began(state, id, OperationKind.RemoveSandbox, [], failure, []) with { Sends = [new StopSandbox(state.Id, id, state.Incarnation, Forget: true)] }),
            (OperationKind.ClaimName, { } failure) => Join(decision, HostRename.Drop(state, container, failure)),
            (OperationKind.ClaimName, null) => Join(decision, HostRename.Take(state, container)),
            // It has the name, whatever else a network says.
            (OperationKind.TakeName, _) => decision with { Events = decision.Events.Add(new OperationEnded(id)), Reply = new ContainerDone(container.View(before.Id)) },
            (OperationKind.UndoCreate, _) => End(before, id, decision, new ContainerRemoved(id)),
            (OperationKind.UndoConnect or OperationKind.Disconnect, _) => End(before, id, decision, HostEngine.Farewell(container)),
            (OperationKind.Rejoin or OperationKind.GiveUp, _) => decision with { Events = [.. decision.Events, .. HostEngine.Farewell(container), new OperationEnded(id)] },
            _ => End(before, id, decision),
        };
    }

    private static Decision Undo(HostState state, HeldContainer container, OperationKind kind, ImmutableArray<EndpointId> endpoints, Rejection failure, Decision soFar) =>
        // Journaled, so that a recovery goes on undoing and does not find a wish that was refused.
        Join(soFar, Began(state, container.Spec.Id, kind, [.. endpoints], failure, kind == OperationKind.UndoCreate
            ? [new ContainerRemoving(container.Spec.Id)]
            : [.. endpoints.Select(endpoint => new ContainerDisconnecting(container.Spec.Id, endpoint))]) with
        {
            Sends = [.. endpoints.Select(id => new UnbindEndpoint(container.Find(id)!.Spec, state.Incarnation, Forget: true))],
        });

    private static Decision End(HostState before, ContainerId id, Decision decision, params ImmutableArray<IEvent> lastly)
    {
        ImmutableArray<IEvent> events = [.. decision.Events, .. lastly, new OperationEnded(id)];
        var last = before.Find(id)!;
        var failure = decision.Events.Aggregate(before, HostEvolve.Apply).Find(id)?.Operation?.Failure ?? last.Operation?.Failure;
        var after = events.Aggregate(before, HostEvolve.Apply);
        // A failed rm has no failure of its own; a removed container is answered as it last was.
        var reply = failure is { } reason ? new Rejected(reason) : (IReply)new ContainerDone((after.Find(id) ?? last).View(before.Id));
        return decision with { Events = events, Reply = reply };
    }

    private static Decision Join(Decision first, Decision second) => second with { Events = [.. first.Events, .. second.Events], Sends = [.. first.Sends, .. second.Sends] };
}
