using System.Collections.Immutable;
using NetworkCluster.Containers;

namespace NetworkCluster.Hosts;

/// <summary>What the facts mean for a host's state.</summary>
internal static class HostEvolve
{
    private const int MostGone = 16;

    public static HostState Apply(HostState state, IEvent fact) => fact switch
    {
        HostJoined joined => state with { Incarnation = joined.Incarnation, Token = joined.Token, Vtep = joined.Vtep, Lost = false, JoinedAt = joined.At, Adopted = joined.Adopted, Reclaimed = joined.Reclaimed },
        HostReconciled => state with { Reconciled = true },
        WishesLeft left => state with { Wishes = left },
        HostLost => state with { Lost = true, Wishes = HostState.NoWishes },
        HostDrained => state with { Drained = true },
        HostActivated => state with { Drained = false },
        NetworkRenamed renamed => state with
        {
            Containers = state.Containers.SetItems(state.Containers.Where(entry => entry.Value.Endpoints.Any(endpoint => endpoint.Spec.Network == renamed.Network))
                .Select(entry => KeyValuePair.Create(entry.Key, Renamed(entry.Value, renamed)))),
        },
        ContainerCreated created => state with
        {
            Counter = state.Counter + 1,
            Containers = state.Containers.SetItem(created.Spec.Id, new() { Spec = created.Spec, Order = state.Counter + 1 }),
            Names = state.Names.SetItem(created.Spec.Name, created.Spec.Id),
            Ids = state.Ids.Add(created.Spec.Id.ToString()),
        },
        ContainerRenaming renaming => state.With(renaming.Container, container => container with { NextName = renaming.Name, NameEdition = renaming.Edition }) with { Names = state.Names.SetItem(renaming.Name, renaming.Container) },
        ContainerRenamed renamed when state.Find(renamed.Container) is { } container => state.With(renamed.Container, before => Renamed(before, renamed)) with
        {
            Names = state.Names.Remove(container.Spec.Name).SetItem(renamed.Name, renamed.Container),
        },
        ContainerRenameDropped dropped when state.Find(dropped.Container) is { } container => state.With(dropped.Container, before => before with { NextName = null, NameEdition = dropped.Edition }) with
        {
            Names = container.NextName is { } next ? state.Names.Remove(next) : state.Names,
        },
        EndpointNamed named => state.With(named.Container, container => container.With(named.Names.Endpoint, endpoint => Named(endpoint, named.Names))),
        ContainerConnected connected => state.With(connected.Endpoint.Container, container => container with { Endpoints = container.Endpoints.Add(new(connected.Endpoint)) }),
        ContainerDisconnecting leaving => state.With(leaving.Container, container => container.With(leaving.Endpoint, endpoint => endpoint with { Leaving = true })),
        ContainerDisconnected gone => state.With(gone.Container, container => container with { Endpoints = container.Endpoints.RemoveAll(endpoint => endpoint.Spec.Id == gone.Endpoint) }),
        ContainerStarted started => state.With(started.Container, container => container.Started(started.At)),
        PortsPublished published => state.WithPorts(published.Container, published.Ports),
        ContainerStopping stopping => state.With(stopping.Container, container => container with { Phase = ContainerPhase.Stopping, Failure = stopping.Failure }),
        ContainerStopped stopped => state.WithPorts(stopped.Container, []).With(stopped.Container, container => container.Stopped(stopped)),
        ContainerRemoving removing => state.With(removing.Container, container => container with { Phase = ContainerPhase.Removing, Failure = removing.Failure }),
        ContainerRemoved removed when state.Find(removed.Container) is { } container => state.WithPorts(removed.Container, []) with
        {
            Containers = state.Containers.Remove(removed.Container),
            Names = state.Names.Remove(container.Spec.Name).RemoveRange(container.NextName is { } next ? [next] : []),
            Ids = state.Ids.Remove(removed.Container.ToString()),
            Gone = (state.Gone.Count < MostGone ? state.Gone : state.Gone.RemoveAt(0)).Add(container.View(state.Id)),
        },
        OperationBegan began => state.With(began.Container, container => container with { Operation = new(state.Counter + 1, began.Kind, began.Waiting, began.Failure) }) with { Counter = state.Counter + 1 },
        OperationProgressed progressed => state.With(progressed.Container, container => Progress(container, progressed)),
        OperationEnded ended => state.With(ended.Container, container => container with { Operation = null }),
        _ => state,
    };

