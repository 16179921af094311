using System.Diagnostics;
using NetworkCluster.Agents;
using NetworkCluster.Containers;
using NetworkCluster.Drivers;
using NetworkCluster.Endpoints;
using NetworkCluster.Linux;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Kernel;

[Trait("Category", "Kernel")]
[Collection(nameof(KernelHost))]
public sealed class LifeTests
{
    private static readonly NetworkSpec One = Some.Network(1, ["10.61.0.0/24", "fd61::/64"]);
    private static readonly NetworkSpec Two = Some.Network(2, ["10.62.0.0/24"]);

    [KernelFact]
    public async Task A_container_in_the_hosts_own_namespace_is_found_by_the_next_life_until_it_is_stopped_or_nobody_wants_it()
    {
        await using var host = await KernelHost.StartAsync();
        foreach (var number in (int[])[1, 2]) await host.Networking.StartSandboxAsync(Some.Container(number) with { Mode = SandboxMode.Host }, default);
        await host.LiveAgainAsync();
        Assert.Equal([Some.ContainerId(1), Some.ContainerId(2)], host.Found.Sandboxes.OrderBy(id => id.ToString(), StringComparer.Ordinal));
        await host.Networking.StartSandboxAsync(Some.Container(1) with { Mode = SandboxMode.Host }, default);
        await host.Networking.StopSandboxAsync(Some.ContainerId(2), default);
        await host.LiveAgainAsync();
        Assert.Equal([Some.ContainerId(1)], host.Found.Sandboxes);
        // One that this life took over, stopped and started again.
        await host.Networking.StopSandboxAsync(Some.ContainerId(1), default);
        await host.Networking.StartSandboxAsync(Some.Container(1) with { Mode = SandboxMode.Host }, default);
        await host.LiveAgainAsync();
        Assert.Equal([Some.ContainerId(1)], host.Found.Sandboxes);
        await host.Networking.SweepAsync(new HashSet<NetworkId>(), new HashSet<ContainerId>(), new HashSet<EndpointId>(), default);
        await host.LiveAgainAsync();
        Assert.Empty(host.Found.Sandboxes);
    }

    [KernelFact]
    public async Task A_pair_that_was_lent_to_an_engine_counts_as_long_as_its_other_end_is_elsewhere()
    {
        await using var host = await KernelHost.StartAsync();
        await host.Networking.EnsureNetworkAsync(One, default);
        var endpoint = Some.Endpoint(1, One, 2, 1);
        endpoint = endpoint with { Spec = endpoint.Spec with { Lent = true } };
        await host.Networking.AttachAsync(One, endpoint, default);
        var lent = KernelHost.Options.Naming.LentLink(Some.EndpointId(1));
        KernelHost.Shell("ip netns add engine");
        try
        {
            KernelHost.Shell($"ip link set {lent} netns engine");
            await host.LiveAgainAsync();
            Assert.Equal([Some.EndpointId(1)], host.Found.Endpoints);
            // The engine's sandbox has ended, and nobody was there to hear it.
            KernelHost.Shell($"ip -n engine link set {lent} netns {Environment.ProcessId}");
            await host.LiveAgainAsync();
            Assert.Empty(host.Found.Endpoints);
        }
        finally
        {
            KernelHost.Shell("ip netns del engine");
        }
    }

    [KernelFact]
    public async Task A_killed_process_leaves_containers_connected_and_the_next_life_adopts_them()
    {
        await using var host = await KernelHost.StartAsync();
        var first = await host.RunAsync(1, One, 2);
        await host.RunAsync(2, One, 3);
        var second = await host.RunAsync(1, Two, 2, endpoint: 12);
        await host.LiveAgainAsync();

        Assert.True(KernelHost.Pings(1, "10.61.0.3"));
        Assert.False(KernelHost.Pings(2, "10.62.0.2"));
        Assert.Equal([Some.ContainerId(1), Some.ContainerId(2)], host.Found.Sandboxes.OrderBy(s => s.ToString()));
        Assert.Equal([Some.EndpointId(1), Some.EndpointId(2), Some.EndpointId(12)], host.Found.Endpoints.OrderBy(s => s.ToString()));

        // Link-local addresses are the kernel's: tentative in the first second.
        var before = KernelHost.In(1, "ip -o addr | grep -v fe80");
        await host.Networking.StartSandboxAsync(Some.Container(1), default);
        await host.Networking.AttachAsync(Two, second, default);
        await host.Networking.AttachAsync(One, first, default);
        Assert.Equal(before, KernelHost.In(1, "ip -o addr | grep -v fe80"));
        Assert.Contains("default via 10.61.0.1 dev eth0", KernelHost.In(1, "ip route"));

        var swept = await host.Networking.SweepAsync(new HashSet<NetworkId>(), new HashSet<ContainerId>(), new HashSet<EndpointId>(), default);
        Assert.Equal(new SweepResult(1, 1), swept);
        Assert.True(KernelHost.Pings(1, "10.61.0.1"));
    }

