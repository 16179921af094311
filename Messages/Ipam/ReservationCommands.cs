using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>
/// Keeps an address of a network for an owner. Again for the same owner, it changes the end. Answer: <see cref="ReservationMade"/>.
/// Refused: <see cref="NetworkNotFound"/>, <see cref="AddressOutsideNetwork"/>, <see cref="AddressInUse"/>, <see cref="InvalidRequest"/>.
/// </summary>
/// <param name="Space">The network's space.</param>
/// <param name="Network">The network.</param>
/// <param name="Address">The address, in or outside the ip-range.</param>
/// <param name="Owner">The name of a container that is, or is to be.</param>
/// <param name="Until">When it ends by itself; none: not by itself.</param>
public sealed record ReserveAddress(AddressSpaceId Space, NetworkId Network, InetAddress Address, string Owner, DateTimeOffset? Until) : Request
{
    protected override EntityKey Recipient => new(EntityKind.AddressSpace, Space.ToString());
}

/// <summary>Ends a reservation before its time. Answer: <see cref="ReservationGone"/>. Refused: <see cref="NotReserved"/>.</summary>
public sealed record EndReservation(AddressSpaceId Space, NetworkId Network, InetAddress Address) : Request
{
    /// <summary>Only if it is this owner's; none: whosever it is.</summary>
    public string? Owner { get; init; }

    protected override EntityKey Recipient => new(EntityKind.AddressSpace, Space.ToString());
}

/// <summary>It is so late: reservations whose end has come are given back. Told again and again, so that none is missed whoever dies meanwhile.</summary>
public sealed record ExpireReservations(AddressSpaceId Space, DateTimeOffset Now) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.AddressSpace, Space.ToString());
}

/// <summary>Address space to pool: keep it. Idempotent. Answered with <see cref="KeepSettled"/>.</summary>
public sealed record KeepAddress(Reservation Reservation) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Pool, Reservation.Pool.ToString());
}

/// <summary>Pool to address space: it is kept, or why not.</summary>
public sealed record KeepSettled(Reservation Reservation, Rejection? Refusal) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.AddressSpace, Reservation.Pool.Space.ToString());
}

/// <summary>Address space to pool: keep it no more. Idempotent. Answered with <see cref="DropSettled"/>.</summary>
public sealed record DropAddress(Reservation Reservation) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Pool, Reservation.Pool.ToString());
}

/// <summary>Pool to address space: it is kept no more.</summary>
public sealed record DropSettled(Reservation Reservation) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.AddressSpace, Reservation.Pool.Space.ToString());
}
