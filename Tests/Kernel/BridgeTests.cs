using NetworkCluster.Addressing;
using NetworkCluster.Drivers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;
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
        foreach (var end in (string[])[KernelHost.In(1, "ip -d link show eth0"), KernelHost.Shell($"ip -d link show {KernelHost.Options.Naming.HostLink(Some.Endpoint(1, network, 2).Id)}")])
            Assert.Contains("numtxqueues 1 numrxqueues 1", end, StringComparison.Ordinal);
        Assert.Contains("02:42:0a:3d:00:01", KernelHost.Shell($"ip link show {KernelHost.Options.Naming.Bridge(network.Id)}"));
    }

    [KernelFact]
    public async Task Containers_reach_each_other_at_their_link_local_addresses_and_a_second_look_finds_nothing_to_do()
    {
        await using var host = await KernelHost.StartAsync();
        var network = Some.Network(1, ["10.61.0.0/24"]);
        await host.Networking.EnsureNetworkAsync(network, default);
        foreach (var number in (int[])[1, 2])
        {
            await host.Networking.StartSandboxAsync(Some.Container(number), default);
            var endpoint = Some.Endpoint(number, network, number + 1, number);
            endpoint = endpoint with { Spec = endpoint.Spec with { Settings = new() { LinkLocal = [InetAddress.Parse($"169.254.7.{number}"), InetAddress.Parse($"fe80::{number}")] } } };
            await host.Networking.AttachAsync(network, endpoint, default);
            await host.Networking.AttachAsync(network, endpoint, default);
        }

        Assert.True(KernelHost.Pings(1, "169.254.7.2"));
        Assert.True(KernelHost.Pings(2, "fe80::1%eth0"));
        var before = KernelHost.In(1, "ip -o addr");
        Assert.Contains("inet6 fe80::1/64", before, StringComparison.Ordinal);
        await host.Networking.ReconcileAsync(default);
        Assert.Equal(before, KernelHost.In(1, "ip -o addr"));
        KernelHost.In(1, "ip addr del fe80::1/64 dev eth0");
        KernelHost.In(1, "ip addr add fe80::9/64 dev eth0 nodad");
        await host.Networking.ReconcileAsync(default);
        Assert.Contains("inet6 fe80::1/64", KernelHost.In(1, "ip -o addr"), StringComparison.Ordinal);
        Assert.DoesNotContain("fe80::9", KernelHost.In(1, "ip -o addr"), StringComparison.Ordinal);
    }

    [KernelFact]
    public async Task Containers_that_change_their_addresses_with_each_other_are_reached_before_they_have_spoken()
    {
        await using var host = await KernelHost.StartAsync();
        var network = Some.Network(1, ["10.61.0.0/24"]);
        for (var number = 1; number <= 3; number++) await host.RunAsync(number, network, number + 1);
        Assert.True(KernelHost.Pings(3, "10.61.0.2"));
        Assert.True(KernelHost.Pings(3, "10.61.0.3"));
        await host.Networking.AttachAsync(network, Some.Endpoint(1, network, 3), default);
        await host.Networking.AttachAsync(network, Some.Endpoint(2, network, 2), default);
        Assert.Contains("10.61.0.3/24", KernelHost.In(1, "ip -o addr show eth0"), StringComparison.Ordinal);
        Assert.True(KernelHost.Pings(3, "10.61.0.2"));
        Assert.True(KernelHost.Pings(3, "10.61.0.3"));
    }

    [KernelFact]
    public async Task An_address_that_moves_to_another_link_layer_address_is_reached_at_once_over_both_families()
    {
        await using var host = await KernelHost.StartAsync();
        var network = Some.Network(1, ["10.61.0.0/24", "fd61::/64"]);
        for (var number = 1; number <= 3; number++) await host.RunAsync(number, network, number + 1);
        string[] addresses = ["10.61.0.2", "fd61::2", "10.61.0.3", "fd61::3"];
        Assert.All(addresses, address => Assert.True(KernelHost.Pings(3, address), address));
        var bridge = KernelHost.Options.Naming.Bridge(network.Id);
        Assert.All(addresses, address => KernelHost.Shell($"ping -n -c 1 -W 1 {address}"));
        await host.Networking.DetachAsync(Some.EndpointId(1), default);
        await host.Networking.DetachAsync(Some.EndpointId(2), default);
        // Each has the other's IPv6 address, and one of them a link-layer address that nobody has had.
        var (first, second) = (Some.Endpoint(11, network, 2, 1), Some.Endpoint(12, network, 3, 2));
        await host.Networking.AttachAsync(network, first with { IPv6 = second.IPv6, Mac = MacAddress.Parse("02:42:00:00:bb:01") }, default);
        await host.Networking.AttachAsync(network, second with { IPv6 = first.IPv6 }, default);
        Assert.All(addresses, address => Assert.True(KernelHost.Pings(3, address), $"{address} {KernelHost.In(3, "ip neigh")}"));
        Assert.All(addresses, address => Assert.True(KernelHost.Try($"ping -n -c 1 -W 1 {address}", out _), $"{address} {KernelHost.Shell($"ip neigh show dev {bridge}")}"));
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

    [KernelFact]
    public async Task Without_inter_container_traffic_it_is_so_for_both_families_and_after_kill_9()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        var network = Some.Network(1, ["10.61.0.0/24", "fd61::/64"], (BridgeDriver.InterContainer, "false"));
        var endpoints = new[] { await host.RunAsync(1, network, 2), await host.RunAsync(2, network, 3) };
        using var web = new Served($"/run/netns/{KernelHost.Sandbox(2)}", 80);
        foreach (var life in (int[])[1, 2, 3])
        {
            Assert.Null(Served.Ask($"/run/netns/{KernelHost.Sandbox(1)}", "10.61.0.3", 80));
            Assert.False(KernelHost.Pings(1, "fd61::3"));
            Assert.True(KernelHost.Pings(1, "10.61.0.1"));
            Assert.True(KernelHost.Pings(1, "fd61::1"));
            Assert.True(KernelHost.Pings(1, Outside.Address));
            Assert.Contains("isolated on", KernelHost.Shell($"ip -d link show {KernelHost.Options.Naming.HostLink(endpoints[0].Id)}"));
            if (life == 1) await host.LiveAgainAsync();
            if (life == 2) await AdoptAsync(host, network, endpoints);
        }
    }

    [KernelFact]
    public async Task Without_masquerading_the_source_is_kept_also_after_kill_9()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        var (plain, kept) = (Some.Network(1, ["10.61.0.0/24"]), Some.Network(2, ["10.62.0.0/24"], (BridgeDriver.Masquerade, "false")));
        var endpoints = new[] { await host.RunAsync(1, plain, 2), await host.RunAsync(2, kept, 2) };
        Outside.Run("ip route add 10.62.0.0/24 via 192.0.2.1");
        using var web = new Served("/run/netns/outside", 80);
        foreach (var life in (int[])[1, 2, 3])
        {
            Assert.Equal("192.0.2.1", Served.Ask($"/run/netns/{KernelHost.Sandbox(1)}", Outside.Address, 80));
            Assert.Equal("10.62.0.2", Served.Ask($"/run/netns/{KernelHost.Sandbox(2)}", Outside.Address, 80));
            if (life == 1) await host.LiveAgainAsync();
            if (life != 2) continue;
            await AdoptAsync(host, plain, endpoints[0]);
            await AdoptAsync(host, kept, endpoints[1]);
        }
    }

    [KernelFact]
    public async Task An_internal_network_is_shut_for_both_families_and_for_connections_also_after_kill_9()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        var (shut, open) = (Some.Network(1, ["10.61.0.0/24", "fd61::/64"]) with { Internal = true }, Some.Network(2, ["10.62.0.0/24", "fd62::/64"]));
        var endpoints = new[] { await host.RunAsync(1, shut, 2), await host.RunAsync(2, shut, 3), await host.RunAsync(3, open, 2) };
        Outside.Run("ip route add 10.61.0.0/24 via 192.0.2.1");
        Outside.Run("ip route add fd61::/64 via 2001:db8::1");
        KernelHost.In(1, "ip route add default via 10.61.0.1");
        KernelHost.In(1, "ip route add default via fd61::1");
        using var inside = new Served($"/run/netns/{KernelHost.Sandbox(1)}", 80);
        using var other = new Served($"/run/netns/{KernelHost.Sandbox(3)}", 80);
        using var elsewhere = new Served("/run/netns/outside", 80);
        var netns = $"/run/netns/{KernelHost.Sandbox(1)}";
        foreach (var life in (int[])[1, 2])
        {
            Assert.NotNull(Served.Ask($"/run/netns/{KernelHost.Sandbox(2)}", "10.61.0.2", 80));
            Assert.NotNull(Served.Ask($"/run/netns/{KernelHost.Sandbox(2)}", "fd61::2", 80));
            foreach (var address in (string[])[Outside.Address, "2001:db8::2", "10.62.0.2", "fd62::2"]) Assert.Null(Served.Ask(netns, address, 80));
            foreach (var address in (string[])["10.61.0.2", "fd61::2"]) Assert.Null(Outside.Asks(address, 80));
            Assert.Null(Served.Ask($"/run/netns/{KernelHost.Sandbox(3)}", "10.61.0.2", 80));
            if (life == 1) await host.LiveAgainAsync();
        }

        await AdoptAsync(host, shut, endpoints[0], endpoints[1]);
        Assert.DoesNotContain("default", KernelHost.In(1, "ip route"));
    }

    [KernelFact]
    public async Task The_mtu_by_its_short_name_is_on_every_link_too_and_comes_back_where_somebody_changed_it()
    {
        await using var host = await KernelHost.StartAsync();
        var network = Some.Network(1, ["10.61.0.0/24", "fd61::/64"], (BridgeDriver.MtuShort, "1300"));
        var endpoint = await host.RunAsync(1, network, 2);
        await host.RunAsync(2, network, 3);
        var links = new[] { KernelHost.Options.Naming.Bridge(network.Id), KernelHost.Options.Naming.HostLink(endpoint.Id) };
        KernelHost.Shell($"ip link set {links[1]} mtu 1200");
        await host.LiveAgainAsync();
        await AdoptAsync(host, network, endpoint);
        foreach (var link in links) Assert.Contains("mtu 1300", KernelHost.Shell($"ip link show {link}"));
        Assert.Contains("mtu 1300", KernelHost.In(1, "ip link show eth0"));
        Assert.False(KernelHost.Try($"nsenter --net=/run/netns/{KernelHost.Sandbox(1)} ping -c 1 -W 1 -M do -s 1273 10.61.0.3", out _));
        Assert.True(KernelHost.Try($"nsenter --net=/run/netns/{KernelHost.Sandbox(1)} ping -c 1 -W 1 -M do -s 1272 10.61.0.3", out _));
    }

    private static async Task AdoptAsync(KernelHost host, NetworkSpec network, params AttachedEndpoint[] endpoints)
    {
        await host.Networking.EnsureNetworkAsync(network, default);
        foreach (var endpoint in endpoints.Where(endpoint => endpoint.Spec.Network == network.Id))
        {
            await host.Networking.StartSandboxAsync(Some.Container(int.Parse(endpoint.Spec.ContainerName[1..], System.Globalization.CultureInfo.InvariantCulture)), default);
            await host.Networking.AttachAsync(network, endpoint, default);
        }
    }
}
