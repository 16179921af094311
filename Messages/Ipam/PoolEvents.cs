using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>The pool belongs to a network.</summary>
public sealed record PoolOpened(PoolId Id, NetworkId Network, string NetworkName) : IEvent;

/// <summary>Addresses are picked from this part of the subnet, too.</summary>
public sealed record PoolWidened(PoolId Id, Subnet Range) : IEvent;

/// <summary>The address has a holder.</summary>
public sealed record AddressAllocated(InetAddress Address, AddressHandle Handle, string HolderName) : IEvent;

/// <summary>The address is free.</summary>
public sealed record AddressReleased(InetAddress Address, AddressHandle Handle) : IEvent;

/// <summary>The pool belongs to nobody; all its addresses are free.</summary>
public sealed record PoolClosed(PoolId Id) : IEvent;
