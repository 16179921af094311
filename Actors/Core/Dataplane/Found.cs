using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;

namespace NetworkCluster.Dataplane;

/// <summary>A link as it is.</summary>
public sealed record FoundLink
{
    /// <summary>Its number, unique in its namespace and never another link's. A bridge keeps it when it is another network's, see <see cref="Reuse"/>.</summary>
    public required int Index { get; init; }
    /// <summary>Its name.</summary>
    public required string Name { get; init; }
    /// <summary>What the kernel calls its kind (<c>bridge</c>, <c>veth</c>); empty for hardware and loopback.</summary>
    public string Kind { get; init; } = "";
    /// <summary>Its link-layer address, where it has one of 6 bytes.</summary>
    public MacAddress? Mac { get; init; }
    /// <summary>Largest packet.</summary>
    public int MtuBytes { get; init; }
    /// <summary>Whether it is administratively up.</summary>
    public bool Up { get; init; }
    /// <summary>Whether packets pass: up at both ends, and the kernel has said so to its bridge.</summary>
    public bool Carrier { get; init; }
    /// <summary>The bridge it is a port of.</summary>
    public string? Master { get; init; }
    /// <summary>Its alias; empty for none.</summary>
    public string Alias { get; init; } = "";
    /// <summary>Its link group; 0 is the kernel's default.</summary>
    public int Group { get; init; }
    /// <summary>Whether packets to and from 127.0.0.0/8 may be routed over it.</summary>
    public bool RoutesLoopback { get; init; }
    /// <summary>Whether its bridge port is isolated.</summary>
    public bool Isolated { get; init; }
    /// <summary>Whether it is a bridge's port that learns nothing and lets the bridge answer for neighbours.</summary>
    public bool IsTunnelPort { get; init; }
    /// <summary>A tunnel's identifier; 0 for other links.</summary>
    public int Vni { get; init; }
    /// <summary>A tunnel's own end.</summary>
    public InetAddress? Local { get; init; }
    /// <summary>The index of a veth pair's other end, in the other end's namespace; 0 for none.</summary>
    public int PeerIndex { get; init; }
}

/// <summary>One namespace as it is.</summary>
public sealed record FoundNetns
{
    /// <summary>Nothing in it.</summary>
    public static FoundNetns Empty { get; } = new();
    /// <summary>Links by name.</summary>
    public ImmutableDictionary<string, FoundLink> Links { get; init; } = ImmutableDictionary<string, FoundLink>.Empty;
    /// <summary>Addresses; those left out that the kernel gives every link itself.</summary>
    public ImmutableHashSet<LinkAddress> Addresses { get; init; } = [];
    /// <summary>Routes; table <c>local</c> left out.</summary>
    public ImmutableHashSet<Route> Routes { get; init; } = [];
    /// <summary>Where tunnels send to, of those that somebody asked about.</summary>
    public ImmutableHashSet<Forwarding> Forwardings { get; init; } = [];
    /// <summary>Permanent neighbours of the bridges that somebody asked about.</summary>
    public ImmutableHashSet<Neighbour> Neighbours { get; init; } = [];
    /// <summary>A sandbox's files by name.</summary>
    public ImmutableDictionary<string, string> Files { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>A sandbox that is alive.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">The container it was made for; none where that was not written down (the process ended in the middle).</param>
/// <param name="Inside">What is in it; none where nobody looked.</param>
public sealed record FoundSandbox(string Name, ContainerId? Id, FoundNetns? Inside);

/// <summary>A port of the host that nothing can be published at.</summary>
/// <param name="Port">The port.</param>
/// <param name="NoSuchAddress">Whether the host does not have the address; otherwise another program has the port.</param>
public sealed record UnusablePort(HostPort Port, bool NoSuchAddress);

/// <summary>A host as it is, or the part of it that was looked at.</summary>
public sealed record FoundHost
{
    /// <summary>Nothing: what is planned against this is everything.</summary>
    public static FoundHost Nothing { get; } = new();
    /// <summary>The host's own namespace.</summary>
    public FoundNetns Host { get; init; } = FoundNetns.Empty;
    /// <summary>Living sandboxes by name.</summary>
    public ImmutableDictionary<string, FoundSandbox> Sandboxes { get; init; } = ImmutableDictionary<string, FoundSandbox>.Empty;
    /// <summary>Names of ours for sandboxes that no longer live: what a reboot, or an end in the middle, left as plain files.</summary>
    public ImmutableArray<string> StaleSandboxes { get; init; } = [];
    /// <summary>The containers that live in the host's own namespace.</summary>
    public ImmutableHashSet<ContainerId> OnHost { get; init; } = [];
    /// <summary>The elements of our table; none: there is no table.</summary>
    public ImmutableHashSet<SetElement>? Elements { get; init; }
    /// <summary>The published ports in our table.</summary>
    public ImmutableHashSet<PortMapping> Mappings { get; init; } = [];
    /// <summary>Of the ports that somebody asked about: those that another program has, and those at addresses that the host does not have.</summary>
    public ImmutableArray<UnusablePort> UnusablePorts { get; init; } = [];
    /// <summary>Settings that somebody asked about.</summary>
    public ImmutableDictionary<string, string> Sysctls { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>One namespace of it; empty where nobody looked or nothing is.</summary>
    public FoundNetns In(Netns netns) =>
        netns.Name is not { } name ? Host : Sandboxes.GetValueOrDefault(name)?.Inside ?? FoundNetns.Empty;

    /// <summary>A link; none where there is none.</summary>
    public FoundLink? Find(LinkName link) => In(link.Netns).Links.GetValueOrDefault(link.Name);
}
