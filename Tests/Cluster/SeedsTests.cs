using NetworkCluster.Tests.Support;
using Npgsql;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>How hosts find each other: by a name, and by the database when those behind the name have just died; and who is no part of them.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class SeedsTests
{
    private const string First = "\"10.99.0.1:4053\"";
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
        await using var stranger = NewHost("sex", 3, 4054, "\"10.99.0.77:4053\", \"10.99.0.3:4054\"", underlay.Journal);
        var starting = stranger.StartAsync();
        await Eventually.IsSoAsync(Limit, () => Task.FromResult(stranger.Output.Contains("not yet a member of the cluster", StringComparison.Ordinal)));
        Assert.DoesNotContain("host-sex", await MembersAsync(underlay.Hosts[1]), StringComparison.Ordinal);
        await stranger.KillAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => starting);

        Task AllAreMembersAsync() => Eventually.IsSoAsync(Limit, async () => (await Task.WhenAll(underlay.Hosts.Select(MembersAsync))).All(members => underlay.Hosts.All(host => members.Contains(host.HostId, StringComparison.Ordinal))));
    }

    [KernelFact]
    public async Task A_host_with_another_database_or_none_carries_nothing_of_the_others()
    {
        await using var underlay = await Underlay.StartAsync("sd", 2);
        await using (var connection = new NpgsqlConnection($"{underlay.Journal};Pooling=false"))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("CREATE DATABASE other", connection);
            await command.ExecuteNonQueryAsync();
        }

        var one = underlay.Hosts[0];
        // It comes to the cluster, and until it has found that it is wrong there, what is made must not be its.
        await using var wrong = NewHost("sdx", 2, 4054, First, underlay.Journal.Replace("Database=postgres", "Database=other", StringComparison.Ordinal));
        var ended = wrong.StartSecondAsync();
        await Eventually.IsSoAsync(Limit, async () => (await MembersAsync(one)).Contains("host-sdx", StringComparison.Ordinal));
        for (var network = 0; network < 12; network++) await one.Operator.DoneAsync("network", "create", ("network", $"net{network}"), ("driver", "overlay"));
        var (code, said) = await ended;
        Assert.Equal(2, code);
        Assert.Contains("network-cluster.journal.connection-string: the cluster at 10.99.0.1:4053", said, StringComparison.Ordinal);
        Assert.Contains("works on another database", said, StringComparison.Ordinal);
        for (var network = 0; network < 12; network++) await one.Operator.DoneAsync("network", "inspect", ("network", $"net{network}"));

        // Nobody answers at that port: it waits outside.
        await using var without = NewHost("sdy", 2, 4055, First, underlay.Journal.Replace("Port=5455", "Port=5456", StringComparison.Ordinal));
        var starting = without.StartAsync();
        await Eventually.IsSoAsync(Limit, () => Task.FromResult(without.Output.Contains("not yet a member of the cluster", StringComparison.Ordinal)));
        Assert.Contains("the database cannot be asked", without.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("host-sdy", await MembersAsync(one), StringComparison.Ordinal);
        await without.KillAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => starting);
    }

    // Beside the underlay's own, on one of its machines.
    private static HostUnderTest NewHost(string prefix, int machine, int port, string seeds, string journal) => new(prefix, Underlay.NamespaceOf(machine), $"{Underlay.AddressOf(machine)}:{port + 5057}", "--config", Path.Combine(AppContext.BaseDirectory, "hocon", "cluster.conf"),
        "--set", $"network-cluster.cluster.address={Underlay.AddressOf(machine)}", "--set", $"network-cluster.cluster.port={port}", "--set", $"network-cluster.cluster.seeds=[{seeds}]", "--set", $"network-cluster.journal.connection-string={journal}");

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
