using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>
/// How an address space keeps addresses for owners: it notes the wish, then its pool keeps the address or refuses. An end is noted only when the pool has let go, so
/// that whoever dies in between, the address is either still reserved or free; the next tick finds what is overdue.
/// </summary>
internal static class Reservations
{
    public static Decision Reserve(AddressSpaceState state, ReserveAddress wish)
    {
        if (state.Find(wish.Network) is not { Phase: RegistrationPhase.Confirmed, Spec: var network }) return Decision.Refuse(new NetworkNotFound(wish.Network.Short));
        if (string.IsNullOrWhiteSpace(wish.Owner) || wish.Owner.Any(char.IsControl)) return Decision.Refuse(new InvalidRequest("an owner's name is not blank and has no control characters"));
        var pool = network.Pools.FirstOrDefault(pool => pool.Id.Subnet.Contains(wish.Address));
        if (pool is null) return Decision.Refuse(new AddressOutsideNetwork(wish.Address, network.Name, [.. network.Pools.Select(one => one.Id.Subnet)]));

        var reservation = new Reservation(network.Id, pool.Id, wish.Address, wish.Owner, wish.Until);
        var known = Find(state, network.Id, wish.Address);
        if (known is { Reservation.Owner: var owner } && owner != wish.Owner) return Decision.Refuse(new AddressInUse(wish.Address, $"{owner}, for whom it is reserved"));
        if (known is { Settled: true } && known.Reservation == reservation) return Decision.Answer(new ReservationMade(reservation));
        return new() { Events = known?.Reservation == reservation ? [] : [new ReservationNoted(reservation)], Sends = [new KeepAddress(reservation)] };
    }

    public static Decision Settled(AddressSpaceState state, KeepSettled settled)
    {
        // A later wish of the same owner, or an end, has come in between: that one is answered for by its own chain.
        var known = Find(state, settled.Reservation.Network, settled.Reservation.Address);
        if (known is null) return Decision.Refuse(settled.Refusal ?? new NotReserved(settled.Reservation.Address, settled.Reservation.Network.Short));
        if (known.Reservation != settled.Reservation) return settled.Refusal is { } why ? Decision.Refuse(why) : Decision.Answer(new ReservationMade(settled.Reservation));

        return settled.Refusal is { } reason
            ? new() { Events = [new ReservationEnded(known.Reservation)], Reply = new Rejected(reason) }
            : new() { Events = known.Settled ? [] : [new ReservationKept(known.Reservation)], Reply = new ReservationMade(known.Reservation) };
    }

    public static Decision End(AddressSpaceState state, EndReservation end) =>
        Find(state, end.Network, end.Address) is { } known
            ? Decision.Send(new DropAddress(known.Reservation))
            : Decision.Refuse(new NotReserved(end.Address, state.Find(end.Network)?.Spec.Name ?? end.Network.Short));

    public static Decision Expire(AddressSpaceState state, DateTimeOffset now) =>
        Decision.Send([.. state.Reservations.Values.Where(kept => kept.Reservation.Until <= now).Select(kept => new DropAddress(kept.Reservation))]);

    public static Decision Dropped(AddressSpaceState state, Reservation reservation) => new()
    {
        Events = Find(state, reservation.Network, reservation.Address)?.Reservation == reservation ? [new ReservationEnded(reservation)] : [],
        Reply = new ReservationGone(reservation),
    };

    public static AddressSpaceState Evolve(AddressSpaceState state, IEvent fact) => fact switch
    {
        ReservationNoted noted => state with { Reservations = state.Reservations.SetItem(Key(noted.Reservation), new(noted.Reservation, false)) },
        ReservationKept kept => state with { Reservations = state.Reservations.SetItem(Key(kept.Reservation), new(kept.Reservation, true)) },
        ReservationEnded ended => state with { Reservations = state.Reservations.Remove(Key(ended.Reservation)) },
        NetworkUnregistered gone => state with { Reservations = state.Reservations.RemoveRange(state.Reservations.Keys.Where(key => key.Network == gone.Id.ToString())) },
        _ => state,
    };

    /// <summary>What no pool has answered for yet is asked again.</summary>
    public static IEnumerable<IAddressed> Resume(AddressSpaceState state) => state.Reservations.Values.Where(kept => !kept.Settled).Select(kept => new KeepAddress(kept.Reservation));

    public static IEnumerable<IEvent> Compact(AddressSpaceState state) => state.Reservations.Values.SelectMany<KeptAddress, IEvent>(kept =>
        kept.Settled ? [new ReservationNoted(kept.Reservation), new ReservationKept(kept.Reservation)] : [new ReservationNoted(kept.Reservation)]);

    private static KeptAddress? Find(AddressSpaceState state, NetworkId network, InetAddress address) => state.Reservations.GetValueOrDefault((network.ToString(), address));

    private static (string, InetAddress) Key(Reservation reservation) => (reservation.Network.ToString(), reservation.Address);
}
