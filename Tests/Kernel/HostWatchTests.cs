using System.Collections.Immutable;
using System.Threading.Channels;
using NetworkCluster.Agents;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Linux.Netlink;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Cluster;
using NetworkCluster.Tests.Support;
using Xunit;
using Route = NetworkCluster.Dataplane.Route;

namespace NetworkCluster.Tests.Kernel;

[Trait("Category", "Kernel")]
[Collection(nameof(KernelHost))]
public sealed class HostWatchTests
{
    private static readonly NetworkSpec One = Some.Network(1, ["10.61.0.0/24"]);
    private static readonly NetworkSpec Two = Some.Network(2, ["10.62.0.0/24"]);

    private static readonly PublishedPort Port = new(new HostPort(null, 8080, PortProtocol.Tcp), 80);

    [KernelFact]
    public async Task Links_that_somebody_deletes_or_sets_down_are_back_without_waiting_for_the_next_reconciliation()
    {
        await using var host = await KernelHost.StartAsync();
        var first = await host.RunAsync(1, One, 2);
        await host.RunAsync(2, One, 3);
        var second = await host.RunAsync(2, Two, 2, endpoint: 22);
        var (bridge, link) = (KernelHost.Options.Naming.Bridge(One.Id), KernelHost.Options.Naming.HostLink(first.Id));
        using var stop = new CancellationTokenSource();
        var guard = host.Networking.GuardAsync(_ => { }, stop.Token);
        // Whatever follows a first harm may find that the guard was quicker.
        string[] harms =
        [
            $"ip link del {bridge}", $"ip link set {bridge} down", $"ip link del {link}", $"ip link set {link} down", $"ip link set {link} nomaster",
            $"ip link set {bridge} down; ip link set {bridge} name foo0 && ip link set foo0 up || true", $"ip link set {link} down; ip link set {link} name foo1 && ip link set foo1 up || true",
            $"nsenter --net=/run/netns/{KernelHost.Sandbox(1)} ip link del eth0", $"ip link del {bridge}; ip link del {link}; ip link del {KernelHost.Options.Naming.Bridge(Two.Id)} || true",
        ];
        foreach (var harm in harms)
        {
            KernelHost.Shell(harm);
            Assert.True(Reaches(1, "10.61.0.3"), harm);
            Assert.True(Reaches(2, "10.62.0.1"), harm);

            // A renamed link may have carried the ping before it was repaired: what follows is waited for too.
            await UntilAsync(() => KernelHost.CountLinks("foo") == 0);
            await UntilAsync(() => KernelHost.In(1, "ip route").Contains("default via 10.61.0.1 dev eth0", StringComparison.Ordinal));
        }

        // What goes because it shall go stays away.
        await host.Networking.DetachAsync(first.Id, default);
        await host.Networking.DetachAsync(second.Id, default);
        await host.Networking.RemoveNetworkAsync(Two.Id, default);
        KernelHost.Shell($"ip link del {bridge}");
        Assert.True(Reaches(2, "10.61.0.1"));
        Assert.DoesNotContain("eth0", KernelHost.In(1, "ip -o link"), StringComparison.Ordinal);
        Assert.Equal(0, KernelHost.CountLinks(KernelHost.Options.Naming.Bridge(Two.Id)));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => guard);
    }

    [KernelFact]
    public async Task Rules_addresses_forwarding_and_the_names_of_namespaces_are_as_before_at_once_too()
    {
        await using var host = await KernelHost.StartAsync();
        await host.RunAsync(1, One, 2);
        await host.RunAsync(2, One, 3);
        await host.Networking.EnsureNetworkAsync(Two, default);
        await host.Networking.PublishAsync(Some.ContainerId(1), [Port], default);
        var (bridge, other) = (KernelHost.Options.Naming.Bridge(One.Id), KernelHost.Options.Naming.Bridge(Two.Id));
        var remade = Channel.CreateUnbounded<ContainerId>();
        using var stop = new CancellationTokenSource();
        var guard = host.Networking.GuardAsync(container => remade.Writer.TryWrite(container), stop.Token);
        var rules = Rules();
        Assert.Contains("8080", rules, StringComparison.Ordinal);
        string[] harms =
        [
            "nft flush ruleset", "nft delete table inet nwt", "nft flush chain inet nwt c_forward", $"nft delete element inet nwt bridges '{{ {bridge} }}'", "nft flush map inet nwt publish4",
            "nft insert rule inet nwt c_forward accept", "nft delete chain inet nwt c_input", "nft flush ruleset; nft add table inet nwt",
        ];
        foreach (var harm in harms)
        {
            KernelHost.Shell(harm);
            await UntilAsync(() => Rules() == rules);
        }

        foreach (var (harm, look) in new (string, string)[]
        {
            ($"ip addr flush dev {bridge}", $"ip addr show dev {bridge} | grep -F 10.61.0.1/24"), ("sysctl -w net.ipv4.ip_forward=0", "grep 1 /proc/sys/net/ipv4/ip_forward"),
        })
        {
            KernelHost.Shell(harm);
            await UntilAsync(() => KernelHost.Try(look, out _));
        }

        KernelHost.Shell($"ip netns del {KernelHost.Sandbox(2)}");
        Assert.Equal(Some.ContainerId(2), await remade.Reader.ReadAsync());
        Assert.True(Reaches(2, "10.61.0.2"));
        Assert.True(Reaches(1, "10.61.0.3"));

        // What goes because it shall go, goes from the rules for good.
        await host.Networking.RemoveNetworkAsync(Two.Id, default);
        await host.Networking.PublishAsync(Some.ContainerId(1), [], default);
        var less = Rules();
        Assert.DoesNotContain(other, less, StringComparison.Ordinal);
        KernelHost.Shell("nft flush ruleset");
        await UntilAsync(() => Rules() == less);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => guard);

        // The kernel gives the elements of a set in any order.
        static string Rules() =>
            KernelHost.Try("nft list table inet nwt", out var rules) ? string.Join(' ', rules.Split([' ', ',', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)) : "";
    }

    [KernelFact]
    public async Task What_this_process_does_to_its_own_rules_is_no_loss()
    {
        await using var host = await KernelHost.StartAsync();
        ChannelReader<Loss> heard;
        List<Loss> losses = [];
        using (var watch = new HostWatch(KernelHost.Options.Naming, KernelHost.Options.NetnsDirectory))
        {
            heard = watch.Losses;
            for (var round = 0; round < 5; round++)
            {
                await host.RunAsync(1, One, 2);
                await host.Networking.PublishAsync(Some.ContainerId(1), [Port], default);
                await host.Networking.StopSandboxAsync(Some.ContainerId(1), default);
                await host.Networking.RemoveNetworkAsync(One.Id, default);
                await host.LiveAgainAsync();
            }

            // Another table is nobody's business; this one is the end of what is waited for.
            KernelHost.Shell("nft add table inet foreign; nft delete table inet foreign; nft add chain inet nwt c_last");
            while (!losses.Contains(Loss.OfTable)) losses.Add(await heard.ReadAsync());
            Assert.True(KernelHost.Try("nft list chain inet nwt c_last", out _));
        }

        // The links that went are deleted later, by the reaper.
        await foreach (var loss in heard.ReadAllAsync()) losses.Add(loss);
        Assert.Single(losses, Loss.OfTable);
        Assert.DoesNotContain(Loss.Unknown, losses);
        Assert.DoesNotContain(Loss.OfName, losses);
    }

    [KernelFact]
    public async Task Routes_are_asked_of_the_kernel_only_when_foreign_ones_may_have_changed()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        using var watch = new HostWatch(KernelHost.Options.Naming, KernelHost.Options.NetnsDirectory);
        var asked = 0;
        Assert.Empty(Look());
        Assert.Equal(1, asked);
        await host.RunAsync(1, One, 2);
        await host.Networking.EnsureNetworkAsync(Two, default);
        await host.Networking.RemoveNetworkAsync(Two.Id, default);
        Look();
        Look();
        Assert.Equal(1, asked);

        foreach (var (change, isThere) in new (string, bool)[]
        {
            ("ip route add 10.98.0.0/16 via 192.0.2.2", true), ("ip route del 10.98.0.0/16", false),
            ("ip route add 10.98.0.0/16 nexthop via 192.0.2.2 nexthop via 192.0.2.3", true), ("ip link set uplink down", false),
            ("ip link set uplink up && ip route add 10.98.0.0/16 via 192.0.2.2", true), ("ip addr del 192.0.2.1/24 dev uplink", false),
        })
        {
            KernelHost.Shell(change);
            var before = asked;
            Assert.Equal(isThere, Look().Any(route => $"{route.Destination}" == "10.98.0.0/16"));
            Assert.True(asked == before + 1, change);
        }

        ImmutableHashSet<Route> Look() => watch.Routes(() =>
        {
            asked++;
            return [.. KernelHost.Shell("ip -4 route").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]).Where(to => to.StartsWith("10.98", StringComparison.Ordinal))
                .Select(to => new Route(Netns.Host, Addressing.Subnet.Parse(to), null, "uplink"))];
        });
    }

    [KernelFact]
    public async Task What_is_lost_in_a_flood_is_told()
    {
        await using var host = await KernelHost.StartAsync();
        using var listener = NetlinkListener.Open(NetlinkSocket.Route, null, NetlinkListener.Routes);
        Assert.True(listener.Take((_, _, _) => { }));
        KernelHost.Shell("ip link add flood type bridge && ip link set flood up");
        try
        {
            KernelHost.Shell("seq 0 39999 | awk '{ printf \"route add 10.%d.%d.%d/32 dev flood\\n\", 100 + int($1 / 65536), int($1 / 256) % 256, $1 % 256 }' | ip -batch -");
            Assert.False(listener.Take((_, _, _) => { }));
            Assert.True(listener.Take((_, _, _) => { }));
        }
        finally
        {
            KernelHost.Shell("ip link del flood");
        }
    }

    private static Task UntilAsync(Func<bool> isSo) => Eventually.IsSoAsync(TimeSpan.FromSeconds(20), () => Task.FromResult(isSo()));

    private static bool Reaches(int container, string address) =>
        KernelHost.Try($"timeout 10 nsenter --net=/run/netns/{KernelHost.Sandbox(container)} sh -c 'until ping -n -c 1 -W 1 {address}; do :; done'", out _);
}
