using System.Collections.Immutable;
using NetworkCluster.Containers;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;

namespace NetworkCluster.Networks;

/// <summary>
/// One network: what it is, who is in it, and which hosts are told. It keeps no memory of what is under way: every message carries the command it serves,
/// so a crash between two of them loses nothing but that command, and the roots (address space, host) send it again.
/// </summary>
public sealed class NetworkDecider : IDecider<NetworkState>
{
    /// <inheritdoc/>
    public NetworkState Empty(string id) => new();

    /// <inheritdoc/>
    public Decision Decide(NetworkState state, IAddressed message) => message switch
    {
        EstablishNetwork establish => Establish(state, establish.Spec),
        NetworkPoolOpened opened => state.Deleted ? Decision.Nothing : AfterPools(state, opened.Spec, opened.Index + 1),
        NetworkApplied applied => Applied(state, applied),
        DismantleNetwork dismantle => Dismantle(state, dismantle),
        NetworkWithdrawn withdrawn => ClosePools(withdrawn.Dismantle, 0),
        NetworkPoolClosed closed => ClosePools(closed.Dismantle, closed.Index + 1),
        AttachEndpoint attach => NetworkAttach.Begin(state, attach),
        CompleteAttach complete => NetworkAttach.Complete(state, complete),
        DetachEndpoint detach => NetworkDetach.Begin(state, detach),
        AddressGivenBack given => NetworkDetach.Release(state, given.Detach, given.Index + 1),
        GetNetwork get => state.Exists ? Decision.Answer(state.View) : Decision.Refuse(new NetworkNotFound(get.Id.Short)),
        GetNetworkMembers get => state.Exists
            ? Decision.Answer(new NetworkMembers(state.Spec!, state.Revision, [.. state.InOrder.Select(member => new NetworkMembership(member.Endpoint, member.Attached))]))
            : Decision.Refuse(new NetworkNotFound(get.Id.Short)),
        RequestView request => state.Exists ? Decision.Send(new ViewSnapshot(state.View, request.Host)) : Decision.Nothing,
        _ => Decision.Nothing,
    };

    private static Decision Establish(NetworkState state, NetworkSpec spec) => state.Deleted
        ? Decision.Send(new AbandonNetwork(spec, new IdTaken(spec.Id.ToString())))
        : AfterPools(state, spec, 0);

    // Pools are opened one after the other, then the kernel of the host that owns a local network is asked; a global one has nothing anywhere until an endpoint comes.
    private static Decision AfterPools(NetworkState state, NetworkSpec spec, int next) =>
        next < spec.Pools.Length ? Decision.Send(new OpenPool(spec, next))
        : spec.Scope == NetworkScope.Local ? Decision.Send(new ApplyNetwork(spec))
        : Created(state, spec);

    private static Decision Applied(NetworkState state, NetworkApplied applied) =>
        state.Deleted ? Decision.Nothing
        : applied.Failure is { } reason ? Decision.Send(new AbandonNetwork(applied.Spec, reason))
        : Created(state, applied.Spec);

    // It exists only now: an endpoint that came earlier would keep a network alive whose create is still to be refused.
    private static Decision Created(NetworkState state, NetworkSpec spec) => new()
    {
        Events = state.Exists ? [] : [new NetworkCreated(spec)],
        Sends = [new ConfirmNetwork(spec)],
    };

    private static Decision Dismantle(NetworkState state, DismantleNetwork dismantle)
    {
        var spec = dismantle.Spec;
        if (state.Exists && (dismantle.IfUnused ? !state.Members.IsEmpty : !state.Hosts.IsEmpty))
        {
            ImmutableArray<string> names = [.. state.InOrder.Where(member => member.Attached || dismantle.IfUnused).Select(member => member.Endpoint.Spec.ContainerName)];
            return Decision.Send(new KeepNetwork(spec, new ActiveEndpoints(spec.Name, spec.Id, names)));
        }

        var after = spec.Scope == NetworkScope.Local ? Decision.Send(new WithdrawNetwork(dismantle)) : ClosePools(dismantle, 0);
        return after with
        {
            Events = state.Deleted ? [] : [new NetworkDeleted(spec.Id)],
            // Stopped containers wished for it. A wish for what is gone could neither be fulfilled nor be taken back by name.
            Orders = [.. state.InOrder.Select(member => member.Endpoint.Spec).Select(wish => new DisconnectContainer(wish.Host, wish.Container, spec.Id, spec.Name))],
        };
    }

    private static Decision ClosePools(DismantleNetwork dismantle, int next) =>
        next < dismantle.Spec.Pools.Length
            ? Decision.Send(new ClosePool(dismantle, next))
            : Decision.Send(new UnregisterNetwork(dismantle.Spec, dismantle.Undo));

    internal static ImmutableArray<IAddressed> Tell(NetworkState after, Func<HostId, IAddressed> change, HostId? also = null) =>
        [.. (also is { } host && !after.Hosts.ContainsKey(host) ? after.Hosts.Keys.Append(host) : after.Hosts.Keys).Select(change)];

    /// <inheritdoc/>
    public NetworkState Evolve(NetworkState state, IEvent fact) => fact switch
    {
        NetworkCreated created => state with { Spec = created.Spec, Revision = created.Revision },
        EndpointAttaching attaching => state.Attaching(attaching.Endpoint, attaching.Attempt),
        EndpointAttachEnded ended => state.WithoutAttempts(ended.Endpoint),
        EndpointAttached attached => state.With(attached.Endpoint, attached: true, attached.Revision),
        EndpointReserved reserved => state.With(reserved.Endpoint, attached: false, reserved.Revision),
        EndpointDetached detached => state.Without(detached.Endpoint) with { Revision = detached.Revision },
        // Only wishes were left; they stay, so that a removal that is carried on after a crash has them dropped again.
        NetworkDeleted => state with { Deleted = true, Attempts = state.Attempts.Clear() },
        _ => state,
    };

    /// <inheritdoc/>
    /// <remarks>Nothing. What a pool has given and we do not know belongs to a wish that its host knows: the host asks again and gets the same, or has it released.</remarks>
    public ImmutableArray<IAddressed> Resume(NetworkState state) => [];

    /// <inheritdoc/>
    public ImmutableArray<IEvent> Compact(NetworkState state) => state.Spec is null ? state.Deleted ? [new NetworkDeleted(default)] : [] :
        [
            new NetworkCreated(state.Spec, state.Revision),
            .. state.Members.Values.OrderBy(member => member.Revision).Select<NetworkMember, IEvent>(member =>
                member.Attached ? new EndpointAttached(member.Endpoint, member.Revision) : new EndpointReserved(member.Endpoint, member.Revision)),
            .. state.Deleted ? [new NetworkDeleted(state.Spec.Id)] : ImmutableArray<IEvent>.Empty,
        ];
}
