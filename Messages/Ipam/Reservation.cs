using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>An address that is kept for an owner: only a container of that name gets it, with or without asking for it, and when it leaves, the address is kept on.</summary>
/// <param name="Network">The network.</param>
/// <param name="Pool">The network's pool that has the address.</param>
/// <param name="Address">The address.</param>
/// <param name="Owner">The name of a container that is, or is to be.</param>
/// <param name="Until">When it ends by itself; none: not by itself.</param>
public sealed record Reservation(NetworkId Network, PoolId Pool, InetAddress Address, string Owner, DateTimeOffset? Until);

/// <summary>The address is kept.</summary>
public sealed record ReservationMade(Reservation Reservation) : IReply;

/// <summary>The address is kept no more. Whoever has it keeps it.</summary>
public sealed record ReservationGone(Reservation Reservation) : IReply;
