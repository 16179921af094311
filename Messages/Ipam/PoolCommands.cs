using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>Network to pool: open, with gateway and auxiliary addresses taken. Idempotent for the same network.</summary>
/// <param name="Spec">The network.</param>
/// <param name="Index">Which of its pools.</param>
public sealed record OpenPool(NetworkSpec Spec, int Index) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Pool, Spec.Pools[Index].Id.ToString());
}

/// <summary>Network to pool: close, all addresses go. Idempotent; a pool that another network has opened since stays.</summary>
public sealed record ClosePool(DismantleNetwork Dismantle, int Index) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Pool, Dismantle.Spec.Pools[Index].Id.ToString());
}

/// <summary>Network to pool: an address for an endpoint. Asking again gives the same address. Answered with <see cref="CompleteAttach"/>.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Requested">A fixed address; none: the lowest free one.</param>
/// <param name="Attach">The command under way.</param>
/// <param name="Obtained">Addresses from earlier pools.</param>
public sealed record AllocateAddress(PoolId Pool, InetAddress? Requested, AttachEndpoint Attach, ImmutableArray<PoolAddress> Obtained) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Pool, Pool.ToString());
}

/// <summary>Network to pool: the endpoint's address is free. Idempotent. Answered with <see cref="AddressGivenBack"/> where the network waits for it.</summary>
public sealed record ReleaseAddress(PoolId Pool, NetworkId Network, AddressHandle Handle, DetachEndpoint? Detach = null, int Index = 0) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Pool, Pool.ToString());
}
