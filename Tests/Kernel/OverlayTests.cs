using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Kernel;

/// <summary>One host of ours, and on its uplink another with a VXLAN made by hand: what is ours is what everybody's is.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(KernelHost))]
public sealed class OverlayTests
{
    private static readonly NetworkSpec Network = Some.Overlay(1, ["10.71.0.0/24", "fd71::/64"]);

    [KernelFact]
    public async Task Another_hosts_endpoint_is_reached_as_soon_as_it_is_named_and_no_more_when_it_is_gone_and_nobody_is_asked_over_the_tunnel()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        MakePeer();
        await host.RunAsync(1, Network, 2);
        // The other host knows ours from the beginning; ours asks nobody for it, and tells nobody of those it knows.
        await host.Networking.ChangeRemotesAsync(Network, Some.Remote(8, Network, 8, "192.0.2.8"), null, default);
        Assert.False(KernelHost.Pings(1, "10.71.0.9"));
        Assert.Contains("\"tx\":{\"bytes\":0,", KernelHost.Shell($"ip -j -s link show {KernelHost.Options.Naming.Tunnel(Network.Id)}"), StringComparison.Ordinal);

        var remote = Some.Remote(9, Network, 9, Outside.Address);
        await host.Networking.ChangeRemotesAsync(Network, remote, null, default);
        Assert.True(PingsAgain("10.71.0.9"));
        Assert.True(KernelHost.Pings(1, "fd71::9"));
        Assert.True(KernelHost.Try("nsenter --net=/run/netns/outside ping -n -c 1 -W 1 10.71.0.2", out _));
        // 1450 is what fits: 28 bytes of it are headers.
        Assert.True(KernelHost.Try($"nsenter --net=/run/netns/{KernelHost.Sandbox(1)} ping -n -c 1 -W 1 -M do -s 1422 10.71.0.9", out _));
        Assert.False(KernelHost.Try($"nsenter --net=/run/netns/{KernelHost.Sandbox(1)} ping -n -c 1 -W 1 -M do -s 1423 10.71.0.9", out _));