    [KernelFact]
    public async Task Attaching_again_repairs_what_somebody_deleted()
    {
        await using var host = await KernelHost.StartAsync();
        var endpoint = await host.RunAsync(1, One, 2);
        await host.RunAsync(2, One, 3);

        KernelHost.Shell($"ip link del {KernelHost.Options.Naming.HostLink(endpoint.Id)}");
        Assert.False(KernelHost.Pings(1, "10.61.0.3"));
        await host.Networking.AttachAsync(One, endpoint, default);
        Assert.True(KernelHost.Pings(1, "10.61.0.3"));
        Assert.True(KernelHost.Pings(1, "fd61::3"));

        KernelHost.In(1, "ip addr flush dev eth0");
        await host.Networking.AttachAsync(One, endpoint, default);
        Assert.True(KernelHost.Pings(1, "10.61.0.3"));
        Assert.Contains("default via 10.61.0.1", KernelHost.In(1, "ip route"));
    }

    [KernelFact]
    public async Task Reconciling_repairs_bridge_rules_sandbox_and_links_at_once()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        await host.RunAsync(1, One, 2);
        await host.RunAsync(2, One, 3);
        await host.RunAsync(3, Two, 2);

        KernelHost.Shell($"ip link del {KernelHost.Options.Naming.Bridge(One.Id)}");
        KernelHost.Shell("nft flush ruleset");
        KernelHost.Shell($"ip netns del {KernelHost.Sandbox(2)}");
        await host.Networking.ReconcileAsync(default);

