using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>One pool with its addresses. Answer: <see cref="PoolView"/>. Refused: <see cref="InvalidRequest"/> where nobody has opened it.</summary>
public sealed record GetPool(PoolId Id) : IQuery
{
    EntityKey IAddressed.Entity => new(EntityKind.Pool, Id.ToString());
}

/// <summary>The address that a pool would pick next. Nothing is taken. Answer: <see cref="FreeAddress"/>. Refused: <see cref="PoolExhausted"/>, <see cref="InvalidRequest"/> where nobody has opened it.</summary>
public sealed record GetFreeAddress(PoolId Id) : IQuery
{
    EntityKey IAddressed.Entity => new(EntityKind.Pool, Id.ToString());
}

/// <summary>An address that is free.</summary>
public sealed record FreeAddress(InetAddress Address) : IReply;

/// <summary>One address that is taken.</summary>
/// <param name="Address">The address.</param>
/// <param name="Handle">Who holds it.</param>
/// <param name="HolderName">Who that is, for people.</param>
public sealed record HeldAddress(InetAddress Address, AddressHandle Handle, string HolderName)
{
    /// <summary>Whom it is kept for, whoever holds it now; none: for nobody.</summary>
    public string? Owner { get; init; }

    /// <summary>When it is kept no more; none: not by itself.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>One pool.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Network">The network it belongs to.</param>
/// <param name="NetworkName">That network's name.</param>
/// <param name="Capacity">How many addresses can be given in all.</param>
/// <param name="Addresses">The ones that are taken, ascending.</param>
public sealed record PoolView(PoolId Id, NetworkId Network, string NetworkName, UInt128 Capacity, ImmutableArray<HeldAddress> Addresses) : IReply
{
    /// <summary>Further parts of the subnet that addresses are picked from; none: no such.</summary>
    public ImmutableArray<Subnet>? MoreRanges { get; init; }
}
