using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Hosts;

/// <summary>
/// What an ungraceful restart comes to. A new life of the host tells which sandboxes still live: those are adopted and their endpoints get their places again;
/// the rest is stopped and its endpoints leave. What was on its way when the old life ended is carried to its end.
/// </summary>
internal static class HostJoin
{
    public static Decision Join(HostState state, JoinHost join)
    {
        var linked = (join.Linked ?? []).ToHashSet();
        // What an engine runs lives where a network has its links: the other ends are in its sandbox.
        var alive = join.Alive.Concat(state.Containers.Values.Where(container => container.Spec.Mode == SandboxMode.Engine && container.Endpoints.Exists(endpoint => linked.Contains(endpoint.Spec.Id))).Select(container => container.Spec.Id)).ToHashSet();
        var again = state.Token == join.Token && !state.Lost;
        var incarnation = again ? state.Incarnation : new Incarnation(state.Incarnation.Value + 1);
        // What the old life was doing is over; what this life is doing goes on.
        var here = state.InOrder.Where(container => !again || container.Operation is null).ToImmutableArray();
        // Nobody waits for the wishes of those that do not run: of a host with thousands of them what lives is to be there at once.
        ImmutableArray<ContainerId> later = [.. here.Where(IsAtRest).Select(container => container.Spec.Id)];
        var work = here.Where(container => !IsAtRest(container)).Select(container => Rejoin(state, container, alive, (incarnation, join.Vtep))).ToImmutableArray();

        var reclaimed = work.Sum(item => item.Reclaimed);
        var adopted = state.Containers.Values.Count(container => container.IsRunning && alive.Contains(container.Spec.Id));
        ImmutableArray<IEvent> facts =
        [
            .. again ? ImmutableArray<IEvent>.Empty : [new HostJoined(join.Host, incarnation, join.Token, adopted, reclaimed, join.At) { Vtep = join.Vtep }, .. Underway(state).Select(id => new OperationEnded(id))],
            .. work.SelectMany(item => item.Events),
            new HostReconciled(),
            new WishesLeft(ImmutableQueue.CreateRange(later), []),
        ];
        var after = facts.Aggregate(state, HostEvolve.Apply);
        return new()
        {
            Events = facts,
            Sends = [.. work.SelectMany(item => item.Sends)],
            Timers =
            [
                .. Underway(after).Select(id => HostOperations.Expiry(after, id, HostDecider.OperationTimeout)),
                .. HostOperations.Removal(after, after.InOrder.Where(container => container.Phase == ContainerPhase.Exited).Select(container => container.Spec)),
                .. later.IsEmpty ? [] : ((TimeSpan, IAddressed)[])[NextWishes(after)],
            ],
            Reply = new HostWelcome(join.Host, incarnation, [.. after.InOrder.Where(container => container.IsRunning).Select(container => container.View(join.Host))]),
        };
    }

    /// <summary>The next ones' turn, when the last ones have been answered.</summary>
    public static Decision AskWishes(HostState state, int atOnce)
    {
        if (!state.Reconciled || state.Lost || (state.Wishes.Containers.IsEmpty && state.Wishes.Asked.IsEmpty)) return Decision.Nothing;
        if (state.Wishes.Asked.Any(id => state.Find(id)?.Operation?.Kind == OperationKind.Rejoin)) return new() { Timers = [NextWishes(state)] };
        var (left, next) = (state.Wishes.Containers, new List<HeldContainer>());
        while (!left.IsEmpty && next.Count < atOnce)
        {
            left = left.Dequeue(out var id);
            // What has been done with it since has asked for them.
            if (state.Find(id) is { Operation: null } container && IsAtRest(container)) next.Add(container);
        }

        var work = next.Select(container => Rejoin(state, container, [], (state.Incarnation, state.Vtep))).ToImmutableArray();
        ImmutableArray<IEvent> events = [.. work.SelectMany(item => item.Events), new WishesLeft(left, [.. next.Select(container => container.Spec.Id)])];
        var after = events.Aggregate(state, HostEvolve.Apply);
        return new()
        {
            Events = events,
            Orders = [.. work.SelectMany(item => item.Sends)],
            Timers = [.. next.Select(container => HostOperations.Expiry(after, container.Spec.Id, HostDecider.OperationTimeout)), .. next.Count == 0 ? [] : ((TimeSpan, IAddressed)[])[NextWishes(after)]],
        };
    }

    private static (TimeSpan, IAddressed) NextWishes(HostState state) => (state.Wishes.Containers.Skip(HostDecider.ManyWishes).Any() ? HostDecider.ManyWishesAgainAfter : HostDecider.WishesAgainAfter, new AskWishes(state.Id));

    // Stopped, with wishes, and with nothing that is not over.
    private static bool IsAtRest(HeldContainer container) => container is { IsRunning: false, Endpoints.IsEmpty: false } && IsSettled(container);

    public static Decision Lose(HostState state, DeclareHostLost lost)
    {
        if (lost.Token != state.Token || state.Lost || state.Incarnation.Value == 0) return Decision.Nothing;
        // The containers stay as they are on paper: the host may come back and find them alive. Their places are given to others meanwhile.
        return GiveUp(state, state.InOrder, [new HostLost(state.Id, state.Incarnation, lost.At), new HostReconciled(), .. Underway(state).Select(id => new OperationEnded(id))]);
    }