        await host.Networking.ChangeRemotesAsync(Network, null, remote.Id, default);
        Assert.False(KernelHost.Pings(1, "10.71.0.9"));
    }

    [KernelFact]
    public async Task An_address_that_comes_to_another_host_with_another_link_layer_address_is_reached_at_once_by_who_knew_it_before()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        MakePeer();
        await host.RunAsync(1, Network, 2);
        await host.Networking.StartSandboxAsync(Some.Container(2), default);
        var was = Some.Endpoint(2, Network, 9) with { Mac = Addressing.MacAddress.Parse("02:00:00:00:00:01") };
        await host.Networking.AttachAsync(Network, was, default);
        string[] addresses = ["10.71.0.9", "fd71::9"];
        Assert.All(addresses, address => Assert.True(KernelHost.Pings(1, address), address));

        // From this host to another.
        await host.Networking.DetachAsync(was.Id, default);
        var there = Some.Remote(9, Network, 9, Outside.Address);
        await host.Networking.ChangeRemotesAsync(Network, there, null, default);
        Assert.All(addresses, address => Assert.True(KernelHost.Pings(1, address), $"{address} {KernelHost.In(1, "ip neigh")}"));

        // There, with another link-layer address; the same again where the whole view is told.
        foreach (var (mac, whole) in new[] { ("02:00:00:00:00:02", false), ("02:00:00:00:00:03", true) })
        {
            Outside.Run($"ip link set br0 address {mac}");
            KnowOurs();
            var now = there with { Mac = Addressing.MacAddress.Parse(mac) };
            await (whole ? host.Networking.SetRemotesAsync(Network, [now], default) : host.Networking.ChangeRemotesAsync(Network, now, there.Id, default));
            Assert.All(addresses, address => Assert.True(KernelHost.Pings(1, address), $"{address} {KernelHost.In(1, "ip neigh")}"));
        }
    }

    [KernelFact]
    public async Task One_that_came_while_the_network_was_not_made_is_reached_when_it_is()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        MakePeer();
        await host.Networking.SetRemotesAsync(Network, [], default);
        await host.Networking.ChangeRemotesAsync(Network, Some.Remote(9, Network, 9, Outside.Address), null, default);
        await host.RunAsync(1, Network, 2);
        Assert.True(KernelHost.Pings(1, "10.71.0.9"));
    }

    [KernelFact]
    public async Task The_network_is_on_the_host_from_its_first_endpoint_to_its_last_and_comes_back_with_the_same_identifier()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        MakePeer();
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal("", Ours());
            await host.Networking.SetRemotesAsync(Network, [Some.Remote(9, Network, 9, Outside.Address)], default);
            var endpoint = await host.RunAsync(1, Network, 2);
            Assert.True(KernelHost.Pings(1, "10.71.0.9"));
            Assert.Contains("vxlan id 4097", Ours());
            await host.Networking.DetachAsync(endpoint.Id, default);
            // What is taken away afterwards is over before the network is used again.
            await host.Networking.SetRemotesAsync(Network, [], default);
        }

        Assert.Equal("", Ours());

        static string Ours() => KernelHost.Shell($"ip -d link show {KernelHost.Options.Naming.Tunnel(Network.Id)} 2>/dev/null; ip link show {KernelHost.Options.Naming.Bridge(Network.Id)} 2>/dev/null || true");
    }

    [KernelFact]
    public async Task A_new_life_keeps_what_the_last_one_reached_until_it_is_told_and_then_drops_what_is_gone()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        MakePeer();
        await host.Networking.SetRemotesAsync(Network, [Some.Remote(9, Network, 9, Outside.Address), Some.Remote(8, Network, 8, "192.0.2.8")], default);
        var endpoint = await host.RunAsync(1, Network, 2);
        await host.LiveAgainAsync();
        await host.Networking.SweepAsync(new HashSet<NetworkId> { Network.Id }, new HashSet<Containers.ContainerId> { Some.ContainerId(1) }, new HashSet<Endpoints.EndpointId> { endpoint.Id }, default);
        await host.RunAsync(1, Network, 2);
        Assert.True(KernelHost.Pings(1, "10.71.0.9"));
        Assert.Contains("192.0.2.8", Entries());

        await host.Networking.SetRemotesAsync(Network, [Some.Remote(9, Network, 9, Outside.Address)], default);
        Assert.True(KernelHost.Pings(1, "10.71.0.9"));
        Assert.DoesNotContain("192.0.2.8", Entries());
        Assert.DoesNotContain("10.71.0.8", KernelHost.Shell($"ip neigh show dev {KernelHost.Options.Naming.Bridge(Network.Id)}"));

        // What somebody else takes away, a reconciliation puts back.
        KernelHost.Shell($"bridge fdb flush dev {KernelHost.Options.Naming.Tunnel(Network.Id)} self || bridge fdb del 02:42:0a:47:00:09 dev {KernelHost.Options.Naming.Tunnel(Network.Id)} dst {Outside.Address} self");
        KernelHost.Shell($"ip neigh del 10.71.0.9 dev {KernelHost.Options.Naming.Bridge(Network.Id)}");
        Assert.False(KernelHost.Pings(1, "10.71.0.9"));
        await host.Networking.ReconcileAsync(default);
        Assert.True(PingsAgain("10.71.0.9"));

        static string Entries() => KernelHost.Shell($"bridge fdb show dev {KernelHost.Options.Naming.Tunnel(Network.Id)}");
    }

    [KernelFact]
    public async Task What_a_new_life_expected_and_does_not_get_takes_its_network_along()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        MakePeer();
        var (first, second) = (await host.RunAsync(1, Network, 2), await host.RunAsync(2, Network, 3));
        await host.LiveAgainAsync();
        host.Networking.Expect([first.Spec, second.Spec]);
        await host.Networking.SweepAsync(new HashSet<NetworkId> { Network.Id }, new HashSet<Containers.ContainerId> { Some.ContainerId(1), Some.ContainerId(2) }, new HashSet<Endpoints.EndpointId> { first.Id, second.Id }, default);
        await host.Networking.StartSandboxAsync(Some.Container(1), default);
        await host.Networking.DetachAsync(first.Id, default);
        Assert.NotEqual("", Tunnel());
        await host.Networking.StopSandboxAsync(Some.ContainerId(2), default);
        Assert.Equal("", Tunnel());

        // One that has come is like any other.
        var again = await host.RunAsync(2, Network, 3);
        await host.LiveAgainAsync();
        host.Networking.Expect([again.Spec]);
        await host.RunAsync(2, Network, 3);
        await host.Networking.DetachAsync(again.Id, default);
        await host.Networking.SetRemotesAsync(Network, [], default);
        Assert.Equal("", Tunnel());

        static string Tunnel() => KernelHost.Shell($"ip -d link show {KernelHost.Options.Naming.Tunnel(Network.Id)} 2>/dev/null || true");
    }

    [KernelFact]
    public async Task The_subnets_of_one_network_reach_each_other_across_hosts_and_the_outside_and_an_internal_one_stays_inside()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        var two = Some.Overlay(2, ["10.72.0.0/24", "10.73.0.0/24"]);
        MakePeer("10.73.0.9/24", two.Vni!.Value, "02:42:0a:49:00:09", ("10.72.0.2", "02:42:0a:48:00:02"));
        // The other host routes back by itself: it has both gateways' addresses, as every host has.
        Outside.Run("ip addr add 10.72.0.1/24 dev br0");
        var other = Some.Remote(9, two, 9, Outside.Address);
        await host.Networking.SetRemotesAsync(two, [other with { IPv4 = Addressing.InetAddress.Parse("10.73.0.9"), Mac = Addressing.MacAddress.Parse("02:42:0a:49:00:09") }], default);
        await host.RunAsync(1, two, 2);
        Assert.True(KernelHost.Pings(1, "10.73.0.9"));
        Assert.True(KernelHost.Pings(1, Outside.Address));

        await host.RunAsync(2, Some.Overlay(3, ["10.74.0.0/24"]) with { Internal = true }, 2);
        Assert.False(KernelHost.Pings(2, Outside.Address));
        Assert.False(KernelHost.Pings(2, "10.72.0.2"));
    }

    // A container that has asked in vain asks again after a second.
    private static bool PingsAgain(string address) => KernelHost.Try($"nsenter --net=/run/netns/{KernelHost.Sandbox(1)} ping -n -c 1 -W 3 {address}", out _);

    // The bridge itself has the endpoint's addresses.
    private static void MakePeer(string address = "10.71.0.9/24", int vni = 4097, string mac = "02:42:0a:47:00:09", (string Address, string Mac)? ours = null)
    {
        var (at, its) = ours ?? ("10.71.0.2", "02:42:0a:47:00:02");
        Outside.Run($"ip link add br0 address {mac} mtu 1450 type bridge");
        Outside.Run($"ip link add vx0 mtu 1450 type vxlan id {vni} local {Outside.Address} dstport 4789 nolearning");
        Outside.Run("ip link set vx0 master br0");
        Outside.Run("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.br0.accept_dad=0");
        Outside.Run($"ip addr add {address} dev br0");
        Outside.Run("ip addr add fd71::9/64 dev br0 nodad");
        Outside.Run("ip link set br0 up");
        Outside.Run("ip link set vx0 up");
        Outside.Run($"bridge fdb add {its} dev vx0 dst 192.0.2.1");
        Outside.Run($"bridge fdb add {its} dev vx0 master static");
        KnowOurs(at, its);
    }

    // A link that gets another link-layer address forgets all whom it knew.
    private static void KnowOurs(string address = "10.71.0.2", string mac = "02:42:0a:47:00:02")
    {
        Outside.Run($"ip neigh replace {address} lladdr {mac} dev br0 nud permanent");
        Outside.Run($"ip neigh replace fd71::2 lladdr {mac} dev br0 nud permanent");
    }
}
