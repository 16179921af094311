using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Kernel;

/// <summary>Bridges of removed networks that are taken for others.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(KernelHost))]
public sealed class BridgeReuseTests
{
    private static readonly NetworkSpec Before = Some.Network(1, ["10.63.0.0/24", "fd63::/64"], ("com.docker.network.driver.mtu", "1400")) with { Internal = true };
    private static readonly NetworkSpec After = Some.Network(2, ["10.64.0.0/24", "fd64::/64"]);

    [KernelFact]
    public async Task A_network_that_is_made_while_one_has_just_been_removed_has_its_bridge_and_nothing_else_of_it()
    {
        await using var host = await KernelHost.StartAsync(new StandingTime());
        var bridge = await LivedAsync(host);
        Assert.Equal("", KernelHost.Shell($"ip -o addr show dev {Retired(bridge)}"));
        await host.RunAsync(3, After, 2);
        await host.RunAsync(4, After, 3);
        Assert.Equal(bridge, IndexOf(After));
        var shown = KernelHost.Shell($"ip addr show dev {NameOf(After)}");
        Assert.Contains("mtu 1500", shown, StringComparison.Ordinal);
        Assert.Contains(KernelHost.Text($"alias nwt:network:{After.Id}:"), KernelHost.Shell($"ip link show dev {NameOf(After)}"), StringComparison.Ordinal);
        Assert.Equal(["10.64.0.1/24", "fd64::1/64"], shown.Split('\n', StringSplitOptions.TrimEntries).Where(line => line.StartsWith("inet", StringComparison.Ordinal) && !line.Contains("scope link", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]));
        foreach (var address in (string[])["10.64.0.1", "10.64.0.3", "fd64::1", "fd64::3"]) Assert.True(KernelHost.Pings(3, address), address);
        // Another one has a bridge of its own, and the end leaves none.
        await host.Networking.EnsureNetworkAsync(Before, default);
        Assert.NotEqual(bridge, IndexOf(Before));
    }

    [KernelFact]
    public async Task One_that_somebody_has_put_something_on_is_deleted_and_comes_to_no_other_network()
    {
        (string Change, string End)[] somebodys =
        [
            ("ip link add nwport type veth peer name nwpeer && ip link set nwport master {0} up", "ip link del nwport"),
            ("tc qdisc add dev {0} root pfifo", "true"),
            ("tc qdisc add dev {0} clsact", "true"),
            ("nft 'add table netdev somebodys; add chain netdev somebodys in {{ type filter hook ingress device {0} priority 0; }}'", "nft delete table netdev somebodys"),
        ];
        foreach (var (change, end) in somebodys)
        {
            await using var host = await KernelHost.StartAsync(new StandingTime());
            try
            {
                var bridge = await LivedAsync(host, string.Format(null, change, NameOf(Before)));
                await host.RunAsync(3, After, 2);
                Assert.False(bridge == IndexOf(After), change);
                Assert.False(KernelHost.Try($"ip link show dev {Retired(bridge)}", out _), change);
                Assert.True(!KernelHost.Try("ip -o link show dev nwport", out var port) || !port.Contains("master", StringComparison.Ordinal), port);
                Assert.True(KernelHost.Pings(3, "10.64.0.1"), change);
            }
            finally
            {
                KernelHost.Try(end, out _);
            }
        }
    }

    // A network that had containers, and was removed.
    private static async Task<int> LivedAsync(KernelHost host, string? change = null)
    {
        await host.RunAsync(1, Before, 2);
        await host.RunAsync(2, Before, 3);
        Assert.True(KernelHost.Pings(1, "10.63.0.3"));
        var bridge = IndexOf(Before);
        if (change is not null) KernelHost.Shell(change);
        foreach (var number in (int[])[1, 2]) await host.Networking.DetachAsync(Some.EndpointId(number), default);
        await host.Networking.RemoveNetworkAsync(Before.Id, default);
        return bridge;
    }

    private static string NameOf(NetworkSpec network) => KernelHost.Options.Naming.Bridge(network.Id);

    private static string Retired(int bridge) => KernelHost.Options.Naming.Retired(bridge);

    private static int IndexOf(NetworkSpec network) => int.Parse(KernelHost.Shell($"ip -o link show dev {NameOf(network)}").Split(':')[0], null);
}
