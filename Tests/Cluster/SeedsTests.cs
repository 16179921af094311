using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>How hosts find each other: by a name, and by the database when those behind the name have just died.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class SeedsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [KernelFact]
    public async Task The_only_seed_comes_back_to_those_that_live_and_a_stranger_does_not()
    {
        using var hosts = new NamedHosts("10.99.0.1 first.seeds.test");
        await using var underlay = await Underlay.StartAsync("se", 3, seeds: "\"first.seeds.test:4053\"");
        await underlay.Hosts[0].Operator.DoneAsync("network", "create", ("network", "multihost"), ("driver", "overlay"));
        await AllAreMembersAsync();

        // Its last life may still count as a member; the others hear of the new one by whom it asks.
        await underlay.Hosts[0].KillAsync();
        await Eventually.IsSoAsync(Limit, async () => !(await MembersAsync(underlay.Hosts[1])).Contains("host-se1", StringComparison.Ordinal));
        await underlay.Hosts[0].StartAsync();
        await AllAreMembersAsync();
        await underlay.Hosts[0].Operator.DoneAsync("network", "inspect", ("network", "multihost"));

        // The same database, and another cluster's seeds: it waits for that one.
        await using var stranger = new HostUnderTest("sex", "machine3", "10.99.0.3:9111", "--config", Path.Combine(AppContext.BaseDirectory, "hocon", "cluster.conf"),
            "--set", "network-cluster.cluster.address=10.99.0.3", "--set", "network-cluster.cluster.port=4054", "--set", "network-cluster.cluster.seeds=[\"10.99.0.77:4053\", \"10.99.0.3:4054\"]", "--set", $"network-cluster.journal.connection-string={underlay.Journal}");
        var starting = stranger.StartAsync();
        await Eventually.IsSoAsync(Limit, () => Task.FromResult(stranger.Output.Contains("not yet a member of the cluster", StringComparison.Ordinal)));
        Assert.DoesNotContain("host-sex", await MembersAsync(underlay.Hosts[1]), StringComparison.Ordinal);
        await stranger.KillAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => starting);

        Task AllAreMembersAsync() => Eventually.IsSoAsync(Limit, async () => (await Task.WhenAll(underlay.Hosts.Select(MembersAsync))).All(members => underlay.Hosts.All(host => members.Contains(host.HostId, StringComparison.Ordinal))));
    }

    private static async Task<string> MembersAsync(HostUnderTest host) => (await host.Operator.RunAsync("cluster", "show")).Out;

    /// <summary>Names for the tests' own mount namespace.</summary>
    private sealed class NamedHosts : IDisposable
    {
        private readonly string _file = Path.GetTempFileName();

        public NamedHosts(string line)
        {
            File.WriteAllText(_file, $"{File.ReadAllText("/etc/hosts")}\n{line}\n");
            Kernel.Run("mount", "--bind", _file, "/etc/hosts");
        }

        public void Dispose()
        {
            Kernel.Run("umount", "/etc/hosts");
            File.Delete(_file);
        }
    }
}
