using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Tests.Support;

/// <summary>Networks, containers and endpoints with ids that tell tests apart: the number comes first, so that names made from ids differ too.</summary>
internal static class Some
{
    public static readonly HostId Host = HostId.Parse("host1");
    private static readonly DateTimeOffset Then = DateTimeOffset.UnixEpoch;

    public static string Hex(int number, char fill) => number.ToString("x8", CultureInfo.InvariantCulture).PadRight(64, fill);

    public static NetworkId NetworkId(int number) => NetworkCluster.Networks.NetworkId.Parse(Hex(number, 'a'));

    public static ContainerId ContainerId(int number) => NetworkCluster.Containers.ContainerId.Parse(Hex(number, 'c'));

    public static EndpointId EndpointId(int number) => NetworkCluster.Endpoints.EndpointId.Parse(Hex(number, 'e'));

    public static ContainerSpec Container(int number, SandboxMode mode = SandboxMode.Own) =>
        new() { Id = ContainerId(number), Name = $"c{number}", Mode = mode, Created = Then };

    /// <summary>A network with a subnet for each text given, gateway at its first address.</summary>
    public static NetworkSpec Network(int number, string[] subnets, params (string Name, string Value)[] options) => new()
    {
        Id = NetworkId(number),
        Name = $"net{number}",
        Driver = "bridge",
        Scope = NetworkScope.Local,
        Host = Host,
        Created = Then,
        Pools = [.. subnets.Select(s => Subnet.Parse(s)).Select(s => new NetworkPool { Id = new PoolId(AddressSpaceId.Of(Host), s), Gateway = s.Address.Plus(1), UserGiven = true })],
        Options = options.ToImmutableSortedDictionary(o => o.Name, o => o.Value),
        EnableIPv6 = subnets.Any(s => s.Contains(':', StringComparison.Ordinal)),
    };

    /// <summary>The same for a network of the cluster.</summary>
    public static NetworkSpec Overlay(int number, string[] subnets, params (string Name, string Value)[] options)
    {
        var local = Network(number, subnets, options);
        return local with { Driver = "overlay", Scope = NetworkScope.Global, Vni = 4096 + number, Pools = [.. local.Pools.Select(pool => pool with { Id = new PoolId(AddressSpaceId.Global, pool.Id.Subnet) })] };
    }

    /// <summary>An endpoint of another host, which takes packets at that address.</summary>
    public static AttachedEndpoint Remote(int number, NetworkSpec network, int offset, string vtep, string host = "host2")
    {
        var here = Endpoint(number, network, offset);
        return here with { Spec = here.Spec with { Host = HostId.Parse(host) }, Vtep = InetAddress.Parse(vtep) };
    }

    /// <summary>The endpoint of that number, at the network's addresses of that offset, in the container of that number unless another is named.</summary>
    public static AttachedEndpoint Endpoint(int number, NetworkSpec network, int offset, int? container = null)
    {
        var v4 = network.Pools.FirstOrDefault(p => !p.Id.Subnet.IsIPv6);
        var v6 = network.Pools.FirstOrDefault(p => p.Id.Subnet.IsIPv6);
        InetAddress? address = v4?.Id.Subnet.Address.Plus((UInt128)offset);
        return new AttachedEndpoint
        {
            Spec = new EndpointSpec
            {
                Id = EndpointId(number),
                Network = network.Id,
                NetworkName = network.Name,
                Container = ContainerId(container ?? number),
                ContainerName = $"c{container ?? number}",
                Host = Host,
            },
            IPv4 = address,
            IPv4Prefix = v4?.Id.Subnet.Prefix ?? 0,
            IPv6 = v6?.Id.Subnet.Address.Plus((UInt128)offset),
            IPv6Prefix = v6?.Id.Subnet.Prefix ?? 0,
            GatewayIPv4 = network.Internal ? null : v4?.Gateway,
            GatewayIPv6 = network.Internal ? null : v6?.Gateway,
            Mac = address is { } a ? MacAddress.ForIPv4(a) : null,
        };
    }

    /// <summary>The command that makes such a network, as the head of a page.</summary>
    public static string CreateCommand(string driver, string[] subnets, bool isInternal, string[] options) =>
        $"# network create -d {driver} {string.Join(' ', [.. subnets.Select(subnet => $"--subnet {subnet}"), .. isInternal ? (string[])["--internal"] : [], .. options.Select(option => $"-o {option}")])}";
}
