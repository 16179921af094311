using System.Collections.Immutable;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;

namespace NetworkCluster.Hosts;

/// <summary>
/// Containers that a Docker Engine runs. Such a container is here for the sake of its endpoints: it comes with the first, runs while it has any, and goes with the last. It gets the name that
/// the engine calls it by when the engine says so, which is after it has its places.
/// </summary>
internal static class HostEngine
{
    public static Decision Join(HostState state, JoinEngineSandbox join)
    {
        if (join.Sandbox.Mode != SandboxMode.Engine || join.Endpoint.Lent is not true) return Decision.Refuse(new InvalidRequest("an engine joins sandboxes of its own, and fetches their links itself"));
        if (state.Find(join.Sandbox.Id) is { } known) return HostContainers.Connect(state, known, join.Endpoint);
        if (state.Drained) return Decision.Refuse(new HostIsDrained(state.Id));
        if (ContainerRules.Problems(join.Sandbox).ToImmutableArray() is { IsEmpty: false } problems) return Decision.Refuse(new InvalidRequest(problems));
        if (state.Names.TryGetValue(join.Sandbox.Name, out var holder)) return Decision.Refuse(new ContainerNameTaken(join.Sandbox.Name, holder));
        ImmutableArray<IEvent> facts = [new ContainerCreated(join.Sandbox), new ContainerStarted(join.Sandbox.Id) { At = join.Sandbox.Created }];
        var noted = facts.Aggregate(state, HostEvolve.Apply);
        var connect = HostContainers.Connect(noted, noted.Find(join.Sandbox.Id)!, join.Endpoint);
        return connect.Reply is Rejected ? connect : connect with { Events = [.. facts, .. connect.Events] };
    }

    /// <summary>What its networks are told about a container's names is one word, with a number: so its further names go with its name, the same one where it has it already.</summary>
    public static Decision Name(HostState state, HeldContainer container, NameEngineSandbox name)
    {
        if (container.Spec.Mode != SandboxMode.Engine) return Decision.Refuse(new InvalidRequest($"container {container.Spec.Name} is run by no engine"));
        ImmutableArray<IEvent> further = [.. name.Names.Where(names => container.Find(names.Endpoint) is { } held && !IsSo(held.Spec.Settings, names)).Select(names => new EndpointNamed(container.Spec.Id, names))];
        if (name.Names.SelectMany(names => EndpointRules.Problems(EndpointSettings.None with { Aliases = names.Aliases, Links = names.Links })).ToImmutableArray() is { IsEmpty: false } problems) return Decision.Refuse(new InvalidRequest(problems));
        var named = further.Aggregate(state, HostEvolve.Apply);
        var begun = HostRename.Begin(named, named.Find(container.Spec.Id)!, name.Name, again: !further.IsEmpty);
        return begun with { Events = [.. further, .. begun.Events] };
    }

    /// <summary>What it was in is told that it has left; nobody waits for that.</summary>
    public static Decision Gone(HostState state, EngineEndpointGone gone) =>
        gone.Incarnation == state.Incarnation && state.Find(gone.Container) is { Spec.Mode: SandboxMode.Engine } container && container.Find(gone.Endpoint) is { Leaving: false, Spec: var endpoint }
            ? HostContainers.Disconnect(state, container, new(state.Id, container.Spec.Id, endpoint.Network, endpoint.NetworkName))
            : Decision.Nothing;

    /// <summary>One that has left its last network is gone.</summary>
    public static ImmutableArray<IEvent> Farewell(HeldContainer? container) =>
        container is { Spec.Mode: SandboxMode.Engine, Endpoints.IsEmpty: true } ? [new ContainerRemoved(container.Spec.Id)] : [];

    private static bool IsSo(EndpointSettings settings, EndpointNames names) => settings.Aliases.SequenceEqual(names.Aliases) && settings.Links.SequenceEqual(names.Links);
}
