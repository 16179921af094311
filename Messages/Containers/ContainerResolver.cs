using System.Collections.Immutable;
using NetworkCluster.Addressing;

namespace NetworkCluster.Containers;

/// <summary>What a container resolves besides the names of its networks, and whom it asks.</summary>
public sealed record ContainerResolver
{
    /// <summary>The most servers, search domains and options each.</summary>
    public const int MaxListed = 16;

    /// <summary>The most further hosts.</summary>
    public const int MaxHosts = 1024;

    /// <summary>Servers for names that are not of its networks, in this order, at port 53. They are asked from the host's namespace. Empty: the host's own.</summary>
    public ImmutableArray<InetAddress> Servers { get; init; } = [];
    /// <summary>Domains in which a name without a dot is looked for. Empty, or a single dot: none.</summary>
    public ImmutableArray<string> Search { get; init; } = [];
    /// <summary>Options of the resolver, as resolv.conf(5) has them, <c>ndots:2</c>.</summary>
    public ImmutableArray<string> Options { get; init; } = [];
    /// <summary>Further lines of its hosts file.</summary>
    public ImmutableArray<ExtraHost> Hosts { get; init; } = [];
}

/// <summary>A name that a container knows by itself.</summary>
/// <param name="Name">Letters, digits, dots, dashes and underscores; at most 253 characters.</param>
/// <param name="Address">Its address.</param>
public sealed record ExtraHost(string Name, InetAddress Address);
