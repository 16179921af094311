using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Drivers;

/// <summary>
/// One network on all hosts: on each that takes part a bridge as <see cref="BridgeDriver"/> makes it, and a VXLAN tunnel as one of its ports (RFC 7348). Tunnels learn nothing
/// and flood nothing: where an address is, and on which host, is told from the network's view. Every host's bridge has the same gateway addresses, so that traffic between the
/// network's subnets and to the outside is routed where it begins.
/// </summary>
public sealed class OverlayDriver : INetworkDriver
{
    /// <summary>Whether packets between hosts are encrypted.</summary>
    public const string Encrypted = "encrypted";

    // Outer Ethernet, IP, UDP and VXLAN headers.
    private const int OverheadIPv4Bytes = 50, OverheadIPv6Bytes = 70;

    /// <inheritdoc/>
    public string Name => "overlay";
    /// <inheritdoc/>
    public NetworkScope Scope => NetworkScope.Global;

    /// <inheritdoc/>
    public ImmutableArray<DriverOption> Options { get; } =
    [
        new(BridgeDriver.Mtu, OptionKind.Mtu, $"largest packet in bytes; the hosts' default less {OverheadIPv4Bytes} without it ({OverheadIPv6Bytes} between IPv6 addresses)"),
        new(BridgeDriver.MtuShort, OptionKind.Mtu, $"the same as {BridgeDriver.Mtu}"),
        DriverOptions.DnsTtl,
    ];

    /// <inheritdoc/>
    public ImmutableArray<DriverProblem> Validate(NetworkRequest request)
    {
        var known = request with { Options = request.Options.Remove(Encrypted) };
        return
        [
            .. DriverOptions.Check(Name, Options, known),
            .. request.Options.TryGetValue(Encrypted, out var value) && (value.Length == 0 || DriverOptions.ParseBool(value) != false) ? new DriverProblem[] { new EncryptionNotSupported() } : [],
        ];
    }

    /// <inheritdoc/>
    public bool HasWayOut(NetworkSpec network) => !network.Internal;

    /// <inheritdoc/>
    public Wanted Network(NetworkSpec network, HostContext host)
    {
        ImmutableArray<NftSet> sets = network.Internal ? [NftSet.Bridges, NftSet.Internal, NftSet.Intra] : [NftSet.Bridges, NftSet.Masquerade, NftSet.Intra];
        var (bridge, mtuBytes) = (host.Naming.Bridge(network.Id), MtuOf(network, host));
        var wanted = BridgeParts.Network(network, host, bridge, mtuBytes, sets);
        if (host.Vtep is not { } vtep || network.Vni is not { } vni) return wanted;
        return wanted with
        {
            // In no set of our table: it has no addresses, and what it carries is the bridge's.
            Links = wanted.Links.Add(new WantedVxlan(host.Naming.Tunnel(network.Id), mtuBytes, new LinkTag.OfNetwork(host.Naming.Prefix, network.Id, []).ToString(), host.Naming.Group)
            {
                Master = bridge,
                Vni = vni,
                Local = vtep,
            }),
        };
    }

    /// <inheritdoc/>
    public Wanted Endpoint(NetworkSpec network, AttachedEndpoint endpoint, LinkName link, HostContext host) =>
        BridgeParts.Endpoint(network, endpoint, link, host, host.Naming.Bridge(network.Id), MtuOf(network, host), isolated: false);

    /// <inheritdoc/>
    public Wanted Remote(NetworkSpec network, AttachedEndpoint endpoint, HostContext host)
    {
        // Between address families there is no tunnel.
        if (host.Vtep is not { } own || endpoint.Vtep is not { } vtep || own.IsIPv6 != vtep.IsIPv6 || own == vtep) return Wanted.Nothing;
        var mac = BridgeParts.MacOf(endpoint);
        return new()
        {
            Forwardings = [new(host.Naming.Tunnel(network.Id), mac, vtep)],
            Neighbours = [.. new[] { endpoint.IPv4, endpoint.IPv6 }.OfType<InetAddress>().Select(address => new Neighbour(host.Naming.Bridge(network.Id), address, mac))],
        };
    }

    private static int MtuOf(NetworkSpec network, HostContext host) =>
        network.MtuBytes(host.DefaultMtuBytes - (host.Vtep is { IsIPv6: true } ? OverheadIPv6Bytes : OverheadIPv4Bytes), BridgeDriver.Mtu, BridgeDriver.MtuShort);
}
