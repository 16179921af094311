using System.Diagnostics;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Real processes on three hosts, one network between them: names and pings across, and what is left when one dies.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class OverlayAcrossHostsTests
{
    private static readonly TimeSpan Removed = TimeSpan.FromSeconds(30);

    [KernelFact]
    public async Task Containers_of_three_hosts_meet_by_name_and_a_host_that_dies_leaves_nothing_behind()
    {
        await using var underlay = await Underlay.StartAsync("ov", 3);
        var (one, two, three) = (underlay.Hosts[0].Operator, underlay.Hosts[1].Operator, underlay.Hosts[2].Operator);
        await one.DoneAsync("network", "create", ("network", "multihost"), ("driver", "overlay"), ("subnet", "10.42.0.0/24"));
        Assert.Single((await two.RunAsync("network", "ls", ("filter", "name=multihost"), ("filter", "scope=global"), ("quiet", "true"))).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        // When the answer comes, everybody reaches it.
        await one.DoneAsync("container", "run", ("name", "redis_db"), ("detach", "true"), ("network", "multihost"));
        await two.DoneAsync("container", "run", ("name", "web"), ("detach", "true"), ("network", "multihost"), ("network-alias", "front"), ("link", "redis_db:db"));
        await one.PingsAsync("redis_db", "web");
        await two.PingsAsync("web", "redis_db");
        await two.PingsAsync("web", "db");
        await three.DoneAsync("container", "run", ("name", "third"), ("detach", "true"), ("network", "multihost"), ("network-alias", "front"));
        await one.PingsAsync("redis_db", "third");
        await two.PingsAsync("web", "third");
        await three.PingsAsync("third", "redis_db");
        Assert.Equal(["redis_db", "third", "web"], await three.MembersAsync("multihost"));

        // A name is one endpoint's in the whole network, and the refusal says where that is.
        var taken = await two.RunAsync("container", "run", ("name", "redis_db"), ("detach", "true"), ("network", "multihost"));
        Assert.True(taken.Refused);
        Assert.Contains("endpoint with name redis_db already exists in network multihost (on host host-ov1)", taken.Error, StringComparison.Ordinal);
        await two.RunAsync("container", "rm", ("container", "redis_db"), ("force", "true"));
        Assert.Contains("redis_db", (await three.RunAsync("network", "rm", ("network", "multihost"))).Error, StringComparison.Ordinal);

        // Another name is everywhere at once, or nowhere: one that a container of another host has is not to be had.
        await two.RefusedAsync("endpoint with name redis_db already exists in network multihost (on host host-ov1)", "container", "rename", ("container", "web"), ("name", "redis_db"));
        await one.PingsAsync("redis_db", "web");
        await two.DoneAsync("container", "rename", ("container", "web"), ("name", "site"));
        await one.PingsAsync("redis_db", "site");
        Assert.False((await three.RunAsync("container", "exec", ("container", "third"), ("command", "ping"), ("command", "-c1"), ("command", "-W1"), ("command", "web"))).Done);
        await two.DoneAsync("container", "rename", ("container", "site"), ("name", "web"));

        // Changed on one host it is changed on all, under the containers' feet: a name, and a further subnet with a way between both.
        await three.DoneAsync("network", "update", ("network", "multihost"), ("name", "renamed"), ("mtu", "1300"));
        await one.PingsAsync("redis_db", "web.renamed");
        await UntilAsync(async () => (await two.RunAsync("container", "exec", ("container", "web"), ("command", "ip"), ("command", "link"))).Out.Contains("mtu 1300", StringComparison.Ordinal));
        await one.DoneAsync("network", "update", ("network", "renamed"), ("name", "multihost"), ("subnet", "10.43.0.0/24"), ("opt-rm", "com.docker.network.driver.mtu"));
        await two.DoneAsync("container", "run", ("name", "apart"), ("detach", "true"), ("network", "multihost"), ("ip", "10.43.0.9"));
        await one.PingsAsync("redis_db", "apart");
        await two.PingsAsync("apart", "third");
        await two.DoneAsync("container", "rm", ("container", "apart"), ("force", "true"));

        // The guide's story: the host dies with its machine, and the same name comes up elsewhere without any force.
        var address = await AddressAsync(three, "redis_db");
        var since = Stopwatch.GetTimestamp();
        await underlay.PowerOffAsync(1);
        await UntilAsync(async () => (await two.RunAsync("container", "run", ("name", "redis_db"), ("detach", "true"), ("network", "multihost"), ("ip", address))).Done);
        Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(15), $"the name was free after {Stopwatch.GetElapsedTime(since)}");
        await three.PingsAsync("third", "redis_db");
        await two.PingsAsync("web", "db");
        Assert.DoesNotContain("10.99.0.1 ", Underlay.On(3, "bridge fdb show"), StringComparison.Ordinal);

        // It comes back with an empty kernel, and brings nothing back to life.
        await underlay.PowerOnAsync(1);
        Assert.Equal(["redis_db", "third", "web"], await underlay.Hosts[0].Operator.MembersAsync("multihost"));
        await three.PingsAsync("third", "redis_db");
        Assert.Equal("exited", (await underlay.Hosts[0].Operator.InspectAsync("container", "redis_db"))[0].GetProperty("State").GetProperty("Status").GetString());

        // A process that is killed alone and started again takes nothing from anybody.
        // (What it carried of the cluster's entities is asked for again until it is found elsewhere; packets and names are not.)
        var web = (await two.InspectAsync("container", "web"))[0].GetProperty("Id").GetString()!;
        await underlay.Hosts[2].KillAsync();
        Reaches(underlay.Hosts[1], web, "third");
        await underlay.Hosts[2].StartAsync();
        Reaches(underlay.Hosts[1], web, "third");
        await UntilAsync(async () => (await underlay.Hosts[2].Operator.RunAsync("container", "exec", ("container", "third"), ("command", "ping"), ("command", "-c1"), ("command", "-W1"), ("command", "redis_db"))).Done);

        // Taken out of service from another host: what runs there is stopped, and nothing starts there, whoever asks and however often its process starts, until it is let in again.
        await one.DoneAsync("host", "drain", ("host", "host-ov3"), ("time", "0"));
        Assert.Equal(["redis_db", "web"], await one.MembersAsync("multihost"));
        Assert.Equal("drained", (await two.InspectAsync("host", "host-ov3"))[0].GetProperty("Status").GetString());
        await underlay.Hosts[2].KillAsync();
        await underlay.Hosts[2].StartAsync();
        var drained = underlay.Hosts[2].Operator;
        await drained.RefusedAsync("host host-ov3 takes no containers", "container", "start", ("container", "third"));
        await drained.RefusedAsync("host host-ov3 takes no containers", "container", "run", ("name", "fourth"), ("detach", "true"));
        await two.DoneAsync("host", "activate", ("host", "host-ov3"));
        await UntilAsync(async () => (await drained.RunAsync("container", "start", ("container", "third"))).Done);
        await two.PingsAsync("web", "third");

        // Nobody is left in it, so nothing of it is left.
        foreach (var (host, name) in ((Operator, string)[])[(two, "redis_db"), (two, "web"), (underlay.Hosts[2].Operator, "third")])
        {
            await UntilAsync(async () => await host.RunAsync("container", "rm", ("container", name), ("force", "true")) is { Done: true } or { Kind: "ContainerNotFound" });
        }

        await two.DoneAsync("network", "rm", ("network", "multihost"));
        foreach (var host in (int[])[2, 3]) await UntilAsync(() => Task.FromResult(!Underlay.On(host, "ip -d link show").Contains("vxlan", StringComparison.Ordinal)));
    }

    // Without the cluster: in the sandbox, through its resolver.
    private static void Reaches(HostUnderTest host, string container, string name)
    {
        var answer = Kernel.Run("ip", "netns", "exec", $"{host.Prefix}-{container[..12]}", "ping", "-c1", "-W1", name);
        Assert.True(answer.Contains("1 received", StringComparison.Ordinal), $"{answer}\n{host.Output}");
    }

    private static async Task<string> AddressAsync(Operator host, string container) =>
        (await host.InspectAsync("network", "multihost"))[0].GetProperty("Containers").EnumerateObject().Select(member => member.Value).Single(member => member.GetProperty("Name").GetString() == container)
            .GetProperty("IPv4Address").GetString()!.Split('/')[0];

    private static Task UntilAsync(Func<Task<bool>> so) => Eventually.IsSoAsync(Removed, so);
}
