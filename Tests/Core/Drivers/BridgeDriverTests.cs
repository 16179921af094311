using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Drivers;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Drivers;

public sealed class BridgeDriverTests
{
    private static readonly HostContext Host = new(new Naming());
    private static readonly BridgeDriver Driver = new();

    public static TheoryData<string, string[], bool, bool, string[]> Cases => new()
    {
        { "bridge", ["172.25.0.0/16"], false, false, [] },
        { "bridge-ipv6", ["172.25.0.0/16", "fd25::/64"], false, false, [] },
        { "bridge-predefined", ["172.17.0.0/16"], false, true, [] },
        { "bridge-internal", ["172.25.0.0/16"], true, false, [] },
        { "bridge-no-icc", ["172.25.0.0/16"], false, false, [$"{BridgeDriver.InterContainer}=false"] },
        { "bridge-no-masquerade", ["172.25.0.0/16"], false, false, [$"{BridgeDriver.Masquerade}=0"] },
        { "bridge-name", ["172.25.0.0/16"], false, false, [$"{BridgeDriver.BridgeName}=br-web"] },
        { "bridge-mtu", ["172.25.0.0/16"], false, false, [$"{BridgeDriver.Mtu}=1400"] },
        { "bridge-mtu-short", ["172.25.0.0/16"], false, false, [$"{BridgeDriver.MtuShort}=9000"] },
        { "bridge-host-binding", ["172.25.0.0/16"], false, false, [$"{BridgeDriver.HostBinding}=192.0.2.1"] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_a_network_and_its_first_endpoint_do_to_a_host_is_as_approved(string name, string[] subnets, bool isInternal, bool predefined, string[] options)
    {
        var network = Some.Network(1, subnets, [.. options.Select(o => (o.Split('=')[0], o.Split('=')[1]))]) with { Internal = isInternal, Predefined = predefined };
        var endpoint = Some.Endpoint(1, network, 5);
        var sandbox = new WantedSandbox(Host.Naming.Sandbox(endpoint.Spec.Container), endpoint.Spec.Container);
        var (way4, way6) = Driver.HasWayOut(network) ? (endpoint.GatewayIPv4, endpoint.GatewayIPv6) : (null, null);
        var shape = SandboxShape.Describe(sandbox, "c1", [new SandboxEndpoint("eth0", [endpoint.IPv4!.Value], way4, way6)], [], []);
        var wanted = Driver.Network(network, Host).With(Driver.Endpoint(network, endpoint, new LinkName(new Netns(sandbox.Name), "eth0"), Host)).With(shape);
        var empty = FoundHost.Nothing with { Elements = [] };

        var up = Plan.Between(wanted, empty, Host.Naming);
        var down = Plan.Removal(wanted, empty.After(up), Host.Naming);

        var command = Some.CreateCommand("bridge", subnets, isInternal, options) + (predefined ? " (the predefined bridge)" : "");
        Approved.VerifyPage(string.Join('\n', [command, "# create and attach", .. up.Select(s => s.ToString()), "# detach and remove", .. down.Select(s => s.ToString())]) + "\n", $"dataplane/{name}");
    }

    [Fact]
    public void The_table_is_as_approved() =>
        Approved.VerifyPage(NftTable.Replacement("nwc", [new SetElement(NftSet.Bridges, "nwc0"), new SetElement(NftSet.Intra, "nwc0"), new SetElement(NftSet.Bridges, "br-web")],
        [
            new(new(null, false, PortProtocol.Tcp, 8080), InetAddress.Parse("172.25.0.5"), 80), new(new(null, true, PortProtocol.Tcp, 8080), InetAddress.Parse("fd25::5"), 80),
            new(new(InetAddress.Parse("127.0.0.1"), false, PortProtocol.Udp, 53), InetAddress.Parse("172.25.0.5"), 53),
        ]), "dataplane/table");

    [Theory]
    [InlineData(BridgeDriver.Mtu, "abc", "failed to parse com.docker.network.driver.mtu value: abc (strconv.Atoi: parsing \"abc\": invalid syntax)")]
    [InlineData(BridgeDriver.Mtu, "67", "invalid MTU number: 67 (from 68 to 65535)")]
    [InlineData(BridgeDriver.Mtu, "-1", "invalid MTU number: -1 (from 68 to 65535)")]
    [InlineData(BridgeDriver.InterContainer, "maybe", "failed to parse com.docker.network.bridge.enable_icc value: maybe (strconv.ParseBool: parsing \"maybe\": invalid syntax)")]
    [InlineData(BridgeDriver.BridgeName, "abcdefghijklmnopqrst", "failed to check bridge interface existence: numerical result out of range (the name abcdefghijklmnopqrst has 20 characters, a link's has at most 15)")]
    [InlineData(BridgeDriver.BridgeName, "a/b", "invalid com.docker.network.bridge.name value: 'a/b' is not a link's name")]
    [InlineData(BridgeDriver.BridgeName, "docker0", "the bridge name docker0 is reserved")]
    [InlineData(BridgeDriver.HostBinding, "::1", "failed to parse com.docker.network.bridge.host_binding_ipv4 value: ::1 (not an IPv4 address)")]
    [InlineData("foo", "bar", "unknown option foo: the bridge driver knows com.docker.network.bridge.name, com.docker.network.bridge.enable_ip_masquerade, com.docker.network.bridge.enable_icc, com.docker.network.bridge.host_binding_ipv4, com.docker.network.driver.mtu, com.docker.network.mtu, network-cluster.dns.ttl")]
    public void A_bad_option_is_told_in_these_words(string option, string value, string problem) =>
        Assert.Equal([problem], Driver.Validate(Request((option, value))).Select(p => p.ToString()));

    [Theory]
    [InlineData(BridgeDriver.InterContainer, "T")]
    [InlineData(BridgeDriver.Masquerade, "False")]
    [InlineData(BridgeDriver.Mtu, "65535")]
    [InlineData(BridgeDriver.MtuShort, "68")]
    [InlineData(BridgeDriver.BridgeName, "abcdefghijklmno")]
    public void A_good_option_is_no_problem(string option, string value) => Assert.Empty(Driver.Validate(Request((option, value))));

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        var request = Request((BridgeDriver.Mtu, "1500"), (BridgeDriver.MtuShort, "1400"), (BridgeDriver.Masquerade, "x")) with
        {
            Pools = [new PoolRequest { Subnet = NetworkCluster.Addressing.Subnet.Parse("10.1.0.0/16") }, new PoolRequest { Subnet = NetworkCluster.Addressing.Subnet.Parse("10.2.0.0/16") }],
        };
        Assert.Equal([typeof(BadBool), typeof(MultipleSubnets), typeof(OptionsDisagree)], Driver.Validate(request).Select(p => p.GetType()));
    }

    [Fact]
    public void An_ipv6_network_needs_the_larger_least_packet() =>
        Assert.Equal(new BadMtu(1279, 1280), Assert.Single(Driver.Validate(Request((BridgeDriver.Mtu, "1279")) with { EnableIPv6 = true })));

    [Theory]
    [InlineData("null")]
    [InlineData("host")]
    public void Networks_without_links_want_nothing_and_there_is_one_of_each(string name)
    {
        var driver = NetworkDrivers.Find(name)!;
        var network = Some.Network(1, []) with { Driver = name, Predefined = true };
        Assert.Equal(Wanted.Nothing, driver.Network(network, Host));
        Assert.Equal(Wanted.Nothing, driver.Endpoint(network, Some.Endpoint(1, network, 0), LinkName.OnHost("eth0"), Host));
        Assert.Empty(driver.Validate(Request() with { Predefined = true }));
        Assert.Equal($"only one instance of \"{name}\" network is allowed", Assert.Single(driver.Validate(Request())).ToString());
    }

    private static NetworkRequest Request(params (string Name, string Value)[] options) => new()
    {
        Id = Some.NetworkId(1),
        Name = "net1",
        Host = Some.Host,
        Created = DateTimeOffset.UnixEpoch,
        Options = System.Collections.Immutable.ImmutableSortedDictionary.ToImmutableSortedDictionary(options, o => o.Name, o => o.Value),
    };
}