        Assert.True(KernelHost.Pings(1, "10.61.0.3"));
        Assert.True(KernelHost.Pings(2, Outside.Address));
        Assert.False(KernelHost.Pings(3, "10.61.0.3"));
    }

    [KernelFact]
    public async Task A_sweep_leaves_foreign_links_rules_and_namespaces_alone()
    {
        await using var host = await KernelHost.StartAsync();
        await host.RunAsync(1, One, 2);
        KernelHost.Shell("ip netns add nwt-operator && ip link add nwt-br0 type bridge && ip link add nwvfake type veth peer name eth0 netns nwt-operator");
        KernelHost.Shell("ip link add nwvaaaaaaaaaaa type veth peer name eth1 netns nwt-operator && ip link set nwt-br0 alias 'nwc:network:x' && nft add table inet operator");
        try
        {
            await host.LiveAgainAsync();
            var swept = await host.Networking.SweepAsync(new HashSet<NetworkId>(), new HashSet<ContainerId>(), new HashSet<EndpointId>(), default);

            Assert.Equal(new SweepResult(2, 1), swept);
            Assert.Equal(1, KernelHost.CountLinks("nwt-"));
            Assert.Equal(2, KernelHost.CountLinks("nwv"));
            Assert.Contains("operator", KernelHost.Shell("nft list tables"));
            Assert.Contains("nwt-operator", KernelHost.Shell("ip netns list"));
        }
        finally
        {
            KernelHost.Shell("ip link del nwt-br0; ip netns del nwt-operator; nft delete table inet operator");
        }
    }

    [KernelFact]
    public async Task A_foreign_bridge_of_the_wanted_name_is_refused_by_name_and_not_touched()
    {
        await using var host = await KernelHost.StartAsync();
        KernelHost.Shell("ip link add mybridge type bridge");
        try
        {
            var before = KernelHost.Shell("ip -d link show mybridge");
            var network = Some.Network(1, ["10.61.0.0/24"], (BridgeDriver.BridgeName, "mybridge"));
            var fault = await Assert.ThrowsAsync<LinkNameTakenException>(() => host.Networking.EnsureNetworkAsync(network, default));
            Assert.Contains("mybridge", fault.Cause);
            await host.Networking.RemoveNetworkAsync(network.Id, default);
            Assert.Equal(before, KernelHost.Shell("ip -d link show mybridge"));
        }
        finally
        {
            KernelHost.Shell("ip link del mybridge");
        }
    }

    [KernelFact]
    public async Task A_failed_attach_undoes_itself_and_says_what_the_kernel_said()
    {
        await using var host = await KernelHost.StartAsync();
        await host.RunAsync(1, Two, 2);
        await host.Networking.EnsureNetworkAsync(One, default);
        var multicast = Some.Endpoint(2, One, 2, container: 1) with { Mac = NetworkCluster.Addressing.MacAddress.Parse("01:00:5e:00:00:01") };

        var fault = await Assert.ThrowsAsync<DataplaneException>(() => host.Networking.AttachAsync(One, multicast, default));

        Assert.Contains("ip link add nwv", fault.Operation);
        Assert.Contains("errno", fault.Cause);
        Assert.DoesNotContain("eth1", KernelHost.In(1, "ip link"));
        Assert.Equal(1, KernelHost.CountLinks("nwv"));
        await host.Networking.AttachAsync(One, Some.Endpoint(2, One, 2, container: 1), default);
        Assert.Contains("10.61.0.2", KernelHost.In(1, "ip addr show eth1"));
    }

    [KernelFact]
    public async Task The_default_route_passes_on_when_its_endpoint_goes_and_names_are_used_again()
    {
        await using var host = await KernelHost.StartAsync();
        var first = await host.RunAsync(1, One, 2);
        await host.RunAsync(1, Two, 2, endpoint: 12);
        Assert.Contains("default via 10.61.0.1 dev eth0", KernelHost.In(1, "ip route"));

        await host.Networking.DetachAsync(first.Id, default);
        Assert.Contains("default via 10.62.0.1 dev eth1", KernelHost.In(1, "ip route"));
        Assert.DoesNotContain("10.61.0.2", KernelHost.In(1, "ip addr"));
        Assert.Contains("10.62.0.2", File.ReadAllText($"/etc/netns/{KernelHost.Sandbox(1)}/hosts"));
        Assert.DoesNotContain("10.61.0.2", File.ReadAllText($"/etc/netns/{KernelHost.Sandbox(1)}/hosts"));

        await host.RunAsync(2, One, 2, endpoint: 22);
        await host.Networking.AttachAsync(One, Some.Endpoint(1, One, 3), default);
        Assert.Contains("10.61.0.3", KernelHost.In(1, "ip addr show eth0"));
        Assert.Contains("default via 10.62.0.1 dev eth1", KernelHost.In(1, "ip route"));
        Assert.True(KernelHost.Pings(1, "10.61.0.2"));
    }

    [KernelFact]
    public async Task Stopping_a_sandbox_ends_what_lives_in_it_and_nothing_is_left()
    {
        await using var host = await KernelHost.StartAsync();
        await host.RunAsync(1, One, 2);
        using var living = Process.Start(new ProcessStartInfo("nsenter", [$"--net=/run/netns/{KernelHost.Sandbox(1)}", "sh", "-c", "echo inside; exec sleep 1000"]) { RedirectStandardOutput = true })!;
        Assert.Equal("inside", living.StandardOutput.ReadLine());

        await host.Networking.StopSandboxAsync(Some.ContainerId(1), default);

        living.WaitForExit();
        Assert.Equal(128 + 9, living.ExitCode);
        Assert.False(File.Exists($"/run/netns/{KernelHost.Sandbox(1)}"));
        Assert.False(Directory.Exists($"/etc/netns/{KernelHost.Sandbox(1)}"));
        await host.Networking.DisposeAsync();
        Assert.Equal(0, KernelHost.CountLinks("nwv") + KernelHost.CountLinks("nwx"));
        await host.LiveAgainAsync();
        Assert.Empty(host.Found.Sandboxes);
    }

    [KernelFact]
    public async Task A_plain_file_that_a_reboot_left_is_no_sandbox_and_is_cleaned()
    {
        File.WriteAllText($"/run/netns/{KernelHost.Sandbox(7)}", "");
        await using var host = await KernelHost.StartAsync();
        Assert.Empty(host.Found.Sandboxes);
        Assert.False(File.Exists($"/run/netns/{KernelHost.Sandbox(7)}"));
    }

    [KernelFact]
    public async Task Two_hundred_attached_and_detached_side_by_side_leave_no_link_and_no_thread_astray()
    {
        await using var host = await KernelHost.StartAsync();
        await host.Networking.EnsureNetworkAsync(One, default);
        await Parallel.ForEachAsync(Enumerable.Range(1, 200), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (n, cancel) =>
        {
            var container = 1000 + (n % 20);
            await host.Networking.StartSandboxAsync(Some.Container(container), cancel);
            var endpoint = Some.Endpoint(n, One, n + 1, container);
            await host.Networking.AttachAsync(One, endpoint, cancel);
            await host.Networking.DetachAsync(endpoint.Id, cancel);
        });

        await host.Networking.DisposeAsync();
        Assert.Equal(0, KernelHost.CountLinks("nwv") + KernelHost.CountLinks("nwx"));
        Assert.DoesNotContain("eth", KernelHost.In(1000, "ip -o link | grep -v lo: || true"));
        Assert.Empty(NetworkNamespace.StrayThreads());
        await host.LiveAgainAsync();
    }

    [KernelFact]
    public async Task Host_routes_are_those_that_are_not_ours()
    {
        await using var host = await KernelHost.StartAsync();
        await using var outside = Outside.Make();
        await host.RunAsync(1, One, 2);
        KernelHost.Shell("ip route add default via 192.0.2.2 && ip route add 10.98.0.0/16 via 192.0.2.2");
        // Other tests' links have routes as well, while those run.
        var routes = (await host.Networking.HostRoutesAsync(default)).Select(route => route.ToString()).ToList();
        Assert.Equal(["10.98.0.0/16", "192.0.2.0/24", "2001:db8::/64"], routes.Intersect(["10.98.0.0/16", "192.0.2.0/24", "2001:db8::/64", "0.0.0.0/0", One.Pools[0].Id.Subnet.ToString()]));
    }
}
