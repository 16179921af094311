using System.Globalization;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Tests.Core.Dns;

/// <summary>Networks, containers and endpoints in few words; ids are made from small numbers.</summary>
internal static class Given
{
    private static readonly HostId Host = HostId.Parse("h1");

    public static ContainerId Container(int number) => ContainerId.Parse(Hex(0xC0_0000 + number));

    public static NetworkId NetworkId(int number) => NetworkCluster.Networks.NetworkId.Parse(Hex(0xA0_0000 + number));

    public static EndpointId EndpointId(int network, int container) => NetworkCluster.Endpoints.EndpointId.Parse(Hex(0xE0_0000 + (network * 1000) + container));

    public static NetworkView Network(int number, string name, string subnet, params AttachedEndpoint[] endpoints) => new(
        new()
        {
            Id = NetworkId(number),
            Name = name,
            Driver = "bridge",
            Scope = NetworkScope.Local,
            Host = Host,
            Created = DateTimeOffset.UnixEpoch,
            Pools = [.. subnet.Split(' ').Select(block => new NetworkPool { Id = new(AddressSpaceId.Of(Host), Subnet.Parse(block)), UserGiven = true })],
        },
        1,
        [.. endpoints]);

    public static NetworkView Internal(this NetworkView view) => view with { Spec = view.Spec with { Internal = true } };

    public static NetworkView Predefined(this NetworkView view) => view with { Spec = view.Spec with { Predefined = true } };

    public static AttachedEndpoint Endpoint(int network, int container, string name, string? v4, string? v6 = null, params string[] aliases) => new()
    {
        Spec = Spec(network, container, name) with { Settings = new() { Aliases = [.. aliases] } },
        IPv4 = v4 is null ? null : InetAddress.Parse(v4),
        IPv6 = v6 is null ? null : InetAddress.Parse(v6),
    };

    public static EndpointSpec Spec(int network, int container, string name, params string[] links) => new()
    {
        Id = EndpointId(network, container),
        Network = NetworkId(network),
        NetworkName = string.Create(CultureInfo.InvariantCulture, $"net{network}"),
        Container = Container(container),
        ContainerName = name,
        Host = Host,
        Settings = new() { Links = [.. links.Select(link => link.Split(':')).Select(parts => new ContainerLink(parts[0], parts[1]))] },
    };

    private static string Hex(int number) => number.ToString("x64", CultureInfo.InvariantCulture)[^8..].PadRight(64, '0');
}
