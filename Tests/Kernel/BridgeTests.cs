using NetworkCluster.Drivers;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Kernel;

[Trait("Category", "Kernel")]
[Collection(nameof(KernelHost))]
public sealed class BridgeTests
{
    [KernelFact]
    public async Task Two_containers_of_one_network_reach_each_other_and_the_gateway_over_both_families()
    {
        await using var host = await KernelHost.StartAsync();
        var network = Some.Network(1, ["10.61.0.0/24", "fd61::/64"]);
        await host.RunAsync(1, network, 2);
        await host.RunAsync(2, network, 3);

        Assert.True(KernelHost.Pings(1, "10.61.0.3"));
        Assert.True(KernelHost.Pings(2, "fd61::2"));
        Assert.True(KernelHost.Pings(1, "10.61.0.1"));
        Assert.True(KernelHost.Pings(1, "fd61::1"));
        Assert.Contains("default via 10.61.0.1 dev eth0", KernelHost.In(1, "ip route"));
        Assert.Contains("02:42:0a:3d:00:02", KernelHost.In(1, "ip link show eth0"));
        Assert.Contains("02:42:0a:3d:00:01", KernelHost.Shell($"ip link show {KernelHost.Options.Naming.Bridge(network.Id)}"));
    }

    [KernelFact]
    public async Task Two_networks_do_not_reach_each_other()
    {
        await using var host = await KernelHost.StartAsync();
        await host.RunAsync(1, Some.Network(1, ["10.61.0.0/24", "fd61::/64"]), 2);
        await host.RunAsync(2, Some.Network(2, ["10.62.0.0/24", "fd62::/64"]), 2);

        Assert.False(KernelHost.Pings(1, "10.62.0.2"));
        Assert.False(KernelHost.Pings(2, "10.61.0.2"));
        Assert.False(KernelHost.Pings(1, "fd62::2"));
    }

    [KernelFact]
    public async Task The_outside_sees_the_hosts_address_and_cannot_reach_in()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        await host.RunAsync(1, Some.Network(1, ["10.61.0.0/24"]), 2);
        await host.RunAsync(2, Some.Network(2, ["10.62.0.0/24"], (BridgeDriver.Masquerade, "false")), 2);

        // The outside has no route to the networks: an answer proves that the question carried the host's address.
        Assert.True(KernelHost.Pings(1, Outside.Address));
        Assert.False(KernelHost.Pings(2, Outside.Address));
        Outside.Run("ip route add 10.61.0.0/24 via 192.0.2.1");
        Outside.Run("ip route add 10.62.0.0/24 via 192.0.2.1");
        Assert.True(KernelHost.Pings(2, Outside.Address));
        Assert.False(Outside.Pings("10.61.0.2"));
    }

    [KernelFact]
    public async Task An_internal_network_has_no_way_out_or_in()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        var network = Some.Network(1, ["10.61.0.0/24"]) with { Internal = true };
        await host.RunAsync(1, network, 2);
        await host.RunAsync(2, network, 3);

        Assert.True(KernelHost.Pings(1, "10.61.0.3"));
        Assert.DoesNotContain("default", KernelHost.In(1, "ip route"));
        KernelHost.In(1, "ip route add default via 10.61.0.1");
        Assert.False(KernelHost.Pings(1, Outside.Address));
        Assert.False(KernelHost.Pings(1, "192.0.2.1"));
        Outside.Run("ip route add 10.61.0.0/24 via 192.0.2.1");
        Assert.False(Outside.Pings("10.61.0.2"));
    }

    [KernelFact]
    public async Task Without_inter_container_traffic_only_the_gateway_and_the_outside_answer()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        var network = Some.Network(1, ["10.61.0.0/24"], (BridgeDriver.InterContainer, "false"));
        await host.RunAsync(1, network, 2);
        await host.RunAsync(2, network, 3);

        Assert.False(KernelHost.Pings(1, "10.61.0.3"));
        Assert.True(KernelHost.Pings(1, "10.61.0.1"));
        Assert.True(KernelHost.Pings(1, Outside.Address));
    }

    [KernelFact]
    public async Task The_mtu_option_is_on_every_link_of_the_network()
    {
        await using var host = await KernelHost.StartAsync();
        var network = Some.Network(1, ["10.61.0.0/24"], (BridgeDriver.Mtu, "1400"), (BridgeDriver.BridgeName, "mybridge"));
        var endpoint = await host.RunAsync(1, network, 2);

        Assert.Contains("mtu 1400", KernelHost.Shell("ip link show mybridge"));
        Assert.Contains("mtu 1400", KernelHost.Shell($"ip link show {KernelHost.Options.Naming.HostLink(endpoint.Id)}"));
        Assert.Contains("mtu 1400", KernelHost.In(1, "ip link show eth0"));
        Assert.False(KernelHost.Try($"nsenter --net=/run/netns/{KernelHost.Sandbox(1)} ping -c 1 -W 1 -M do -s 1373 10.61.0.1", out _));
        Assert.True(KernelHost.Try($"nsenter --net=/run/netns/{KernelHost.Sandbox(1)} ping -c 1 -W 1 -M do -s 1372 10.61.0.1", out _));
    }
}
