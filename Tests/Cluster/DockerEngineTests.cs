using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Unmodified Docker Engines, a host process beside each: real containers in the cluster's networks.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class DockerEngineTests
{
    private const string Subnet = "'{{(index .IPAM.Config 0).Subnet}}'";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20), Removed = TimeSpan.FromSeconds(40);

    [KernelFact]
    public async Task Containers_of_two_engines_meet_by_address_name_alias_and_link()
    {
        await using var scene = await DockerEngineScene.StartAsync("da");
        var (one, two, host) = (scene.Engines[0].Cli, scene.Engines[1].Cli, scene.Underlay.Hosts[0].Operator);

        // What one engine makes (as the page has it, and a container in it) is the cluster's, and in the other engine by itself, with the same subnet; and the other way round.
        Assert.Equal(2, Approved.CommandsOf("engine.md", "docker").Select(line => one.Done(line)).Count());
        await Until(() => two.Run("network inspect back").Code == 0);
        Assert.Equal(one.Done($"network inspect back -f {Subnet}"), two.Done($"network inspect back -f {Subnet}"));
        two.Refused("already exists", "network create -d network-cluster --ipam-driver network-cluster back");
        // However soon the other engine looks, by its name and not by the one that it has until then; and its labels.
        string[] many = [.. Enumerable.Range(1, 6).Select(number => $"many{number}")];
        foreach (var name in many) one.Done($"network create -d network-cluster --ipam-driver network-cluster --label who=me {name}");
        await Until(() => many.All(name => two.Run($"network inspect {name} -f '{{{{.Labels.who}}}}'").Output.Trim() == "me"));
        Assert.DoesNotContain("engine-", one.Done("network ls") + two.Done("network ls"), StringComparison.Ordinal);
        one.Done($"network rm {string.Join(' ', many)}");
        // At both at once it is one network as well.
        await Task.WhenAll(((DockerCommandLine[])[one, two]).Select(cli => Task.Run(() => cli.Run("network create -d network-cluster --ipam-driver network-cluster same"))));
        await Until(() => !(one.Done("network ls") + two.Done("network ls")).Contains("engine-", StringComparison.Ordinal) && one.Run($"network inspect same -f {Subnet}") is { Code: 0 } here && here == two.Run($"network inspect same -f {Subnet}"));
        one.Done("network rm same");
        await Until(() => two.Run("network inspect same").Code != 0);
        await host.DoneAsync("network", "create", ("network", "front"), ("driver", "overlay"), ("subnet", "10.77.0.0/24"), ("ip-range", "10.77.0.128/25"), ("aux-address", "pr=10.77.0.9"));
        await Until(() => one.Run("network inspect front").Code == 0 && two.Run("network inspect front").Code == 0);

        // Under a second name at the same engine it is the same network, and stays until the last of them goes.
        var subnet = one.Done($"network inspect back -f {Subnet}");
        two.Done($"network create -d network-cluster --ipam-driver network-cluster --subnet {subnet} again");
        two.Done("network rm again");
        two.Done("run --rm --network back busybox true");
        // What an engine that died has asked for, and never made, is in nobody's way.
        using var plugin = UnixSocketClient.To(scene.Engines[1].Plugin);
        using var asked = await plugin.PostAsync("IpamDriver.RequestPool", new StringContent($"{{\"Pool\":\"{subnet}\"}}"));
        Assert.Contains("PoolID", await asked.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        two.Done("run --rm --network back busybox true");

        // By address as soon as the engine has started it; by name when the engine has said what it is called.
        one.Done("run -d --name web1 --network back --network-alias www --network-alias 'not good' busybox sleep 1000");
        two.Done("run -d --name db1 --network back busybox sleep 1000");
        two.Done($"exec db1 ping -c1 -W2 {one.Done("inspect web1 -f '{{.NetworkSettings.Networks.back.IPAddress}}'")}");
        await Until(() => Pings(two, "db1", "web1") && Pings(two, "db1", "www") && Pings(two, "db1", "web") && Pings(one, "web1", "db1"));
        one.Done("run -d --name web2 --network front --ip 10.77.0.200 --link db1:store busybox sleep 1000");
        one.Refused("", "run --rm --network front --ip 10.77.0.200 busybox true");
        two.Done("network connect front db1");
        await Until(() => Pings(one, "web2", "db1") && Pings(one, "web2", "store"));
        // In no network with it: not by name, and not by address.
        Assert.False(Pings(one, "web2", "web1"));

        // Seen as what it is, on the engine's host, and commanded by its engine alone.
        Assert.Equal(["db1", "web", "web1"], await host.MembersAsync("back"));
        await host.RefusedAsync("is run by the Docker Engine of host host-da1", "container", "stop", ("container", "web1"));
        await host.RefusedAsync("is run by the Docker Engine of host host-da1", "container", "exec", ("container", "web1"), ("command", "true"));

        // Another name, and another alias, while it runs; what the engine alone knows is still found behind our names.
        one.Done("rename web1 site");
        await Until(() => Pings(two, "db1", "site") && !Pings(two, "db1", "web1"));
        Assert.Contains((await host.RunAsync("ipam", "addresses", ("network", "back"))).Rows, row => row.Contains("site"));
        one.Done("network create own");
        one.Done("network connect own site");
        one.Done("run -d --name neighbour --network own busybox sleep 1000");
        await Until(() => Pings(one, "site", "neighbour"));

        // Both families, picked and wished for.
        one.Done("network create -d network-cluster --ipam-driver network-cluster --ipv6 --subnet 10.61.0.0/24 --subnet fd61::/64 six");
        await Until(() => two.Run("network inspect six").Code == 0);
        one.Done("run -d --name six1 --network six busybox sleep 1000");
        two.Done("run -d --name six2 --network six --ip6 fd61::77 busybox sleep 1000");
        Assert.Equal("fd61::77", two.Done("inspect six2 -f '{{.NetworkSettings.Networks.six.GlobalIPv6Address}}'"));
        await Until(() => one.Run("exec six1 ping -6 -c1 -W1 fd61::77").Code == 0 && one.Run("exec six1 ping -6 -c1 -W1 six2").Code == 0);
        one.Done("rm -f six1");
        two.Done("rm -f six2");
        two.Done("network rm six");

        // In use it stays; when nobody uses it, it is gone everywhere.
        one.Refused("has active endpoints", "network rm back");
        one.Done("rm -f site web web2");
        Assert.False(Pings(two, "db1", "www"));
        two.Done("rm -f db1");
        Assert.Empty(await host.MembersAsync("back"));
        one.Done("network rm back");
        await Until(() => two.Run("network inspect back").Code != 0);
    }

    [KernelFact]
    public async Task What_is_wrong_is_refused_with_what_is_in_the_way()
    {
        await using var scene = await DockerEngineScene.StartAsync("dw");
        var (one, two, host) = (scene.Engines[0].Cli, scene.Engines[1].Cli, scene.Underlay.Hosts[0].Operator);
        const string Create = "network create -d network-cluster --ipam-driver network-cluster";
        one.Refused("create it with --ipam-driver, too", "network create -d network-cluster lonely");
        one.Done($"{Create} --subnet 10.60.0.0/24 first");
        await Until(() => two.Run("network inspect first").Code == 0);
        two.Refused("10.60.0.0/24", $"{Create} --subnet 10.60.0.0/25 second");
        two.Refused("has the driver overlay, and not bridge", $"{Create} -o network-cluster.driver=bridge -o network-cluster.name=first --subnet 10.60.0.0/24 third");
        two.Refused("has the gateway 10.60.0.1", $"{Create} --subnet 10.60.0.0/24 --gateway 10.60.0.77 fourth");
        two.Refused("is not internal", $"{Create} --internal --subnet 10.60.0.0/24 fifth");
        two.Refused("network-cluster.driver has to be said twice, and alike", $"{Create} -o network-cluster.driver=bridge lopsided");
        two.Refused("unknown option nonsense for addresses", $"{Create} --ipam-opt nonsense=1 unknown");
        two.Refused("unknown option no.such.option", $"{Create} -o no.such.option=1 sixth");
        one.Refused("cannot be published", "run --rm -p 8080:80 --network first busybox true");
        one.Done("run -d --name web1 --network first --ip 10.60.0.9 busybox sleep 1000");
        two.Refused("10.60.0.9", "run --rm --network first --ip 10.60.0.9 busybox true");
        // Nothing is left of any of it.
        Assert.Equal(["web1"], await MembersAsync());
        two.Done("run --rm --network first --ip 10.60.0.10 busybox true");
        await Eventually.IsSoAsync(Soon, async () => (await MembersAsync()).Count == 1);

        async Task<List<string>> MembersAsync()
        {
            await Eventually.IsSoAsync(Soon, async () => (await host.MembersAsync("first")).All(name => !name.StartsWith("engine-", StringComparison.Ordinal)));
            return await host.MembersAsync("first");
        }
    }

    [KernelFact]
    public async Task Whoever_dies_nothing_stale_is_left_and_the_same_name_runs_elsewhere_without_force()
    {
        await using var scene = await DockerEngineScene.StartAsync("dk");
        var (one, two, host) = (scene.Engines[0].Cli, scene.Engines[1].Cli, scene.Underlay.Hosts[1].Operator);
        one.Done("network create -d network-cluster --ipam-driver network-cluster multihost");
        await Until(() => two.Run("network inspect multihost").Code == 0);
        one.Done("run -d --name redis_db --network multihost busybox sleep 1000");
        one.Done("run -d --name gone --network multihost busybox sleep 1000");
        two.Done("run -d --name web --network multihost busybox sleep 1000");
        await Until(() => Pings(two, "web", "redis_db") && Pings(two, "web", "gone"));

        // Our process dies; the container goes on, and one that is removed meanwhile is out when it is back.
        await scene.Underlay.Hosts[0].KillAsync();
        var removing = Task.Run(() => one.Run("rm -f gone"));
        await scene.Underlay.Hosts[0].StartAsync();
        await removing;
        await Eventually.IsSoAsync(Removed, async () => (await host.MembersAsync("multihost")).SequenceEqual(["redis_db", "web"]));
        await Until(() => Pings(two, "web", "redis_db") && Pings(one, "redis_db", "web"));

        // The engine dies with all its containers and comes back: it knows that they are dead, and so do we.
        await scene.Engines[0].KillAsync();
        await scene.Engines[0].StartAsync();
        await Eventually.IsSoAsync(Removed, async () => (await host.MembersAsync("multihost")).SequenceEqual(["web"]));
        one.Done("start redis_db");
        await Until(() => Pings(two, "web", "redis_db"));

        // The whole host is gone for good: the same name comes up on the other engine.
        await scene.Engines[0].KillAsync();
        await scene.Underlay.PowerOffAsync(1);
        two.Done("create --name redis_db --network multihost busybox sleep 1000");
        // Until it is declared dead, its part of the cluster answers nobody, and an engine waits only so long.
        await Eventually.IsSoAsync(Removed, () => two.Run("start redis_db") is { Code: not 0 } answer ? answer.Error : "");
        await Eventually.IsSoAsync(Removed, async () => (await host.MembersAsync("multihost")).SequenceEqual(["redis_db", "web"]) && Pings(two, "web", "redis_db"));
        // No address of what is gone is left: the gateway's, and those of the two.
        await Eventually.IsSoAsync(Removed, async () => (await host.RunAsync("ipam", "addresses", ("network", "multihost"))).Rows.Length == 3);
        two.Done("rm -f web redis_db");
        two.Done("network rm multihost");
    }

    [KernelFact]
    public async Task What_is_removed_at_an_engine_while_its_host_is_down_is_removed_from_the_cluster_unless_others_use_it()
    {
        await using var scene = await DockerEngineScene.StartAsync("dn");
        var (one, two, process) = (scene.Engines[0].Cli, scene.Engines[1].Cli, scene.Underlay.Hosts[0]);
        foreach (var name in (string[])["passing", "used"]) one.Done($"network create -d network-cluster --ipam-driver network-cluster {name}");
        await Until(() => two.Run("network inspect passing used").Code == 0);
        two.Done("run -d --name web --network used busybox sleep 1000");
        await process.KillAsync();
        // The engine asks in vain for half a minute, and then goes without an answer.
        await Task.WhenAll(Task.Run(() => one.Done("network rm passing")), Task.Run(() => one.Done("network rm used")));
        await process.StartAsync();
        await Eventually.IsSoAsync(Removed, async () => (await process.Operator.RunAsync("network", "inspect", ("network", "passing"))).Refused && two.Run("network inspect passing").Code != 0);
        await Until(() => one.Run("network inspect used").Code == 0);
        Assert.NotEqual(0, one.Run("network inspect passing").Code);
        // While the host is there, too: this engine does not hear that it is refused, and has the network again.
        one.Run("network rm used");
        await Until(() => one.Run("run --rm --network used busybox ping -c1 -W2 web").Code == 0);
    }

    private static bool Pings(DockerCommandLine engine, string container, string name) => engine.Run($"exec {container} ping -c1 -W1 {name}").Code == 0;

    private static Task Until(Func<bool> isSo) => Eventually.IsSoAsync(Soon, () => Task.FromResult(isSo()));
}
