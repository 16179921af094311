using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;

namespace NetworkCluster.Networks;

/// <summary>Where a network exists.</summary>
public enum NetworkScope
{
    /// <summary>On one host.</summary>
    Local,
    /// <summary>On every host of the cluster that takes part.</summary>
    Global,
}

/// <summary>An address that the operator keeps out of the pool.</summary>
/// <param name="Name">The operator's name for it.</param>
/// <param name="Address">An address of the subnet.</param>
public sealed record AuxiliaryAddress(string Name, InetAddress Address);

/// <summary>One subnet as the user asked for it; every part may be missing.</summary>
public sealed record PoolRequest
{
    /// <summary>The subnet; none: the address space picks a free default one. <c>0.0.0.0/24</c> and <c>::/120</c> ask for any subnet of that size out of the default pools, <c>/0</c> for any.</summary>
    public Subnet? Subnet { get; init; }
    /// <summary>The part of the subnet that addresses are picked from; none: all of it.</summary>
    public Subnet? IpRange { get; init; }
    /// <summary>The network's own address; none: the lowest free one.</summary>
    public InetAddress? Gateway { get; init; }
    /// <summary>Addresses kept out of the pool.</summary>
    public ImmutableArray<AuxiliaryAddress> Auxiliary { get; init; } = [];

    /// <summary>Whether the user named the subnet: neither left it out nor asked for a size alone.</summary>
    public bool NamesSubnet => Subnet is { Address.Value: var first } && first != 0;
}

/// <summary>One subnet as it was granted.</summary>
public sealed record NetworkPool
{
    /// <summary>The pool's key.</summary>
    public required PoolId Id { get; init; }
    /// <summary>The network's own address in it; none for networks without a gateway.</summary>
    public InetAddress? Gateway { get; init; }
    /// <summary>Addresses kept out of the pool.</summary>
    public ImmutableArray<AuxiliaryAddress> Auxiliary { get; init; } = [];
    /// <summary>Whether the user named the subnet; only then may endpoints ask for fixed addresses.</summary>
    public required bool UserGiven { get; init; }
    /// <summary>Further parts of the subnet that addresses are picked from, besides that of the <see cref="Id"/>; none: no such.</summary>
    public ImmutableArray<Subnet>? MoreRanges { get; init; }
}

/// <summary>What a user asks for with <c>network create</c>.</summary>
public sealed record NetworkRequest
{
    /// <summary>The id, chosen by the sender.</summary>
    public required NetworkId Id { get; init; }
    /// <summary>The name: unique in its address space.</summary>
    public required string Name { get; init; }
    /// <summary><c>bridge</c> (default), <c>overlay</c>, <c>host</c> or <c>null</c>.</summary>
    public string Driver { get; init; } = "bridge";
    /// <summary>Cut off from everything outside the network.</summary>
    public bool Internal { get; init; }
    /// <summary>Whether containers may be attached by hand (overlay); kept and shown.</summary>
    public bool Attachable { get; init; }
    /// <summary>Whether endpoints get an IPv6 address too.</summary>
    public bool EnableIPv6 { get; init; }
    /// <summary>Made by the host itself (bridge, host, none): cannot be removed.</summary>
    public bool Predefined { get; init; }
    /// <summary>Who gives addresses: <c>null</c> gives none; none here, or <c>default</c>, is the pools.</summary>
    public string? IpamDriver { get; init; }
    /// <summary>Whether its client spoke of no IPAM options, where Docker's command line speaks of none: Docker shows null instead of an empty object. None: no.</summary>
    public bool? BareIpam { get; init; }
    /// <summary>The subnets asked for, in order.</summary>
    public ImmutableArray<PoolRequest> Pools { get; init; } = [];
    /// <summary>Driver options.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
    /// <summary>The user's labels.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset Created { get; init; }
    /// <summary>The host that was asked: the owner of a local network.</summary>
    public required HostId Host { get; init; }

    /// <summary>What would make a network that is there. What was picked for it is named. A request has one range for each subnet: further ones are not in it.</summary>
    public static NetworkRequest Of(NetworkSpec network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new()
        {
            Id = network.Id,
            Name = network.Name,
            Driver = network.Driver,
            Internal = network.Internal,
            Attachable = network.Attachable,
            EnableIPv6 = network.EnableIPv6,
            Predefined = network.Predefined,
            IpamDriver = network.IpamDriver,
            BareIpam = network.BareIpam,
            Pools = [.. network.Pools.Select(pool => new PoolRequest { Subnet = pool.Id.Subnet, IpRange = pool.Id.SubPool, Gateway = pool.Gateway, Auxiliary = pool.Auxiliary })],
            Options = network.Options,
            Labels = network.Labels,
            Created = network.Created,
            Host = network.Host,
        };
    }
}

/// <summary>What a network is: the request with everything granted.</summary>
public sealed record NetworkSpec
{
    /// <inheritdoc cref="NetworkRequest.Id"/>
    public required NetworkId Id { get; init; }
    /// <inheritdoc cref="NetworkRequest.Name"/>
    public required string Name { get; init; }
    /// <inheritdoc cref="NetworkRequest.Driver"/>
    public required string Driver { get; init; }
    /// <summary>Local: on <see cref="Host"/> only.</summary>
    public required NetworkScope Scope { get; init; }
    /// <summary>The host that was asked: the owner of a local network.</summary>
    public required HostId Host { get; init; }
    /// <inheritdoc cref="NetworkRequest.Internal"/>
    public bool Internal { get; init; }
    /// <inheritdoc cref="NetworkRequest.Attachable"/>
    public bool Attachable { get; init; }
    /// <inheritdoc cref="NetworkRequest.EnableIPv6"/>
    public bool EnableIPv6 { get; init; }
    /// <inheritdoc cref="NetworkRequest.Predefined"/>
    public bool Predefined { get; init; }
    /// <summary><c>null</c> where endpoints get no addresses; none otherwise.</summary>
    public string? IpamDriver { get; init; }
    /// <inheritdoc cref="NetworkRequest.BareIpam"/>
    public bool? BareIpam { get; init; }
    /// <summary>The subnets granted, in order.</summary>
    public ImmutableArray<NetworkPool> Pools { get; init; } = [];
    /// <summary>What tells its packets from other networks' between hosts (VXLAN network identifier, 1 to 16,777,215), unique in the cluster; none for networks of one host.</summary>
    public int? Vni { get; init; }
    /// <inheritdoc cref="NetworkRequest.Options"/>
    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
    /// <inheritdoc cref="NetworkRequest.Labels"/>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
    /// <inheritdoc cref="NetworkRequest.Created"/>
    public required DateTimeOffset Created { get; init; }
    /// <summary>How often it has been changed since it was made; none: never.</summary>
    public int? Edition { get; init; }

    /// <summary>How often it has been changed since it was made.</summary>
    public int Changes => Edition ?? 0;

    /// <summary>The address space its name and subnets are taken in.</summary>
    public AddressSpaceId Space => Scope == NetworkScope.Global ? AddressSpaceId.Global : AddressSpaceId.Of(Host);

    /// <summary>Whether names resolve here: on every network but the predefined ones.</summary>
    public bool HasNames => !Predefined;
}

/// <summary>What one network looks like at one revision. Views go only to hosts that take part.</summary>
/// <param name="Spec">What the network is.</param>
/// <param name="Revision">Grows by one with every attach and detach.</param>
/// <param name="Endpoints">The attached endpoints in the order they were attached.</param>
public sealed record NetworkView(NetworkSpec Spec, long Revision, ImmutableArray<Endpoints.AttachedEndpoint> Endpoints) : IReply;
