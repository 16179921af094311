using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Two hosts: neither is more than half of the cluster, and each can do without the other.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class TwoHostsTests
{
    private const string BeginsAnew = "it joins again";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [KernelFact]
    public async Task Either_outlives_the_other_and_nothing_of_that_is_left()
    {
        await using var underlay = await Underlay.StartAsync("tw", 2);
        await underlay.Hosts[0].Operator.DoneAsync("network", "create", ("network", "multihost"), ("driver", "overlay"), ("subnet", "10.42.0.0/24"));
        foreach (var (dead, alive) in ((int, int)[])[(1, 2), (2, 1)])
        {
            var (dies, lives) = (underlay.Hosts[dead - 1], underlay.Hosts[alive - 1]);
            await dies.Operator.DoneAsync("container", "run", ("name", "redis_db"), ("detach", "true"), ("network", "multihost"));
            await lives.Operator.DoneAsync("container", "run", ("name", $"web{alive}"), ("detach", "true"), ("network", "multihost"));
            await lives.Operator.PingsAsync($"web{alive}", "redis_db");

            await underlay.PowerOffAsync(dead);
            await Eventually.IsSoAsync(Limit, async () => (await lives.Operator.RunAsync("container", "run", ("name", "redis_db"), ("detach", "true"), ("network", "multihost"))).Done);
            await lives.Operator.PingsAsync($"web{alive}", "redis_db");
            // It went on, and did not begin anew.
            Assert.DoesNotContain(BeginsAnew, lives.Output, StringComparison.Ordinal);

            await underlay.PowerOnAsync(dead);
            await Eventually.IsSoAsync(Limit, async () => (await dies.Operator.RunAsync("cluster", "show")).Rows.Length == 2);
            await dies.Operator.DoneAsync("container", "rm", ("container", "redis_db"));
            foreach (var container in (string[])["redis_db", $"web{alive}"]) await lives.Operator.DoneAsync("container", "rm", ("container", container), ("force", "true"));
        }

        await underlay.Hosts[1].Operator.DoneAsync("network", "rm", ("network", "multihost"));
    }

    [KernelFact]
    public async Task Of_two_that_hear_nothing_but_the_journal_one_goes_on_and_takes_the_other_back()
    {
        await using var underlay = await Underlay.StartAsync("tx", 2);
        await underlay.Hosts[0].Operator.DoneAsync("network", "create", ("network", "multihost"), ("driver", "overlay"));
        underlay.CutOff(1, bothSides: true);
        await Eventually.IsSoAsync(Limit, () => Task.FromResult(underlay.Hosts.Any(BeganAnew)));
        var goesOn = underlay.Hosts.Single(host => !BeganAnew(host));
        await Eventually.IsSoAsync(Limit, async () => (await goesOn.Operator.RunAsync("cluster", "show")).Rows.Length == 1);
        await Eventually.IsSoAsync(Limit, async () => (await goesOn.Operator.RunAsync("container", "run", ("name", "redis_db"), ("detach", "true"), ("network", "multihost"))).Done);

        Underlay.Join(1);
        await Eventually.IsSoAsync(Limit, async () => (await Task.WhenAll(underlay.Hosts.Select(host => host.Operator.RunAsync("cluster", "show")))).All(answer => answer.Done && answer.Rows.Length == 2));
        Assert.False(BeganAnew(goesOn));
        foreach (var host in underlay.Hosts) Assert.Equal(["redis_db"], await host.Operator.MembersAsync("multihost"));

        static bool BeganAnew(HostUnderTest host) => host.Output.Contains(BeginsAnew, StringComparison.Ordinal);
    }
}
