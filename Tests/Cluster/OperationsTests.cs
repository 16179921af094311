using System.Net;
using System.Net.Sockets;
using NetworkCluster.Operations;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>What somebody who watches a real host is told, before it is up, while it is, and when something is amiss.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed partial class OperationsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [KernelFact]
    public async Task A_host_tells_how_it_is_and_counts_what_it_does()
    {
        await using var host = new HostUnderTest("op1", more: ["--set", "network-cluster.operations.address=127.0.0.1", "--set", "network-cluster.operations.port=18080", "--set", "network-cluster.dataplane.reconcile-every=1s"]);
        await host.StartAsync();
        using var watcher = new HttpClient { BaseAddress = new("http://127.0.0.1:18080") };
        Assert.Equal("ok\n", await watcher.GetStringAsync(OperationsServer.Live));
        Assert.Equal("ok\n", await watcher.GetStringAsync(OperationsServer.Ready));

        await host.Operator.DoneAsync("network", "create", ("network", "watched"), ("subnet", "10.41.0.0/24"));
        await host.Operator.DoneAsync("container", "run", ("name", "watched1"), ("detach", "true"), ("network", "watched"));
        await host.Operator.RefusedAsync("10.41.0.0/24", "network", "create", ("network", "other"), ("subnet", "10.41.0.0/24"));
        var told = await watcher.GetStringAsync(OperationsServer.Metrics);
        Assert.Matches("target_info[{][^}]*service_instance_id=\"host-op1\"", told);
        Told("network_cluster_containers{status=\"Running\"} 1");
        Told("network_cluster_endpoints{state=\"Attached\"} 1");
        Assert.Matches("network_cluster_pool_used{network=\"watched\",pool=\"[^\"]*10.41.0.0/24\"} 2\n", told);
        Assert.Matches("network_cluster_pool_capacity{network=\"watched\",pool=\"[^\"]*10.41.0.0/24\"} 254\n", told);
        Assert.Matches("network_cluster_pool_free{network=\"watched\",pool=\"[^\"]*10.41.0.0/24\"} 252\n", told);
        Assert.Matches("network_cluster_command_duration_seconds_count{kind=\"CreateNetwork\",outcome=\"Done\"} [1-9]", told);
        Told("network_cluster_command_duration_seconds_count{kind=\"CreateNetwork\",outcome=\"Forbidden\"} 1");
        Assert.Matches("network_cluster_journal_write_duration_seconds_count{entity=\"Network\"} [1-9]", told);
        Told("network_cluster_journal_available{} 1");
        // What has not happened yet is 0, so that its first time is a rise.
        foreach (var what in (string[])["network", "sandbox", "table", "settings", "link"]) Told($"network_cluster_drift_repairs_total{{what=\"{what}\"}} 0");
        Told("network_cluster_journal_write_failures_total{entity=\"Network\"} 0");
        Told("network_cluster_members{status=\"Up\"} 1");
        Assert.Matches("network_cluster_dns_queries_total{outcome=\"[A-Za-z]+\"} [0-9]", told);
        Assert.Matches("dotnet_[a-z_]+", told);

        void Told(string line) => Assert.Contains($"\n{line}\n", told, StringComparison.Ordinal);

        // Somebody meddles: the host puts it back and says so.
        Kernel.Run("ip", "link", "del", Kernel.Links("op1").First(link => !link.StartsWith("op1-docker", StringComparison.Ordinal)));
        await Eventually.IsSoAsync(Limit, async () =>
        {
            told = await watcher.GetStringAsync(OperationsServer.Metrics);
            return told.Split('\n').Any(line => line.StartsWith("network_cluster_drift_repairs_total{", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal)) && told.Contains("network_cluster_reconcile_duration_seconds_count{", StringComparison.Ordinal);
        });

        // What is documented, drawn and warned of is what there is.
        foreach (var page in (string[])["operations.md", "observability/dashboard.json", "observability/alerts.yml"])
        {
            var named = MetricName().Matches(await File.ReadAllTextAsync(Path.Combine(Docs(), page))).Select(match => match.Value).ToHashSet();
            Assert.NotEmpty(named);
            Assert.DoesNotContain(named, name => !told.Contains($"\n{name}{{", StringComparison.Ordinal) && !told.Contains($"\n{name}_count{{", StringComparison.Ordinal) && !OnlyWhenItHappens.Contains(name));
        }

        // Nothing else is behind that port, and nobody writes there.
        Assert.Equal(HttpStatusCode.NotFound, (await watcher.GetAsync(new Uri("palettes", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await watcher.PostAsync(new Uri("commands/network/ls", UriKind.Relative), null)).StatusCode);

        // A second host of the machine that wants the same port.
        await using var second = new HostUnderTest("op2");
        var (code, output) = await second.StartSecondAsync("--set", "network-cluster.operations.address=127.0.0.1", "--set", "network-cluster.operations.port=18080");
        Assert.Equal((2, true), (code, output.Contains("network-cluster.operations: cannot listen on 127.0.0.1:18080", StringComparison.Ordinal)));
    }

    [KernelFact]
    public async Task One_that_waits_for_its_journal_lives_and_is_not_ready()
    {
        await using var postgres = await PrivatePostgres.StartAsync(5455);
        string[] waiting = ["--config", Path.Combine(AppContext.BaseDirectory, "hocon", "cluster.conf"), "--set", "network-cluster.cluster.address=127.0.0.1", "--set", "network-cluster.cluster.port=14053",
            "--set", $"network-cluster.journal.connection-string={postgres.ConnectionString("127.0.0.1")}", "--set", "network-cluster.operations.address=127.0.0.1", "--set", "network-cluster.operations.port=18081",
            "--set", "akka.cluster.sharding.passivate-idle-entity-after=1s"];
        await using var host = new HostUnderTest("op3", more: waiting);
        using var watcher = new HttpClient { BaseAddress = new("http://127.0.0.1:18081") };
        await postgres.StopAsync();

        // Told to end meanwhile it ends.
        await using (var told = new HostUnderTest("op4", more: waiting))
        {
            var never = told.StartAsync();
            await Eventually.IsSoAsync(Limit, async () => await AskAsync(watcher, OperationsServer.Ready) is (503, var why) && why.StartsWith("the host joins its cluster", StringComparison.Ordinal));
            Assert.Equal(0, await told.TerminateAsync());
            await Assert.ThrowsAsync<InvalidOperationException>(() => never);
        }

        var starting = host.StartAsync();
        await Eventually.IsSoAsync(Limit, async () => await AskAsync(watcher, OperationsServer.Ready) is (503, var why) && why.StartsWith("the host joins its cluster, and takes over what lives of its containers\n", StringComparison.Ordinal));
        Assert.Equal((200, "ok\n"), await AskAsync(watcher, OperationsServer.Live));

        await postgres.BeginAsync();
        await starting;
        Assert.Equal((200, "ok\n"), await AskAsync(watcher, OperationsServer.Ready));

        await postgres.StopAsync();
        await Eventually.IsSoAsync(Limit, async () => await AskAsync(watcher, OperationsServer.Ready) is (503, var why) && why.StartsWith("the journal cannot be reached since ", StringComparison.Ordinal));
        Assert.Equal((200, "ok\n"), await AskAsync(watcher, OperationsServer.Live));
        Assert.Contains("network_cluster_journal_available{} 0\n", await watcher.GetStringAsync(OperationsServer.Metrics), StringComparison.Ordinal);
        await postgres.BeginAsync();
        await Eventually.IsSoAsync(Limit, async () => await AskAsync(watcher, OperationsServer.Ready) is (200, _));

        // A disk without room shows in writes alone, and it is not back because it can be read.
        await host.Operator.DoneAsync("network", "create", ("network", "kept"), ("subnet", "10.31.0.0/16"));
        await postgres.FillDiskAsync();
        var made = 0;
        await Eventually.IsSoAsync(Limit, async () => (await host.Operator.RunAsync("network", "create", ("network", $"full{made++}"))).Kind == nameof(JournalUnavailable));
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(503, (await AskAsync(watcher, OperationsServer.Ready)).Status);
            Assert.Contains("network_cluster_journal_available{} 0\n", await watcher.GetStringAsync(OperationsServer.Metrics), StringComparison.Ordinal);
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }

        // It went from memory meanwhile, and is read.
        Assert.Contains("10.31.0.0/16", (await host.Operator.InspectAsync("network", "kept")).ToString(), StringComparison.Ordinal);
        Assert.Contains("10.31.0.1", await host.Operator.DoneAsync("ipam", "addresses", ("network", "kept")), StringComparison.Ordinal);
        await postgres.FreeDiskAsync();
        await Eventually.IsSoAsync(Limit, async () => await AskAsync(watcher, OperationsServer.Ready) is (200, _));
        await Eventually.IsSoAsync(Limit, async () => (await host.Operator.RunAsync("network", "create", ("network", "after"))).Done);
    }

    // No service speaks to this host.
    private static readonly string[] OnlyWhenItHappens = ["network_cluster_service_messages_total"];

    [System.Text.RegularExpressions.GeneratedRegex("network_cluster_[a-z_]+[a-z]")]
    private static partial System.Text.RegularExpressions.Regex MetricName();

    private static string Docs([System.Runtime.CompilerServices.CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs");

    private static async Task<(int Status, string Text)> AskAsync(HttpClient watcher, string path)
    {
        try
        {
            using var answer = await watcher.GetAsync(new Uri(path, UriKind.Relative));
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException refused) when (refused.InnerException is SocketException)
        {
            return (0, "");
        }
    }
}
