using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Drivers;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Kernel;

/// <summary>Published ports with real packets. A served port answers who asks with the address it sees him at.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(KernelHost))]
public sealed class PublishTests
{
    private static readonly NetworkSpec One = Some.Network(1, ["10.61.0.0/24", "fd61::/64"]);
    private static readonly NetworkSpec Two = Some.Network(2, ["10.62.0.0/24", "fd62::/64"]);

    [KernelFact]
    public async Task A_published_port_is_reached_from_everywhere_over_both_families_and_protocols()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        await PublishAsync(host, 1, Tcp(8080, 80), Udp(5353, 53));
        await host.RunAsync(1, One, 2);
        await host.RunAsync(2, One, 3);
        await host.RunAsync(3, Two, 2);
        using var web = Serve(1, 80);
        using var dns = Serve(1, 53, udp: true);

        // From the outside, which has no route to the container and is seen as it is.
        Assert.Equal(Outside.Address, Outside.Asks("192.0.2.1", 8080));
        Assert.Equal(Outside.Address, Outside.Asks("192.0.2.1", 5353, udp: true));
        Assert.Equal("2001:db8::2", Outside.Asks("2001:db8::1", 8080));
        // From the host itself: its own addresses, and its loopback.
        Assert.NotNull(Asks("192.0.2.1", 8080));
        Assert.Equal("10.61.0.1", Asks("127.0.0.1", 8080));
        Assert.Equal("10.61.0.1", Asks("127.0.0.1", 5353, udp: true));
        Assert.NotNull(Asks("2001:db8::1", 8080));
        Assert.Null(Asks("::1", 8080));
        // From the container itself, from another of its network, and from another network.
        foreach (var container in (int[])[1, 2, 3])
        {
            Assert.NotNull(InAsks(container, "192.0.2.1", 8080));
            Assert.NotNull(InAsks(container, "192.0.2.1", 5353, udp: true));
            Assert.NotNull(InAsks(container, "2001:db8::1", 8080));
        }

