using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
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
        AttachEndpoint attach => NameAgain(state, attach, NetworkAttach.Begin(state, attach)),
        CompleteAttach complete => NetworkAttach.Complete(state, complete),
        DetachEndpoint detach => NetworkDetach.Begin(state, detach),
        AddressGivenBack given => NetworkDetach.Continue(state, given),
        ConfirmHolders confirm => new() { Sends = [.. confirm.Holders.Where(holder => HoldsInVain(state, confirm.Pool, holder)).Select(holder => new ReleaseAddress(confirm.Pool, confirm.Network, AddressHandle.Of(holder)))] },
        GetNetwork get => state.Exists ? Decision.Answer(state.View) : Decision.Refuse(new NetworkNotFound(get.Id.Short)),
        GetNetworkMembers get => state.Exists
            ? Decision.Answer(new NetworkMembers(state.Spec!, state.Revision, [.. state.InOrder.Select(member => new NetworkMembership(member.Endpoint, member.Attached))]))
            : Decision.Refuse(new NetworkNotFound(get.Id.Short)),
        RequestView request => state.Exists ? Decision.Send(new ViewSnapshot(state.View, request.Host)) : Decision.Nothing,
        _ => Decision.Nothing,
    };

    // It has left for good, or its container has stopped and keeps no address of this pool. Of one that is on its way in, or that we have never heard of, its host knows.
    private static bool HoldsInVain(NetworkState state, PoolId pool, EndpointId holder) => state.HasDeparted(holder) ||
        (!state.Attempts.ContainsKey(holder) && state.Find(holder) is { Attached: false, Endpoint: var kept } && !Keeps(pool, kept.IPv4) && !Keeps(pool, kept.IPv6));

    private static bool Keeps(PoolId pool, InetAddress? address) => address is { } kept && pool.Subnet.Contains(kept);

    private static Decision Establish(NetworkState state, NetworkSpec spec) => state.Deleted
        ? Decision.Send(new AbandonNetwork(spec, new IdTaken(spec.Id.ToString())))
        // The late copy of an earlier change.
        : state.Exists && spec.Changes < state.Spec!.Changes ? Decision.Send(new ConfirmNetwork(state.Spec!))
        : state.Exists && spec.Changes > state.Spec!.Changes && state.Settled is { } settled && settled.Edition >= spec.Changes ? Settled(state, spec, settled)
        // One that is changed in use: the kernel first, because only it may refuse, and then nothing has been taken yet.
        : state.Exists && spec.Scope == NetworkScope.Local ? Decision.Send(new ApplyNetwork(spec))
        : AfterPools(state, spec, 0);

    // Pools are opened one after the other, then the kernel of the host that owns a local network is asked; a global one has nothing anywhere until an endpoint comes.
    private static Decision AfterPools(NetworkState state, NetworkSpec spec, int next) =>
        next < spec.Pools.Length ? Decision.Send(new OpenPool(spec, next))
        : state.Exists ? Changed(state, spec)
        : spec.Scope == NetworkScope.Local ? Decision.Send(new ApplyNetwork(spec))
        : Created(state, spec);

    private static Decision Applied(NetworkState state, NetworkApplied applied)
    {
        var spec = applied.Spec;
        if (state.Deleted) return Decision.Nothing;
        if (!state.Exists) return applied.Failure is { } reason ? Decision.Send(new AbandonNetwork(spec, reason)) : Created(state, spec);
        // What it is already it stays: the next reconciliation mends the kernel.
        if (spec.Changes <= state.Spec!.Changes) return AfterPools(state, spec, 0);
        if (state.Settled is { } settled && settled.Edition >= spec.Changes) return Settled(state, spec, settled);
        settled = new(spec.Changes, applied.Failure);
        return Settled(state, spec, settled) with { Events = [settled] };
    }

    private static Decision Settled(NetworkState state, NetworkSpec spec, NetworkChangeSettled settled) => settled switch
    {
        { Refusal: { } reason } => Decision.Send(new AbandonNetwork(spec, reason)),
        _ when settled.Edition == spec.Changes => AfterPools(state, spec, 0),
        // The late copy of an earlier one, which has had its answer.
        _ => Decision.Nothing,
    };

    // All hosts that take part get the whole view anew: with it what the network is. Again, too: we may have died before we had told them.
    private static Decision Changed(NetworkState state, NetworkSpec spec)
    {
        ImmutableArray<IEvent> events = spec.Changes > state.Spec!.Changes ? [new NetworkChanged(spec, state.Revision + 1)] : [];
        var after = events.Aggregate(state, Evolved);
        return new()
        {
            Events = events,
            Sends = [.. Tell(after, host => new ViewSnapshot(after.View, host)), new ConfirmNetwork(spec)],
            Orders = [.. state.Members.Values.Select(member => member.Endpoint.Spec.Host).Distinct().Select(host => new RenameNetwork(host, spec.Id, after.Spec!.Name))],
        };
    }

    // A host that has missed the new name hears it when it shows that it has.
    private static Decision NameAgain(NetworkState state, AttachEndpoint attach, Decision decision) => state.Exists && attach.Endpoint.NetworkName != state.Spec!.Name
        ? decision with { Orders = [.. decision.Orders, new RenameNetwork(attach.Endpoint.Host, attach.Endpoint.Network, state.Spec.Name)] }
        : decision;

    // It exists only now: an endpoint that came earlier would keep a network alive whose create is still to be refused.
    private static Decision Created(NetworkState state, NetworkSpec spec) => new()
    {
        Events = state.Exists ? [] : [new NetworkCreated(spec)],
        Sends = [new ConfirmNetwork(spec)],
    };

    private static Decision Dismantle(NetworkState state, DismantleNetwork dismantle)
    {
        var spec = dismantle.Spec;
        if (state is { Exists: true, Kept: { } kept } && dismantle.Attempt <= kept.Attempt) return Keep(kept.Reason);
        if (state.Exists && (dismantle.IfUnused ? !state.Members.IsEmpty : !state.Hosts.IsEmpty))
        {
            ImmutableArray<string> names = [.. state.InOrder.Where(member => member.Attached || dismantle.IfUnused).Select(member => member.Endpoint.Spec.ContainerName)];
            var reason = new ActiveEndpoints(spec.Name, spec.Id, names);
            return Keep(reason) with { Events = dismantle.Attempt is { } attempt ? [new NetworkKept(attempt, reason)] : [] };
        }

        var after = spec.Scope == NetworkScope.Local ? Decision.Send(new WithdrawNetwork(dismantle)) : ClosePools(dismantle, 0);
        return after with
        {
            Events = state.Deleted ? [] : [new NetworkDeleted(spec.Id)],
            // Stopped containers wished for it. A wish for what is gone could neither be fulfilled nor be taken back by name.
            Orders = [.. state.InOrder.Select(member => member.Endpoint.Spec).Select(wish => new DisconnectContainer(wish.Host, wish.Container, spec.Id, spec.Name))],
        };

        Decision Keep(Rejection why) => Decision.Send(new KeepNetwork(spec, why) { Attempt = dismantle.Attempt });
    }

    private static Decision ClosePools(DismantleNetwork dismantle, int next) =>
        next < dismantle.Spec.Pools.Length
            ? Decision.Send(new ClosePool(dismantle, next))
            : Decision.Send(new UnregisterNetwork(dismantle.Spec, dismantle.Undo));

    internal static ImmutableArray<IAddressed> Tell(NetworkState after, Func<HostId, IAddressed> change, HostId? also = null) =>
        [.. (also is { } host && !after.Hosts.ContainsKey(host) ? after.Hosts.Keys.Append(host) : after.Hosts.Keys).Select(change)];

    /// <inheritdoc/>
    public NetworkState Evolve(NetworkState state, IEvent fact) => Evolved(state, fact);

    private static NetworkState Evolved(NetworkState state, IEvent fact) => fact switch
    {
        NetworkCreated created => state with { Spec = created.Spec, Revision = created.Revision },
        NetworkKept kept => state with { Kept = kept },
        NetworkChangeSettled settled => state with { Settled = settled },
        NetworkChanged changed => state.As(changed.Spec) with { Revision = changed.Revision },
        EndpointAttaching attaching => state.Attaching(attaching.Endpoint, attaching.Attempt),
        EndpointAttachEnded ended => state.WithoutAttempts(ended.Endpoint),
        EndpointClaimed claimed => state with { Lives = state.Lives.SetItem(claimed.Endpoint, claimed.Life) },
        EndpointAttached attached => state.With(attached.Endpoint, attached: true, attached.Revision),
        EndpointReserved reserved => state.With(reserved.Endpoint, attached: false, reserved.Revision),
        EndpointDetached detached => state.Departing(detached.Endpoint) with { Revision = detached.Revision },
        // Only wishes were left; they stay, so that a removal that is carried on after a crash has them dropped again.
        NetworkDeleted => state with { Deleted = true, Attempts = state.Attempts.Clear() },
        _ => state,
    };

    /// <inheritdoc/>
    /// <remarks>Which revision is the last, and no more. What a pool has given and we do not know belongs to a wish that its host knows: the host asks again and gets the same, or has it released.</remarks>
    public ImmutableArray<IAddressed> Resume(NetworkState state) => state.Exists ? Tell(state, host => new ViewRevision(state.Spec!.Id, state.Revision, host)) : [];

    /// <inheritdoc/>
    public ImmutableArray<IEvent> Compact(NetworkState state) => state.Spec is null ? state.Deleted ? [new NetworkDeleted(default)] : [] :
        [
            new NetworkCreated(state.Spec, state.Revision),
            .. state.Departed.Select(endpoint => new EndpointDetached(endpoint, state.Revision)),
            .. state.Kept is { } kept ? [kept] : ImmutableArray<IEvent>.Empty,
            .. state.Settled is { } settled ? [settled] : ImmutableArray<IEvent>.Empty,
            .. state.Members.Values.OrderBy(member => member.Revision).Select<NetworkMember, IEvent>(member =>
                member.Attached ? new EndpointAttached(member.Endpoint, member.Revision) : new EndpointReserved(member.Endpoint, member.Revision)),
            .. state.Deleted ? [new NetworkDeleted(state.Spec.Id)] : ImmutableArray<IEvent>.Empty,
        ];
}
