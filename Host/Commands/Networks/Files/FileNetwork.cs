using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Drivers;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks.Files;

/// <summary>A network as a document, or another engine, tells it: all that makes it again.</summary>
/// <param name="Request">What would be asked for.</param>
/// <param name="Place">Where that is said, for people: <c>networks.yaml:3</c>.</param>
internal sealed record FileNetwork(NetworkRequest Request, string Place)
{
    /// <summary>Further parts of its subnets to pick addresses from, beyond the one that a request can name for each.</summary>
    public ImmutableArray<Subnet> MoreRanges { get; init; } = [];

    /// <summary>The space it would be in; none: there is no such driver.</summary>
    public AddressSpaceId? Space => NetworkDrivers.Find(Request.Driver) switch
    {
        null => null,
        { Scope: NetworkScope.Global } => AddressSpaceId.Global,
        _ => AddressSpaceId.Of(Request.Host),
    };

    /// <summary>One that is there. What was picked for it is named: elsewhere it would be picked differently.</summary>
    public static FileNetwork Of(NetworkSpec network) => new(NetworkRequest.Of(network), network.Name)
    {
        MoreRanges = [.. network.Pools.SelectMany(pool => pool.MoreRanges ?? [])],
    };
}

/// <summary>Who a document's networks are made by.</summary>
/// <param name="Host">The host that was asked.</param>
/// <param name="Now">When.</param>
internal sealed record FileOrigin(HostId Host, DateTimeOffset Now);