    /// <summary>What is not over is carried on: its messages may have been lost, and whoever was to answer may have lost its memory.</summary>
    /// <param name="state">The host.</param>
    /// <param name="container">One with which nothing is under way.</param>
    /// <param name="recovered">Whether nothing has been told to it since the recovery.</param>
    public static Decision CarryOn(HostState state, HeldContainer container, bool recovered)
    {
        var id = container.Spec.Id;
        if (state.Lost) return recovered ? GiveUp(state, [container], [new HostReconciled()]) : Decision.Nothing;
        if (!state.Reconciled || IsSettled(container)) return Decision.Nothing;
        var (events, sends, _) = Rejoin(state, container, [id], (state.Incarnation, state.Vtep));
        return new() { Events = events, Orders = sends, Timers = [HostOperations.Expiry(events.Aggregate(state, HostEvolve.Apply), id, HostDecider.OperationTimeout)] };
    }

    /// <summary>Those of a lost host that are still to give their places back are told again.</summary>
    public static Decision GiveUpAgain(HostState state, HeldContainer container, Operation operation) =>
        GiveUp(state, [container with { Endpoints = container.Endpoints.FindAll(endpoint => operation.Waiting.Contains(endpoint.Spec.Id)) }], [new OperationEnded(container.Spec.Id)]);

    private static Decision GiveUp(HostState state, IEnumerable<HeldContainer> containers, ImmutableArray<IEvent> facts)
    {
        var holders = containers.Where(container => !container.Endpoints.IsEmpty).ToImmutableArray();
        ImmutableArray<IEvent> events = [.. facts, .. holders.Select(container => new OperationBegan(container.Spec.Id, OperationKind.GiveUp, [.. container.Endpoints.Select(endpoint => endpoint.Spec.Id)], null))];
        var after = events.Aggregate(state, HostEvolve.Apply);
        return new()
        {
            Events = events,
            Sends = [.. holders.SelectMany(container => container.Endpoints.Select(endpoint => new UnbindEndpoint(endpoint.Spec, state.Incarnation, endpoint.Leaving, HostLost: true)))],
            Timers = [.. holders.Select(container => HostOperations.Expiry(after, container.Spec.Id, HostDecider.GiveUpAgainAfter))],
        };
    }

    private static bool IsSettled(HeldContainer container) => container.Phase switch
    {
        _ when container.NextName is not null => false,
        ContainerPhase.Stopping or ContainerPhase.Removing => false,
        ContainerPhase.Running => container.Endpoints.TrueForAll(endpoint => endpoint is { Leaving: false, Attached: not null }),
        _ => container.Endpoints.TrueForAll(endpoint => !endpoint.Leaving),
    };

    private static IEnumerable<ContainerId> Underway(HostState state) =>
        state.Containers.Values.Where(container => container.Operation is not null).Select(container => container.Spec.Id);

    private static (ImmutableArray<IEvent> Events, ImmutableArray<IAddressed> Sends, int Reclaimed) Rejoin(HostState state, HeldContainer container, HashSet<ContainerId> alive, (Incarnation Incarnation, InetAddress? Vtep) life)
    {
        // A name that its networks were being asked for: it keeps the one it has.
        if (container.NextName is not null)
        {
            var dropped = new ContainerRenameDropped(container.Spec.Id, container.NameEdition + 1);
            var (events, rejoined, reclaimed) = Rejoin(state, HostEvolve.Apply(state, dropped).Find(container.Spec.Id)!, alive, life);
            return ([dropped, .. events], rejoined, reclaimed);
        }

        var id = container.Spec.Id;
        var lost = container.IsRunning && !alive.Contains(id);
        if (container.Phase == ContainerPhase.Removing || (lost && container.Spec.Mode == SandboxMode.Engine)) return Continue(OperationKind.RemoveEndpoints, OperationKind.RemoveSandbox, forget: true);
        if (container.Phase == ContainerPhase.Stopping || lost) return Continue(OperationKind.StopEndpoints, OperationKind.StopSandbox, forget: false);

        ImmutableArray<IAddressed> sends =
        [
            .. container.Endpoints.SelectMany<HeldEndpoint, IAddressed>(endpoint =>
                endpoint.Leaving ? [new UnbindEndpoint(endpoint.Spec, life.Incarnation, Forget: true)]
                // A stopped container's wish, too: the old life may have ended before its network had agreed to it.
                : [container.Attach(endpoint.Spec, life.Incarnation, life.Vtep)]),
        ];
        return sends.IsEmpty ? ([], [], 0) : ([new OperationBegan(id, OperationKind.Rejoin, [.. sends.Select(EndpointOf)], null)], sends, 0);

        (ImmutableArray<IEvent>, ImmutableArray<IAddressed>, int) Continue(OperationKind endpoints, OperationKind sandbox, bool forget)
        {
            ImmutableArray<IEvent> stopping = !lost ? [] : [forget ? new ContainerRemoving(id) : new ContainerStopping(id)];
            // Nobody asked for this. Who still waits for what was under way before asked for something else: it must not take our end for its own.
            var interrupted = new OutcomeUnknown($"what was being done with container {container.Spec.Name} on host {state.Id} was interrupted");
            return container.Endpoints.IsEmpty
                ? ([.. stopping, new OperationBegan(id, sandbox, [], interrupted)], [new StopSandbox(state.Id, id, life.Incarnation, forget)], 0)
                : ([.. stopping, new OperationBegan(id, endpoints, [.. container.Endpoints.Select(endpoint => endpoint.Spec.Id)], interrupted)],
                   [.. container.Endpoints.Select(endpoint => new UnbindEndpoint(endpoint.Spec, life.Incarnation, forget || endpoint.Leaving))],
                   container.Endpoints.Count);
        }
    }

    private static EndpointId EndpointOf(IAddressed message) => message switch
    {
        AttachEndpoint attach => attach.Endpoint.Id,
        UnbindEndpoint unbind => unbind.Endpoint.Id,
        _ => default,
    };
}
