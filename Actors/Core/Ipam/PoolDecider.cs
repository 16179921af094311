using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Addressing;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>The addresses of one subnet: each has one holder, and a holder that asks again gets the same one.</summary>
public sealed class PoolDecider : IDecider<PoolState>
{
    // A message between hosts is not to be large.
    private const int HoldersAtOnce = 500;

    /// <inheritdoc/>
    public PoolState Empty(string id) => new(PoolId.Parse(id, CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public Decision Decide(PoolState state, IAddressed message) => message switch
    {
        OpenPool open => Open(state, open),
        ClosePool close => Close(state, close),
        AllocateAddress allocate => Allocate(state, allocate),
        ReleaseAddress release => Release(state, release),
        KeepAddress keep => Keep(state, keep.Reservation),
        DropAddress drop => new()
        {
            // A later reservation of the same address is not dropped by a late word about an earlier one.
            Events = IsSo(state, drop.Reservation) ? [new AddressDropped(drop.Reservation.Address)] : [],
            Sends = [new DropSettled(drop.Reservation)],
        },
        GetFreeAddress => state.Network is not { } holder ? Decision.Refuse(new InvalidRequest($"no network has opened the pool {state.Id}"))
            : state.LowestFree() is { } next ? Decision.Answer(new FreeAddress(next)) : Decision.Refuse(new PoolExhausted(state.NetworkName, holder, state.Id)),
        GetPool => state.Network is { } network
            ? Decision.Answer(new PoolView(state.Id, network, state.NetworkName, AddressRange.Capacity(state.Id, state.MoreRanges.AsSpan()), [.. state.Held]) { MoreRanges = state.MoreRanges.IsEmpty ? null : state.MoreRanges })
            : Decision.Refuse(new InvalidRequest($"no network has opened the pool {state.Id}")),
        _ => Decision.Nothing,
    };

    private static Decision Open(PoolState state, OpenPool open)
    {
        if (state.Network is { } holder)
        {
            return holder == open.Spec.Id
                ? Decision.Send(new NetworkPoolOpened(open.Spec, open.Index)) with { Events = Changes(state, open) }
                : Decision.Send(new AbandonNetwork(open.Spec, new PoolOverlap(state.Id.Subnet, state.Id.Subnet, state.NetworkName)));
        }

        var pool = open.Spec.Pools[open.Index];
        var events = ImmutableArray.CreateBuilder<IEvent>();
        events.Add(new PoolOpened(state.Id, open.Spec.Id, open.Spec.Name));
        if (pool.Gateway is { } gateway) events.Add(new AddressAllocated(gateway, AddressHandle.Gateway, $"the gateway of {open.Spec.Name}"));
        foreach (var (key, aux) in AuxiliaryNames.Keyed(pool.Auxiliary)) events.Add(new AddressAllocated(aux.Address, AddressHandle.Aux(key), $"auxiliary address {aux.Name}"));
        return new() { Events = events.ToImmutable(), Sends = [new NetworkPoolOpened(open.Spec, open.Index)] };
    }

    // What is different since it was opened: its network has another name, or addresses are picked from further parts.
    private static ImmutableArray<IEvent> Changes(PoolState state, OpenPool open) =>
    [
        .. open.Spec.Name == state.NetworkName ? ImmutableArray<IEvent>.Empty : [new PoolOpened(state.Id, open.Spec.Id, open.Spec.Name)],
        .. (open.Spec.Pools[open.Index].MoreRanges ?? []).Where(range => !state.MoreRanges.Contains(range)).Select(range => new PoolWidened(state.Id, range)),
    ];

    private static Decision Close(PoolState state, ClosePool close) => new()
    {
        Events = state.Network == close.Dismantle.Spec.Id ? [new PoolClosed(state.Id)] : [],
        Sends = [new NetworkPoolClosed(close.Dismantle, close.Index)],
    };

    private static Decision Allocate(PoolState state, AllocateAddress allocate)
    {
        var endpoint = allocate.Attach.Endpoint;
        var handle = AddressHandle.Of(endpoint.Id);
        var owner = endpoint.ReservedAs ?? endpoint.ContainerName;
        if (state.Network != endpoint.Network) return Refuse(new NetworkNotFound(endpoint.NetworkName));
        if (state.AddressOf(handle) is { } held)
        {
            return allocate.Requested is { } other && other != held ? Refuse(new AddressInUse(held, endpoint.ContainerName)) : Give(held, []);
        }

        if (allocate.Requested is not { } requested)
        {
            return (state.KeptFor(owner) ?? state.LowestFree()) is { } free
                ? Give(free, [new AddressAllocated(free, handle, endpoint.ContainerName)])
                : Refuse(new PoolExhausted(state.NetworkName, endpoint.Network, state.Id));
        }

        if (!state.Id.Subnet.Contains(requested)) return Refuse(new AddressOutsideNetwork(requested, state.NetworkName, [state.Id.Subnet]));
        if (InTheWay(state, requested, owner, mayHaveIt: false) is { } holder) return Refuse(new AddressInUse(requested, holder));
        return Give(requested, [new AddressAllocated(requested, handle, endpoint.ContainerName)]);

        Decision Give(InetAddress address, ImmutableArray<IEvent> events) =>
            new() { Events = events, Sends = [new CompleteAttach(allocate.Attach, state.Id, address, allocate.Obtained, null)] };
        Decision Refuse(Rejection reason) => Decision.Send(new CompleteAttach(allocate.Attach, state.Id, null, allocate.Obtained, reason));
    }

    private static string? InTheWay(PoolState state, InetAddress address, string who, bool mayHaveIt)
    {
        if (AddressRange.OwnName(state.Id.Subnet, address) is { } own) return own;
        if (state.HolderOf(address) is { } holder && !(mayHaveIt && holder == who)) return holder;
        return state.IsKept(address, out var owner, out _) && owner != who ? $"{owner}, for whom it is reserved" : null;
    }

    private static bool IsSo(PoolState state, Reservation reservation) => state.Network == reservation.Network
        && state.IsKept(reservation.Address, out var owner, out var until) && (owner, until) == (reservation.Owner, reservation.Until);

    private static Decision Keep(PoolState state, Reservation wish)
    {
        // Whoever has the address may have it reserved; nobody else.
        Rejection? refusal = state.Network != wish.Network ? new NetworkNotFound(wish.Network.Short)
            : InTheWay(state, wish.Address, wish.Owner, mayHaveIt: true) is { } holder ? new AddressInUse(wish.Address, holder)
            : null;
        return new() { Events = refusal is null && !IsSo(state, wish) ? [new AddressKept(wish.Address, wish.Owner, wish.Until)] : [], Sends = [new KeepSettled(wish, refusal)] };
    }

    private static Decision Release(PoolState state, ReleaseAddress release) => new()
    {
        Events = state.Network == release.Network && state.AddressOf(release.Handle) is { } address ? [new AddressReleased(address, release.Handle)] : [],
        Sends = release.Detach is { } detach ? [new AddressGivenBack(detach, release.Index)] : [],
    };

    /// <inheritdoc/>
    public PoolState Evolve(PoolState state, IEvent fact)
    {
        switch (fact)
        {
            case PoolOpened opened: state.Open(opened.Network, opened.NetworkName); return state;
            case PoolWidened widened: state.Widen(widened.Range); return state;
            case AddressAllocated allocated: state.Take(allocated.Address, allocated.Handle, allocated.HolderName); return state;
            case AddressesHeld held: state.Take(held.Addresses); return state;
            case AddressReleased released: state.Free(released.Address, released.Handle); return state;
            case AddressKept kept: state.Keep(kept.Address, kept.Owner, kept.Until); return state;
            case AddressDropped dropped: state.Drop(dropped.Address); return state;
            case PoolClosed: return new(state.Id);
            default: return state;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A process that was suspended until the others removed it may write here what its old network has asked for, and that network's own fact is refused: nobody but us knows of such an address.
    /// Whoever has the pool then fails to write, and reads its journal.
    /// </remarks>
    public ImmutableArray<IAddressed> Resume(PoolState state) =>
        state.Network is { } network ? [.. state.Handles.Select(held => held.Key.Endpoint).OfType<EndpointId>().Chunk(HoldersAtOnce).Select(holders => new ConfirmHolders(network, state.Id, [.. holders]))] : [];

    /// <inheritdoc/>
    public ImmutableArray<IEvent> Compact(PoolState state) => state.Network is { } network
        ?
        [
            new PoolOpened(state.Id, network, state.NetworkName),
            .. state.MoreRanges.Select(range => new PoolWidened(state.Id, range)),
            .. state.Count == 0 ? ImmutableArray<IEvent>.Empty : [new AddressesHeld([.. state.Handles.OrderBy(held => held.Value).Select(held => new AddressAllocated(held.Value, held.Key, state.HolderOf(held.Value)!))])],
            .. state.Kept,
        ]
        : [];
}