    private static HeldEndpoint Named(HeldEndpoint endpoint, EndpointNames names)
    {
        var settings = endpoint.Spec.Settings with { Aliases = names.Aliases, Links = names.Links };
        return endpoint with
        {
            Spec = endpoint.Spec with { Settings = settings },
            Attached = endpoint.Attached is { } attached ? attached with { Spec = attached.Spec with { Settings = settings } } : null,
        };
    }

    private static HeldContainer Renamed(HeldContainer container, ContainerRenamed renamed) => container with
    {
        Spec = container.Spec with { Name = renamed.Name },
        NextName = null,
        NameEdition = renamed.Edition,
        Endpoints = container.Endpoints.ConvertAll(endpoint => endpoint with
        {
            Spec = endpoint.Spec with { ContainerName = renamed.Name },
            Attached = endpoint.Attached is { } attached ? attached with { Spec = attached.Spec with { ContainerName = renamed.Name } } : null,
        }),
    };

    private static HeldContainer Renamed(HeldContainer container, NetworkRenamed renamed) => container with
    {
        Endpoints = container.Endpoints.ConvertAll(endpoint => endpoint.Spec.Network != renamed.Network ? endpoint : endpoint with
        {
            Spec = endpoint.Spec with { NetworkName = renamed.Name },
            Attached = endpoint.Attached is { } attached ? attached with { Spec = attached.Spec with { NetworkName = renamed.Name } } : null,
        }),
    };

    private static HeldContainer Progress(HeldContainer container, OperationProgressed progressed)
    {
        var next = container.With(progressed.Endpoint, endpoint => endpoint with { Attached = progressed.Attached, Agreed = endpoint.Agreed || progressed.Agreed });
        return next.Operation is not { } operation ? next : next with
        {
            Operation = operation with { Waiting = operation.Waiting.Remove(progressed.Endpoint), Failure = operation.Failure ?? progressed.Failure },
        };
    }

    public static ImmutableArray<IEvent> Compact(HostState state)
    {
        var events = ImmutableArray.CreateBuilder<IEvent>();
        if (state.Incarnation.Value > 0) events.Add(new HostJoined(state.Id, state.Incarnation, state.Token, state.Adopted, state.Reclaimed, state.JoinedAt) { Vtep = state.Vtep });
        if (state.Drained) events.Add(new HostDrained(state.Id));
        if (state.Lost) events.Add(new HostLost(state.Id, state.Incarnation, state.JoinedAt));
        foreach (var container in state.InOrder)
        {
            var id = container.Spec.Id;
            events.Add(new ContainerCreated(container.Spec));
            if (container.NameEdition > 0) events.Add(container.NextName is { } next ? new ContainerRenaming(id, next, container.NameEdition) : new ContainerRenamed(id, container.Spec.Name, container.NameEdition));
            events.AddRange(container.Endpoints.Select(endpoint => new ContainerConnected(endpoint.Spec)));
            events.AddRange(container.Endpoints.Where(endpoint => endpoint.Leaving).Select(endpoint => new ContainerDisconnecting(id, endpoint.Spec.Id)));
            events.AddRange(Life(id, container.Past));
            events.AddRange(Life(id, Last(container)));
            if (!container.Ports.IsEmpty) events.Add(new PortsPublished(id, container.Ports));
            switch (container.Phase)
            {
                case ContainerPhase.Stopping: events.Add(new ContainerStopping(id) { Failure = container.Failure }); break;
                case ContainerPhase.Created or ContainerPhase.Exited when container.Failure is { } failure: events.Add(new ContainerStopped(id, null) { Failure = failure }); break;
                case ContainerPhase.Removing: events.Add(new ContainerRemoving(id) { Failure = container.Failure }); break;
            }
        }

        return events.ToImmutable();
    }

    private static PastLife Last(HeldContainer container) => new(container switch
    {
        { Phase: ContainerPhase.Created or ContainerPhase.Exited } => container.Phase,
        { Phase: ContainerPhase.Running or ContainerPhase.Stopping } => ContainerPhase.Running,
        // Of one that is being removed only what is shown matters still.
        { ExitCode: null, FinishedAt: null } => container.StartedAt is null ? ContainerPhase.Created : ContainerPhase.Running,
        _ => ContainerPhase.Exited,
    }, container.ExitCode, container.StartedAt, container.FinishedAt);

    private static IEnumerable<IEvent> Life(ContainerId id, PastLife? past)
    {
        if (past is null or { Phase: ContainerPhase.Created }) yield break;
        yield return new ContainerStarted(id) { At = past.StartedAt };
        if (past.Phase == ContainerPhase.Exited) yield return new ContainerStopped(id, past.ExitCode) { At = past.FinishedAt };
    }
}
