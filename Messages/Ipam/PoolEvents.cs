using System.Collections.Immutable;
using System.Text.Json.Serialization;
using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>The pool belongs to a network.</summary>
public sealed record PoolOpened(PoolId Id, NetworkId Network, string NetworkName) : IEvent;

/// <summary>Addresses are picked from this part of the subnet, too.</summary>
public sealed record PoolWidened(PoolId Id, Subnet Range) : IEvent;

/// <summary>The address has a holder.</summary>
public sealed record AddressAllocated(InetAddress Address, AddressHandle Handle, string HolderName) : IEvent;

/// <summary>Many addresses have holders, in one fact: a snapshot's. Read in a third of the time that as many facts of one address take.</summary>
public sealed record AddressesHeld([property: JsonConverter(typeof(HeldAddressesJsonConverter))] ImmutableArray<AddressAllocated> Addresses) : IEvent
{
    int IEvent.Weight => Addresses.Length;
}

/// <summary>The address is free.</summary>
public sealed record AddressReleased(InetAddress Address, AddressHandle Handle) : IEvent;

/// <summary>The pool belongs to nobody; all its addresses are free.</summary>
public sealed record PoolClosed(PoolId Id) : IEvent;
