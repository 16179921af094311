using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>One process that carries the cluster and has no data plane, and two that have containers and carry nothing.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class RolesTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [KernelFact]
    public async Task Who_carries_the_cluster_needs_no_containers_and_who_has_containers_needs_to_carry_nothing()
    {
        await using var underlay = await Underlay.StartAsync("ro", 3, host => host == 1 ? "control" : "agent");
        var (control, two, three) = (underlay.Hosts[0].Operator, underlay.Hosts[1].Operator, underlay.Hosts[2].Operator);
        await control.DoneAsync("network", "create", ("network", "multihost"), ("driver", "overlay"), ("subnet", "10.44.0.0/24"));
        await two.DoneAsync("container", "run", ("name", "left"), ("detach", "true"), ("network", "multihost"));
        await three.DoneAsync("container", "run", ("name", "right"), ("detach", "true"), ("network", "multihost"));
        await two.PingsAsync("left", "right");
        Assert.Equal(["left", "right"], await control.MembersAsync("multihost"));
        Assert.Equal("host-ro2\nhost-ro3", string.Join('\n', (await control.DoneAsync("host", "ls")).Split('\n', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal)));

        // What would be on its own host is refused, and its kernel is left alone.
        foreach (var (palette, command, arguments) in ((string, string, (string, string)[])[])[("container", "run", [("name", "here"), ("detach", "true")]), ("network", "create", [("network", "local")]), ("host", "drain", [("host", "host-ro1")])])
        {
            await control.RefusedAsync("host host-ro1 carries its part of the cluster and has no data plane", palette, command, arguments);
        }

        Assert.Equal("", await control.DoneAsync("container", "ls", ("all", "true")));
        Assert.Equal("", (await control.RunAsync("network", "ls", ("quiet", "true"), ("filter", "scope=local"))).Out);
        Assert.DoesNotMatch("(?m)^ro", Underlay.On(1, "ip -br link show"));
        Assert.Matches("(?m)^ro", Underlay.On(2, "ip -br link show"));
        Assert.Equal("", Underlay.On(1, "nft list tables").Trim());

        // While nobody carries the cluster containers go on; when somebody does, everything is as it was.
        await underlay.Hosts[0].KillAsync();
        await underlay.Hosts[0].StartAsync();
        control = underlay.Hosts[0].Operator;
        await Eventually.IsSoAsync(Limit, async () => (await control.RunAsync("network", "inspect", ("network", "multihost"))) is { Done: true } answer && answer.Out.Contains("left", StringComparison.Ordinal) && answer.Out.Contains("right", StringComparison.Ordinal));
        await Eventually.IsSoAsync(Limit, async () => (await three.RunAsync("container", "exec", ("container", "right"), ("command", "ping"), ("command", "-c1"), ("command", "-W1"), ("command", "left"))).Done);

        // A host with containers dies, and who carries the cluster gives up what it had.
        await underlay.PowerOffAsync(3);
        await Eventually.IsSoAsync(Limit, async () => (await two.RunAsync("container", "run", ("name", "right"), ("detach", "true"), ("network", "multihost"))).Done);
        await two.PingsAsync("left", "right");
    }
}
