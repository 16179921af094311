using System.Collections.Immutable;
using NetworkCluster.Containers;

namespace NetworkCluster.Hosts;

/// <summary>
/// How a container gets another name: all its networks are asked to keep the name free for it; when they all do it has the name, and they are told so. Where one of them knows somebody
/// else by that name, all are told that it keeps the one it has, which nobody else could get meanwhile. Whoever dies in between finds the note.
/// </summary>
internal static class HostRename
{
    /// <param name="state">The host.</param>
    /// <param name="container">The container.</param>
    /// <param name="name">Its name from now on.</param>
    /// <param name="again">Whether its networks are told even if that is the name it has: something else about its names is new.</param>
    public static Decision Begin(HostState state, HeldContainer container, string name, bool again = false)
    {
        var id = container.Spec.Id;
        if (container.Phase == ContainerPhase.Removing) return Decision.Refuse(new ContainerNotFound(container.Spec.Name));
        if (name == container.Spec.Name) return again ? Tell(state, container, OperationKind.TakeName, null, [new ContainerRenamed(id, name, container.NameEdition + 1)]) : HostContainers.Done(state, container);
        if (ContainerRules.NameProblem(name) is { } problem) return Decision.Refuse(new InvalidRequest(problem));
        if (state.Names.TryGetValue(name, out var holder)) return Decision.Refuse(new ContainerNameTaken(name, holder));
        return container.Endpoints.TrueForAll(endpoint => endpoint.Leaving)
            ? Tell(state, container, OperationKind.TakeName, null, [new ContainerRenamed(id, name, container.NameEdition + 1)])
            : Tell(state, container, OperationKind.ClaimName, null, [new ContainerRenaming(id, name, container.NameEdition + 1)]);
    }

    /// <summary>All networks keep the name free.</summary>
    public static Decision Take(HostState state, HeldContainer container) =>
        Tell(state, container, OperationKind.TakeName, null, [new ContainerRenamed(container.Spec.Id, container.NextName!, container.NameEdition + 1)]);

    /// <summary>It cannot have the name.</summary>
    public static Decision Drop(HostState state, HeldContainer container, Rejection failure) =>
        Tell(state, container, OperationKind.DropName, failure, [new ContainerRenameDropped(container.Spec.Id, container.NameEdition + 1)]);

    /// <summary>An answer never came: what has become of its name is a fact, and its networks must hear it.</summary>
    public static Decision TellAgain(HostState state, HeldContainer container, Operation operation) => Tell(state, container, operation.Kind, operation.Failure, []);

    private static Decision Tell(HostState state, HeldContainer container, OperationKind kind, Rejection? failure, ImmutableArray<IEvent> facts)
    {
        var id = container.Spec.Id;
        var named = facts.Aggregate(state, HostEvolve.Apply).Find(id)!;
        var staying = named.Endpoints.FindAll(endpoint => !endpoint.Leaving);
        return staying.IsEmpty
            ? new() { Events = [.. facts, new OperationEnded(id)], Reply = failure is null ? new ContainerDone(named.View(state.Id)) : new Rejected(failure) }
            : HostOperations.Began(state, id, kind, staying.ConvertAll(endpoint => endpoint.Spec.Id), failure, facts) with
            {
                Sends = [.. staying.Select(endpoint => state.Attach(named, endpoint.Spec))],
            };
    }
}
