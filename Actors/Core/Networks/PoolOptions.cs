using System.Collections.Immutable;

namespace NetworkCluster.Networks;

/// <summary>The address options of <c>network create</c> as they were typed, each kind in its own order: nothing says yet which belongs to which subnet.</summary>
public sealed record PoolOptions
{
    /// <summary><c>--subnet</c>: CIDR blocks.</summary>
    public ImmutableArray<string> Subnets { get; init; } = [];
    /// <summary><c>--ip-range</c>: CIDR blocks inside a subnet.</summary>
    public ImmutableArray<string> IpRanges { get; init; } = [];
    /// <summary><c>--gateway</c>: addresses.</summary>
    public ImmutableArray<string> Gateways { get; init; } = [];
    /// <summary><c>--aux-address</c>: <c>NAME=ADDRESS</c>.</summary>
    public ImmutableArray<string> Auxiliary { get; init; } = [];
}
