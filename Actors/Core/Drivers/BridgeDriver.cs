using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Drivers;

/// <summary>
/// A Linux bridge on one host, one veth pair an endpoint. The bridge holds the gateway's address; traffic to the outside is routed by the host and gets
/// its address; other bridges and unasked traffic are kept out by set membership. The option names are Docker's.
/// </summary>
public sealed class BridgeDriver : INetworkDriver
{
    /// <summary>The Linux bridge's name.</summary>
    public const string BridgeName = "com.docker.network.bridge.name";
    /// <summary>Whether traffic to the outside gets the host's address.</summary>
    public const string Masquerade = "com.docker.network.bridge.enable_ip_masquerade";
    /// <summary>Whether containers reach each other.</summary>
    public const string InterContainer = "com.docker.network.bridge.enable_icc";
    /// <summary>Default address of published ports.</summary>
    public const string HostBinding = "com.docker.network.bridge.host_binding_ipv4";
    /// <summary>Largest packet, as Docker's documentation has it.</summary>
    public const string Mtu = "com.docker.network.driver.mtu";
    /// <summary>Largest packet, as many use it.</summary>
    public const string MtuShort = "com.docker.network.mtu";

    /// <inheritdoc/>
    public string Name => "bridge";
    /// <inheritdoc/>
    public NetworkScope Scope => NetworkScope.Local;

    /// <inheritdoc/>
    public ImmutableArray<DriverOption> Options { get; } =
    [
        new(BridgeName, OptionKind.LinkName, "name of the Linux bridge; without it, made from the network's id") { Fixed = true },
        new(Masquerade, OptionKind.Bool, "whether traffic to the outside gets the host's address; true without it"),
        new(InterContainer, OptionKind.Bool, "whether containers on the network reach each other; true without it"),
        new(HostBinding, OptionKind.IPv4, "host address of published ports that name none; every address without it") { Fixed = true },
        new(Mtu, OptionKind.Mtu, "largest packet in bytes; the host's default without it"),
        new(MtuShort, OptionKind.Mtu, $"the same as {Mtu}"),
        DriverOptions.DnsTtl,
    ];

    /// <inheritdoc/>
    public ImmutableArray<DriverProblem> Validate(NetworkRequest request)
    {
        var problems = DriverOptions.Check(Name, Options, request).ToList();
        foreach (var family in request.Pools.Where(p => p.Subnet is not null).Select(p => p.Subnet!.Value).GroupBy(s => s.IsIPv6).Where(f => f.Count() > 1))
            problems.Add(new MultipleSubnets(Name, [.. family]));
        if (request.Options.TryGetValue(BridgeName, out var name) && name is "docker0" or "lo" or "all" or "default") problems.Add(new ReservedLinkName(name));
        if (request.Options.TryGetValue(Mtu, out var mtu) && request.Options.TryGetValue(MtuShort, out var other) && mtu != other)
            problems.Add(new OptionsDisagree(Mtu, mtu, MtuShort, other));
        return [.. problems];
    }

    /// <inheritdoc/>
    public bool HasWayOut(NetworkSpec network) => !network.Internal;

    /// <inheritdoc/>
    public Wanted Network(NetworkSpec network, HostContext host) => BridgeParts.Network(network, host, BridgeOf(network, host), MtuOf(network, host), [.. SetsOf(network)]);

    /// <inheritdoc/>
    public Wanted Endpoint(NetworkSpec network, AttachedEndpoint endpoint, LinkName link, HostContext host) =>
        BridgeParts.Endpoint(network, endpoint, link, host, BridgeOf(network, host), MtuOf(network, host), isolated: !network.Flag(InterContainer, true));

    /// <inheritdoc/>
    public Wanted Remote(NetworkSpec network, AttachedEndpoint endpoint, HostContext host) => Wanted.Nothing;

    /// <summary>Where a network publishes ports whose host address nobody names, see <see cref="EndpointSpec.HostBinding"/>.</summary>
    public static InetAddress? HostBindingOf(NetworkSpec network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.Driver is not ("bridge" or "overlay") || network.Internal ? null
            : network.Options.TryGetValue(HostBinding, out var text) && InetAddress.TryParse(text, out var address) ? address : new InetAddress(0, false);
    }

    private static string BridgeOf(NetworkSpec network, HostContext host) =>
        network.Options.TryGetValue(BridgeName, out var name) ? name : network.Predefined ? host.PredefinedBridge : host.Naming.Bridge(network.Id);

    private static int MtuOf(NetworkSpec network, HostContext host) => network.MtuBytes(host.DefaultMtuBytes, Mtu, MtuShort);

    private static IEnumerable<NftSet> SetsOf(NetworkSpec network)
    {
        yield return NftSet.Bridges;
        if (!network.Internal && network.Flag(Masquerade, true)) yield return NftSet.Masquerade;
        if (network.Internal) yield return NftSet.Internal;
        if (network.Flag(InterContainer, true)) yield return NftSet.Intra;
    }
}
