using NetworkCluster.Addressing;

namespace NetworkCluster.Ipam;

/// <summary>An address is to be kept; its pool is being told. If we stop here, recovery tells it.</summary>
public sealed record ReservationNoted(Reservation Reservation) : IEvent;

/// <summary>The pool keeps it.</summary>
public sealed record ReservationKept(Reservation Reservation) : IEvent;

/// <summary>It is to be kept no more; its pool is being told. If we stop here, recovery tells it.</summary>
public sealed record ReservationEnding(Reservation Reservation) : IEvent;

/// <summary>The pool keeps it no more, or never did.</summary>
public sealed record ReservationEnded(Reservation Reservation) : IEvent;

/// <summary>In the pool: the address is kept for an owner from now on.</summary>
public sealed record AddressKept(InetAddress Address, string Owner, DateTimeOffset? Until) : IEvent;

/// <summary>In the pool: the address is kept no more; whoever has it keeps it.</summary>
public sealed record AddressDropped(InetAddress Address) : IEvent;
