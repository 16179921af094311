using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>One pool with its addresses. Answer: <see cref="PoolView"/>. Refused: <see cref="InvalidRequest"/> where nobody has opened it.</summary>
public sealed record GetPool(PoolId Id) : IQuery
{
    EntityKey IAddressed.Entity => new(EntityKind.Pool, Id.ToString());
}

/// <summary>One address that is taken.</summary>
public sealed record HeldAddress(InetAddress Address, AddressHandle Handle, string HolderName);

/// <summary>One pool.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Network">The network it belongs to.</param>
/// <param name="NetworkName">That network's name.</param>
/// <param name="Capacity">How many addresses can be given in all.</param>
/// <param name="Addresses">The ones that are taken, ascending.</param>
public sealed record PoolView(PoolId Id, NetworkId Network, string NetworkName, UInt128 Capacity, ImmutableArray<HeldAddress> Addresses) : IReply;
