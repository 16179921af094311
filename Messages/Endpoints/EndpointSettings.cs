using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster.Endpoints;

/// <summary>A private name for another container, known only in the container that has the link.</summary>
/// <param name="Target">The other container's name or id; it need not exist yet.</param>
/// <param name="Alias">The private name.</param>
public sealed record ContainerLink(string Target, string Alias);

/// <summary>What a user asks for with <c>network connect</c>; everything may be missing.</summary>
public sealed record EndpointSettings
{
    /// <summary>Nothing asked for.</summary>
    public static EndpointSettings None { get; } = new();
    /// <summary>A fixed IPv4 address.</summary>
    public InetAddress? IPv4 { get; init; }
    /// <summary>A fixed IPv6 address.</summary>
    public InetAddress? IPv6 { get; init; }
    /// <summary>Further addresses of the link itself (RFC 3927, RFC 4291): 169.254.0.0/16 and fe80::/10. No pool knows them, and each has one holder in a network; none: no such.</summary>
    public ImmutableArray<InetAddress>? LinkLocal { get; init; }
    /// <summary>A fixed link-layer address; none: made from the IPv4 address.</summary>
    public MacAddress? Mac { get; init; }
    /// <summary>The container's default route goes by its endpoint with the highest; none: 0. Among equals by the one that came first.</summary>
    public int? GatewayPriority { get; init; }
    /// <summary>Further names, known in the whole network.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];
    /// <summary>Private names for others.</summary>
    public ImmutableArray<ContainerLink> Links { get; init; } = [];
    /// <summary>Options for the driver.</summary>
    public ImmutableSortedDictionary<string, string> DriverOptions { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>One container's wish for a place in one network.</summary>
public sealed record EndpointSpec
{
    /// <summary>The id, chosen by the sender.</summary>
    public required EndpointId Id { get; init; }
    /// <summary>The network.</summary>
    public required NetworkId Network { get; init; }
    /// <summary>The network's name, for people.</summary>
    public required string NetworkName { get; init; }
    /// <summary>The container.</summary>
    public required ContainerId Container { get; init; }
    /// <summary>The container's name, which is also its name in the network's DNS.</summary>
    public required string ContainerName { get; init; }
    /// <summary>The name that the container may get in a moment, kept free for it; none: it is not being renamed.</summary>
    public string? NextName { get; init; }
    /// <summary>Which word about the container's names this is; none: the first. The latest counts, whichever comes last.</summary>
    public int? NameEdition { get; init; }
    /// <summary>The host the container lives on.</summary>
    public required HostId Host { get; init; }
    /// <summary>
    /// Where the network publishes ports whose host address nobody names: what its options say, otherwise <c>0.0.0.0</c>, which is every address of both families.
    /// None: it leads nowhere, so it publishes nothing.
    /// </summary>
    public InetAddress? HostBinding { get; init; }
    /// <summary>True where a Docker Engine runs the container: the container's end of the pair of links is left in the host's namespace, for the engine to fetch. None: no.</summary>
    public bool? Lent { get; init; }

    /// <summary>The owner of the <see cref="Ipam.Reservation"/> whose address it gets; none: the container's name.</summary>
    public string? ReservedAs { get; init; }

    /// <summary>What the user asked for.</summary>
    public EndpointSettings Settings { get; init; } = EndpointSettings.None;
}

/// <summary>An endpoint that has its place: the facts that drivers and DNS work with.</summary>
public sealed record AttachedEndpoint
{
    /// <summary>What was asked for.</summary>
    public required EndpointSpec Spec { get; init; }
    /// <summary>The IPv4 address; none in networks without addresses.</summary>
    public InetAddress? IPv4 { get; init; }
    /// <summary>Length of the IPv4 subnet's prefix in bits.</summary>
    public int IPv4Prefix { get; init; }
    /// <summary>The IPv6 address; none in networks without IPv6.</summary>
    public InetAddress? IPv6 { get; init; }
    /// <summary>Length of the IPv6 subnet's prefix in bits.</summary>
    public int IPv6Prefix { get; init; }
    /// <summary>IPv4 default gateway; none for internal networks or networks without one.</summary>
    public InetAddress? GatewayIPv4 { get; init; }
    /// <summary>IPv6 default gateway.</summary>
    public InetAddress? GatewayIPv6 { get; init; }
    /// <summary>The link-layer address; none in networks without links.</summary>
    public MacAddress? Mac { get; init; }
    /// <summary>In networks of the cluster: where other hosts send the packets for it to; none: no other host reaches it.</summary>
    public InetAddress? Vtep { get; init; }

    /// <summary>The endpoint's id.</summary>
    public EndpointId Id => Spec.Id;
}
