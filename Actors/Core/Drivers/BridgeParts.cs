using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Drivers;

/// <summary>What every driver makes that builds on Linux bridges: the bridge with the gateways' addresses, and a veth pair an endpoint.</summary>
internal static class BridgeParts
{
    private const int LinkLocalIPv4Prefix = 16, LinkLocalIPv6Prefix = 64;

    public static Wanted Network(NetworkSpec network, HostContext host, string bridge, int mtuBytes, ImmutableArray<NftSet> sets) => new()
    {
        Links = [new WantedBridge(bridge, mtuBytes, new LinkTag.OfNetwork(host.Naming.Prefix, network.Id, sets).ToString(), host.Naming.Group, LinkLayer.OfGateway(network), RoutesLoopback: !network.Internal)],
        Addresses = [.. network.Pools.Where(p => p.Gateway is not null).Select(p => new LinkAddress(LinkName.OnHost(bridge), p.Gateway!.Value, p.Id.Subnet.Prefix))],
        Sysctls = network.Internal || !network.Pools.Any(p => p.Id.Subnet.IsIPv6) ? [] : [new Sysctl("net.ipv6.conf.all.forwarding", "1")],
        Elements = [.. sets.Select(set => new SetElement(set, bridge))],
    };

    public static Wanted Endpoint(NetworkSpec network, AttachedEndpoint endpoint, LinkName link, HostContext host, string bridge, int mtuBytes, bool isolated) => new()
    {
        Links =
        [
            new WantedVeth(host.Naming.HostLink(endpoint.Id), mtuBytes, new LinkTag.OfEndpoint(host.Naming.Prefix, endpoint.Id, network.Id).ToString(), host.Naming.Group)
            {
                Master = bridge,
                Isolated = isolated,
                Peer = link,
                PeerMac = MacOf(endpoint),
                Lent = endpoint.Spec.Lent ?? false,
            },
        ],
        Addresses = endpoint.Spec.Lent is true ? [] :
        [
            .. endpoint.IPv4 is { } v4 ? [new LinkAddress(link, v4, endpoint.IPv4Prefix)] : Array.Empty<LinkAddress>(),
            .. endpoint.IPv6 is { } v6 ? [new LinkAddress(link, v6, endpoint.IPv6Prefix)] : Array.Empty<LinkAddress>(),
            .. (endpoint.Spec.Settings.LinkLocal ?? []).Select(address => new LinkAddress(link, address, address.IsIPv6 ? LinkLocalIPv6Prefix : LinkLocalIPv4Prefix)),
        ],
    };

    /// <summary>The endpoint's link-layer address; those of an old journal have none noted.</summary>
    public static MacAddress MacOf(AttachedEndpoint endpoint) => endpoint.Mac ?? LinkLayer.For(endpoint.Id, endpoint.IPv4, _ => false);
}
