using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>
/// How an address space keeps addresses for owners: it notes the wish, then its pool keeps the address or refuses; it notes the end, then its pool lets go. So
/// whoever dies in between, or whatever is lost on the way, is made good by recovery or the next tick.
/// </summary>
internal static class Reservations
{
    public static Decision Reserve(AddressSpaceState state, ReserveAddress wish)
    {
        if (state.Find(wish.Network) is not { Phase: RegistrationPhase.Confirmed or RegistrationPhase.Updating, Spec: var network }) return Decision.Refuse(new NetworkNotFound(wish.Network.Short));
        if (ContainerRules.NameProblem(wish.Owner) is { } problem) return Decision.Refuse(new InvalidRequest(problem));
        var pool = network.Pools.FirstOrDefault(pool => pool.Id.Subnet.Contains(wish.Address));
        if (pool is null) return Decision.Refuse(new AddressOutsideNetwork(wish.Address, network.Name, [.. network.Pools.Select(one => one.Id.Subnet)]));

        var reservation = new Reservation(network.Id, pool.Id, wish.Address, wish.Owner, wish.Until);
        var known = Find(state, network.Id, wish.Address);
        if (known is { Phase: not ReservationPhase.Ending, Reservation.Owner: var owner } && owner != wish.Owner) return Decision.Refuse(new AddressInUse(wish.Address, $"{owner}, for whom it is reserved"));
        if (known == new KeptAddress(reservation, ReservationPhase.Kept)) return Decision.Answer(new ReservationMade(reservation));
        return new() { Events = known == new KeptAddress(reservation, ReservationPhase.Noted) ? [] : [new ReservationNoted(reservation)], Sends = [new KeepAddress(reservation)] };
    }

    public static Decision Settled(AddressSpaceState state, KeepSettled settled)
    {
        // What has come in between, a later wish of the same owner or an end, is answered for by its own chain.
        var known = Find(state, settled.Reservation.Network, settled.Reservation.Address);
        var isStill = known == new KeptAddress(settled.Reservation, ReservationPhase.Noted);
        return settled.Refusal is { } reason
            ? new() { Events = isStill ? [new ReservationEnded(settled.Reservation)] : [], Reply = new Rejected(reason) }
            : new()
            {
                Events = isStill ? [new ReservationKept(settled.Reservation)] : [],
                // The pool was asked twice and refused it the first time: nobody has it.
                Sends = known is null ? [new DropAddress(settled.Reservation)] : [],
                Reply = new ReservationMade(settled.Reservation),
            };
    }

    public static Decision End(AddressSpaceState state, EndReservation end) =>
        Find(state, end.Network, end.Address) is { } known && (end.Owner is null || end.Owner == known.Reservation.Owner)
            ? Ending([known])
            : end.Again is true && state.Find(end.Network)?.Spec.Pools.FirstOrDefault(pool => pool.Id.Subnet.Contains(end.Address)) is { } pool
            ? Decision.Answer(new ReservationGone(new(end.Network, pool.Id, end.Address, end.Owner ?? "", null)))
            : Decision.Refuse(new NotReserved(end.Address, state.Find(end.Network)?.Spec.Name ?? end.Network.Short));

    /// <summary>What is over is ended, and what is under way is told again: whatever was lost on the way, the next tick mends it.</summary>
    public static Decision Tick(AddressSpaceState state, DateTimeOffset now)
    {
        var over = Ending([.. state.Reservations.Values.Where(kept => kept.Phase == ReservationPhase.Ending || kept.Reservation.Until <= now)]);
        return over with { Sends = [.. over.Sends, .. state.Reservations.Values.Where(kept => kept.Phase == ReservationPhase.Noted && !(kept.Reservation.Until <= now)).Select(kept => new KeepAddress(kept.Reservation))] };
    }

    public static Decision Dropped(AddressSpaceState state, Reservation reservation) => new()
    {
        Events = Find(state, reservation.Network, reservation.Address) == new KeptAddress(reservation, ReservationPhase.Ending) ? [new ReservationEnded(reservation)] : [],
        Reply = new ReservationGone(reservation),
    };

    public static AddressSpaceState Evolve(AddressSpaceState state, IEvent fact) => fact switch
    {
        ReservationNoted noted => With(state, noted.Reservation, ReservationPhase.Noted),
        ReservationKept kept => With(state, kept.Reservation, ReservationPhase.Kept),
        ReservationEnding ending => With(state, ending.Reservation, ReservationPhase.Ending),
        ReservationEnded ended => state with { Reservations = state.Reservations.Remove(Key(ended.Reservation)) },
        NetworkUnregistered gone => state with { Reservations = state.Reservations.RemoveRange(state.Reservations.Keys.Where(key => key.Network == gone.Id.ToString())) },
        _ => state,
    };

    /// <summary>What is under way is told again.</summary>
    public static IEnumerable<IAddressed> Resume(AddressSpaceState state) => state.Reservations.Values.SelectMany<KeptAddress, IAddressed>(kept => kept.Phase switch
    {
        ReservationPhase.Noted => [new KeepAddress(kept.Reservation)],
        ReservationPhase.Ending => [new DropAddress(kept.Reservation)],
        _ => [],
    });

    public static IEnumerable<IEvent> Compact(AddressSpaceState state) => state.Reservations.Values.Select<KeptAddress, IEvent>(kept => kept.Phase switch
    {
        ReservationPhase.Noted => new ReservationNoted(kept.Reservation),
        ReservationPhase.Ending => new ReservationEnding(kept.Reservation),
        _ => new ReservationKept(kept.Reservation),
    });

    private static Decision Ending(ImmutableArray<KeptAddress> over) => new()
    {
        Events = [.. over.Where(kept => kept.Phase != ReservationPhase.Ending).Select(kept => new ReservationEnding(kept.Reservation))],
        Sends = [.. over.Select(kept => new DropAddress(kept.Reservation))],
    };

    private static KeptAddress? Find(AddressSpaceState state, NetworkId network, InetAddress address) => state.Reservations.GetValueOrDefault((network.ToString(), address));

    private static AddressSpaceState With(AddressSpaceState state, Reservation reservation, ReservationPhase phase) =>
        state with { Reservations = state.Reservations.SetItem(Key(reservation), new(reservation, phase)) };

    private static (string, InetAddress) Key(Reservation reservation) => (reservation.Network.ToString(), reservation.Address);
}
