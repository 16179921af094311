using NetworkCluster.Addressing;
using NetworkCluster.Dataplane;
using NetworkCluster.Drivers;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Drivers;

public sealed class OverlayDriverTests
{
    private static readonly HostContext Host = new(new Naming(), Vtep: InetAddress.Parse("192.0.2.1"));
    private static readonly OverlayDriver Driver = new();

    public static TheoryData<string, string[], bool, string, string[]> Cases => new()
    {
        { "overlay", ["192.168.0.0/16", "192.170.0.0/16"], false, "192.0.2.2", [] },
        { "overlay-ipv6", ["10.9.0.0/24", "fd09::/64"], false, "192.0.2.2", [] },
        { "overlay-internal", ["10.9.0.0/24"], true, "192.0.2.2", [] },
        { "overlay-mtu", ["10.9.0.0/24"], false, "192.0.2.2", [$"{BridgeDriver.Mtu}=1400"] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_a_network_its_first_endpoint_and_another_hosts_do_to_a_host_is_as_approved(string name, string[] subnets, bool isInternal, string other, string[] options)
    {
        var network = Some.Overlay(1, subnets, [.. options.Select(o => (o.Split('=')[0], o.Split('=')[1]))]) with { Internal = isInternal };
        var endpoint = Some.Endpoint(1, network, 5);
        var sandbox = new WantedSandbox(Host.Naming.Sandbox(endpoint.Spec.Container), endpoint.Spec.Container);
        var empty = FoundHost.Nothing with { Elements = [] };
        var alone = Driver.Network(network, Host).With(Driver.Endpoint(network, endpoint, new LinkName(new Netns(sandbox.Name), "eth0"), Host)) with { Sandboxes = [sandbox] };
        var wanted = alone.With(Driver.Remote(network, Some.Remote(2, network, 6, other), Host));

        var up = Plan.Between(alone, empty, Host.Naming);
        var come = Plan.Between(wanted, empty.After(up), Host.Naming);
        var gone = Plan.Between(alone, empty.After(up).After(come), Host.Naming);
        var down = Plan.Removal(wanted, empty.After(up), Host.Naming);

        Approved.VerifyPage(string.Join('\n',
        [
            Some.CreateCommand("overlay", subnets, isInternal, options),
            "# create and attach", .. up.Select(s => s.ToString()), "# another host's endpoint comes", .. come.Select(s => s.ToString()), "# and goes", .. gone.Select(s => s.ToString()), "# detach and remove", .. down.Select(s => s.ToString()),
        ]) + "\n", $"dataplane/{name}");
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::2", 1430, 1)]
    [InlineData("2001:db8::1", "192.0.2.2", 1430, 0)]
    [InlineData("192.0.2.1", "192.0.2.1", 1450, 0)]
    public void Tunnels_are_between_addresses_of_one_family_and_their_headers_fit(string own, string other, int mtuBytes, int forwardings)
    {
        var host = Host with { Vtep = InetAddress.Parse(own) };
        var network = Some.Overlay(1, ["10.9.0.0/24"]);
        Assert.All(Driver.Network(network, host).Links, link => Assert.Equal(mtuBytes, link.MtuBytes));
        Assert.Equal(forwardings, Driver.Remote(network, Some.Remote(2, network, 6, other), host).Forwardings.Length);
    }

    [Fact]
    public void A_host_without_an_address_between_hosts_has_the_network_for_itself()
    {
        var host = new HostContext(new Naming());
        Assert.IsType<WantedBridge>(Assert.Single(Driver.Network(Some.Overlay(1, ["10.9.0.0/24"]), host).Links));
        Assert.Equal(Wanted.Nothing, Driver.Remote(Some.Overlay(1, ["10.9.0.0/24"]), Some.Remote(2, Some.Overlay(1, ["10.9.0.0/24"]), 6, "192.0.2.2"), host));
    }

    [Theory]
    [InlineData("", "option encrypted: networks between hosts are not encrypted here")]
    [InlineData("true", "option encrypted")]
    [InlineData("false", "")]
    public void Encryption_is_refused_with_what_is_missing(string value, string problem)
    {
        var problems = Driver.Validate(Request((OverlayDriver.Encrypted, value)));
        if (problem.Length == 0) Assert.Empty(problems);
        else Assert.StartsWith(problem, Assert.Single(problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_of_bridges_are_unknown_and_named()
    {
        var problem = Assert.Single(Driver.Validate(Request((BridgeDriver.InterContainer, "true"))));
        Assert.Equal("unknown option com.docker.network.bridge.enable_icc: the overlay driver knows com.docker.network.driver.mtu, com.docker.network.mtu, network-cluster.dns.ttl", problem.ToString());
    }

    private static NetworkRequest Request(params (string Name, string Value)[] options) => new()
    {
        Id = Some.NetworkId(1),
        Name = "n",
        Driver = "overlay",
        Host = Some.Host,
        Created = DateTimeOffset.UnixEpoch,
        Options = System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(options.Select(o => KeyValuePair.Create(o.Name, o.Value))),
    };
}