        Assert.NotNull(InAsks(1, "10.61.0.1", 8080));
        // What is not published stays shut.
        Assert.Null(Outside.Asks("192.0.2.1", 8081));
        Assert.Null(InAsks(3, "10.61.0.2", 80));
    }

    [KernelFact]
    public async Task A_port_published_at_one_address_is_nowhere_else_and_at_loopback_for_the_host_alone()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        KernelHost.Shell("ip addr add 192.0.2.9/24 dev uplink");
        await PublishAsync(host, 1, Tcp(8080, 80, "192.0.2.9"), Tcp(8081, 80, "127.0.0.1"), Tcp(8082, 80, "::"), Tcp(8083, 80, "0.0.0.0"), Tcp(8084, 80, "2001:db8::1"));
        await host.RunAsync(1, One, 2);
        using var web = Serve(1, 80);

        Assert.NotNull(Outside.Asks("192.0.2.9", 8080));
        Assert.Null(Outside.Asks("192.0.2.1", 8080));
        Assert.NotNull(Asks("127.0.0.1", 8081));
        Outside.Run("ip route add 127.0.0.1/32 via 192.0.2.1");
        Assert.Null(Outside.Asks("127.0.0.1", 8081, from: Outside.Address));
        Assert.Null(Outside.Asks("192.0.2.1", 8081));
        Assert.NotNull(Outside.Asks("2001:db8::1", 8082));
        Assert.Null(Outside.Asks("192.0.2.1", 8082));
        Assert.NotNull(Outside.Asks("192.0.2.1", 8083));
        Assert.Null(Outside.Asks("2001:db8::1", 8083));
        Assert.NotNull(Outside.Asks("2001:db8::1", 8084));
    }

    [KernelFact]
    public async Task A_container_reaches_nothing_on_the_hosts_loopback_and_cannot_pretend_to_be_it()
    {
        await using var host = await KernelHost.StartAsync();
        await PublishAsync(host, 1, Tcp(8080, 80));
        await host.RunAsync(1, One, 2);
        Assert.Equal("1\n", File.ReadAllText($"/proc/sys/net/ipv4/conf/{KernelHost.Options.Naming.Bridge(One.Id)}/route_localnet"));
        using var secret = new Served(null, 9999, udp: true);
        KernelHost.In(1, "ip link set lo down");
        KernelHost.In(1, "ip route del local 127.0.0.0/8 dev lo table local 2>/dev/null || true");
        KernelHost.In(1, "sysctl -qw net.ipv4.conf.all.route_localnet=1");
        KernelHost.In(1, "ip route add 127.0.0.0/8 via 10.61.0.1");
        Assert.Null(InAsks(1, "127.0.0.1", 9999, udp: true));
        // The same question from an address of its own does come through, so the silence above is the guard's.
        Assert.NotNull(InAsks(1, "10.61.0.1", 9999, udp: true));
    }

    [KernelFact]
    public async Task Ports_follow_the_default_route_and_lead_nowhere_without_one()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        await PublishAsync(host, 1, Tcp(8080, 80));
        var first = await host.RunAsync(1, One, 2);
        await host.RunAsync(1, Two, 2, endpoint: 12);
        await host.RunAsync(1, Some.Network(3, ["10.63.0.0/24"]) with { Internal = true }, 2, endpoint: 13);
        using var web = Serve(1, 80);
        Assert.Contains("tcp . 8080 : 10.61.0.2 . 80", KernelHost.Shell("nft list map inet nwt publish4"));

        await host.Networking.DetachAsync(first.Id, default);
        Assert.Contains("tcp . 8080 : 10.62.0.2 . 80", KernelHost.Shell("nft list map inet nwt publish4"));
        Assert.NotNull(Outside.Asks("192.0.2.1", 8080));
        Assert.NotNull(Outside.Asks("2001:db8::1", 8080));

        await host.Networking.DetachAsync(Some.EndpointId(12), default);
        Assert.DoesNotContain("8080", KernelHost.Shell("nft list table inet nwt"));
        Assert.Null(Outside.Asks("192.0.2.1", 8080));

        await host.Networking.AttachAsync(One, first, default);
        Assert.NotNull(Outside.Asks("192.0.2.1", 8080));
        await host.Networking.StopSandboxAsync(Some.ContainerId(1), default);
        Assert.DoesNotContain("8080", KernelHost.Shell("nft list table inet nwt"));
    }

    [KernelFact]
    public async Task A_flow_of_UDP_that_never_ends_leads_where_the_port_leads_now()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        await host.Networking.EnsureNetworkAsync(One, default);
        using var asker = new UdpFlow("/run/netns/outside", "192.0.2.1", 5353);
        using var other = new UdpFlow("/run/netns/outside", "192.0.2.1", 5354);
        // It has begun before anybody has the port.
        Assert.False(asker.IsAnswered());
        foreach (var container in (int[])[1, 2])
        {
            await PublishAsync(host, container, Udp(5353, 53), Udp(5354, 53));
            await host.RunAsync(container, One, container + 1);
            using var served = Serve(container, 53, udp: true);
            Assert.True(asker.IsAnswered());
            Assert.True(other.IsAnswered());
            await PublishAsync(host, container, Udp(5354, 53));
            Assert.False(asker.IsAnswered());
            Assert.True(other.IsAnswered());
            await host.Networking.StopSandboxAsync(Some.ContainerId(container), default);
        }
    }

    [KernelFact]
    public async Task The_default_route_and_the_ports_go_by_the_highest_priority_also_after_kill_9()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        await PublishAsync(host, 1, Tcp(8080, 80));
        var plain = await host.RunAsync(1, One, 2);
        var high = Some.Endpoint(12, Two, 2, 1);
        high = high with { Spec = high.Spec with { Settings = new() { GatewayPriority = 10 } } };
        await host.Networking.EnsureNetworkAsync(Two, default);
        await host.Networking.AttachAsync(Two, high, default);
        using var web = Serve(1, 80);
        await ByAsync("10.62.0");
        await host.LiveAgainAsync();
        await PublishAsync(host, 1, Tcp(8080, 80));
        await host.Networking.StartSandboxAsync(Some.Container(1), default);
        await host.Networking.AttachAsync(One, plain, default);
        await ByAsync("10.62.0");
        await host.Networking.AttachAsync(Two, high, default);
        await ByAsync("10.62.0");
        await host.Networking.DetachAsync(high.Id, default);
        await ByAsync("10.61.0");

        Task ByAsync(string network)
        {
            Assert.Contains($"default via {network}.1 ", KernelHost.In(1, "ip route"));
            Assert.Contains($"tcp . 8080 : {network}.2 . 80", KernelHost.Shell("nft list map inet nwt publish4"));
            Assert.NotNull(Outside.Asks("192.0.2.1", 8080));
            return Task.CompletedTask;
        }
    }

    [KernelFact]
    public async Task An_internal_network_is_not_entered_by_published_ports_and_does_not_reach_others()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        var inside = Some.Network(3, ["10.63.0.0/24"]) with { Internal = true };
        await PublishAsync(host, 1, Tcp(8080, 80));
        await PublishAsync(host, 2, Tcp(8081, 80));
        await host.RunAsync(1, inside, 2);
        await host.RunAsync(2, One, 2);
        using var hidden = Serve(1, 80);
        using var web = Serve(2, 80);
        Assert.Null(Outside.Asks("192.0.2.1", 8080));
        KernelHost.In(1, "ip route add default via 10.63.0.1");
        Assert.Null(InAsks(1, "192.0.2.1", 8081));
        Assert.NotNull(Outside.Asks("192.0.2.1", 8081));
        // Even where somebody translates into it by hand.
        KernelHost.Shell("nft add element inet nwt publish4 '{ tcp . 8080 : 10.63.0.2 . 80 }'");
        Assert.Null(Outside.Asks("192.0.2.1", 8080));
    }

    [KernelFact]
    public async Task After_kill_9_ports_are_open_all_the_time_and_a_sweep_closes_those_that_nobody_has()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        await PublishAsync(host, 1, Tcp(8080, 80));
        await PublishAsync(host, 2, Tcp(8081, 80));
        var first = await host.RunAsync(1, One, 2);
        await host.RunAsync(2, One, 3);
        using var web = Serve(1, 80);
        using var other = Serve(2, 80);

        await host.LiveAgainAsync();
        Assert.NotNull(Outside.Asks("192.0.2.1", 8080));
        await PublishAsync(host, 1, Tcp(8080, 80));
        await host.Networking.SweepAsync(new HashSet<NetworkId> { One.Id }, new HashSet<ContainerId> { Some.ContainerId(1) }, new HashSet<NetworkCluster.Endpoints.EndpointId> { first.Id }, default);
        Assert.NotNull(Outside.Asks("192.0.2.1", 8080));
        Assert.DoesNotContain("8081", KernelHost.Shell("nft list table inet nwt"));
        await host.Networking.EnsureNetworkAsync(One, default);
        await host.Networking.StartSandboxAsync(Some.Container(1), default);
        await host.Networking.AttachAsync(One, first, default);
        Assert.NotNull(Outside.Asks("192.0.2.1", 8080));
        Assert.NotNull(Outside.Asks("2001:db8::1", 8080));
    }

    [KernelFact]
    public async Task Reconciling_opens_again_what_somebody_closed_or_led_astray()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        await PublishAsync(host, 1, Tcp(8080, 80), Tcp(8081, 80), Tcp(8082, 80, "192.0.2.1"));
        await host.RunAsync(1, One, 2);
        using var web = Serve(1, 80);
        KernelHost.Shell("nft delete element inet nwt publish4 '{ tcp . 8080 }' && nft delete element inet nwt publish4 '{ tcp . 8081 }' && nft add element inet nwt publish4 '{ tcp . 8081 : 10.61.0.9 . 80 }'");
        await host.Networking.ReconcileAsync(default);
        foreach (var port in (int[])[8080, 8081, 8082]) Assert.NotNull(Outside.Asks("192.0.2.1", port));
        KernelHost.Shell("nft flush ruleset");
        await host.Networking.ReconcileAsync(default);
        foreach (var port in (int[])[8080, 8081, 8082]) Assert.NotNull(Outside.Asks("192.0.2.1", port));
    }

    [KernelFact]
    public async Task What_another_program_has_and_what_the_host_does_not_have_is_told_and_our_own_is_not()
    {
        await using var host = await KernelHost.StartAsync();
        await PublishAsync(host, 1, Tcp(8080, 80));
        await host.RunAsync(1, One, 2);
        using var listener = new TcpListener(IPAddress.Parse("127.0.0.1"), 0);
        listener.Start();
        using var udp = new UdpClient(new IPEndPoint(IPAddress.IPv6Any, 0));
        var (tcpPort, udpPort) = (((IPEndPoint)listener.LocalEndpoint).Port, ((IPEndPoint)udp.Client.LocalEndPoint!).Port);

        var unusable = await host.Networking.UnusablePortsAsync(
        [
            new(null, tcpPort, PortProtocol.Tcp), new(InetAddress.Parse("127.0.0.2"), tcpPort, PortProtocol.Tcp), new(null, udpPort, PortProtocol.Udp),
            new(null, 8080, PortProtocol.Tcp), new(InetAddress.Parse("203.0.113.7"), 8080, PortProtocol.Tcp), new(InetAddress.Parse("10.61.0.1"), 8081, PortProtocol.Udp),
        ], default);

        Assert.Equal(
            [(new HostPort(null, tcpPort, PortProtocol.Tcp), false), (new HostPort(null, udpPort, PortProtocol.Udp), false), (new HostPort(InetAddress.Parse("203.0.113.7"), 8080, PortProtocol.Tcp), true)],
            unusable.Select(port => (port.Port, port.NoSuchAddress)));
    }

    [KernelFact]
    public async Task Without_inter_container_traffic_a_published_port_is_still_reached()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        var network = Some.Network(1, ["10.61.0.0/24"], (BridgeDriver.InterContainer, "false"));
        await PublishAsync(host, 1, Tcp(8080, 80));
        await host.RunAsync(1, network, 2);
        await host.RunAsync(2, network, 3);
        using var web = Serve(1, 80);
        Assert.Null(InAsks(2, "10.61.0.2", 80));
        Assert.NotNull(InAsks(2, "192.0.2.1", 8080));
        Assert.NotNull(Outside.Asks("192.0.2.1", 8080));
    }

    private static Task PublishAsync(KernelHost host, int container, params ImmutableArray<PublishedPort> ports) => host.Networking.PublishAsync(Some.ContainerId(container), ports, default);

    private static PublishedPort Tcp(int port, int container, string? address = null) => new(new(address is null ? null : InetAddress.Parse(address), port, PortProtocol.Tcp), container);

    private static PublishedPort Udp(int port, int container) => new(new(null, port, PortProtocol.Udp), container);

    private static Served Serve(int container, int port, bool udp = false) => new($"/run/netns/{KernelHost.Sandbox(container)}", port, udp);

    private static string? Asks(string address, int port, bool udp = false) => Served.Ask(null, address, port, udp);

    private static string? InAsks(int container, string address, int port, bool udp = false) => Served.Ask($"/run/netns/{KernelHost.Sandbox(container)}", address, port, udp);
}
