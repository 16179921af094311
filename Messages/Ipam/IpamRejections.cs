using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster;

/// <summary>The subnet shares addresses with another network's.</summary>
public sealed record PoolOverlap(Subnet Requested, Subnet Existing, string Network) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Pool overlaps with other one on this address space: {Requested} overlaps {Existing} of network {Network}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Forbidden;
}

/// <summary>The subnet shares addresses with a route of a host that takes part.</summary>
public sealed record RouteOverlap(Subnet Requested, Subnet Route, HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"subnet {Requested} overlaps the route {Route} of host {Host}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Forbidden;
}

/// <summary>All default subnets are taken.</summary>
public sealed record NoFreeSubnet(bool IPv6, ImmutableArray<string> Holders) : Rejection
{
    /// <summary>Why there never was one: the defaults have none of the family, or none of the size. Otherwise nothing.</summary>
    public string? Why { get; init; }

    /// <inheritdoc/>
    public override string Text =>
        $"could not find an available, non-overlapping IPv{(IPv6 ? 6 : 4)} address pool among the defaults to assign to the network" +
        (Why is { } why ? $" ({why})" : Holders.IsEmpty ? "" : $" (held by {string.Join(", ", Holders)})") +
        "; name one with --subnet, or add to network-cluster.ipam.default-pools";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>Every address of the pool is taken.</summary>
public sealed record PoolExhausted(string Network, NetworkId Id, PoolId Pool) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"no available IPv{(Pool.Subnet.IsIPv6 ? 6 : 4)} addresses on this network's address pools: {Network} ({Id}), all of {Pool.SubPool ?? Pool.Subnet} are taken";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>Somebody else holds the address.</summary>
public sealed record AddressInUse(InetAddress Address, string Holder) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Address already in use: {Address} is held by {Holder}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>The address is kept for nobody.</summary>
public sealed record NotReserved(InetAddress Address, string Network) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"address {Address} of network {Network} is not reserved";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>The address is in none of the network's subnets.</summary>
public sealed record AddressOutsideNetwork(InetAddress Address, string Network, ImmutableArray<Subnet> Subnets) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Invalid address {Address}: It does not belong to any of this network's subnets ({Network}: {string.Join(", ", Subnets)})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}

/// <summary>Only networks whose subnet the user named keep it for good.</summary>
public sealed record FixedAddressNotSupported(string Network) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"user specified IP address is supported only when connecting to networks with user configured subnets (network {Network} has none of that family)";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}
