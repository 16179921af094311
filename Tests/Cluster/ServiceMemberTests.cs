using System.Diagnostics;
using Akka.Configuration;
using NetworkCluster.Services;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>A service that is a member of the cluster and none of its hosts: a process of its own beside two real hosts.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class ServiceMemberTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [KernelFact]
    public async Task A_member_that_is_no_host_drives_the_cluster_and_its_death_disturbs_nobody()
    {
        await using var underlay = await Underlay.StartAsync("mb", 2);
        var (one, two) = (underlay.Hosts[0].Operator, underlay.Hosts[1].Operator);
        using var service = new Spoken(Path.Combine(AppContext.BaseDirectory, "Akka.NetworkCluster.Tests.dll"), "member", "10.99.0.254", "host-mb1", "10.99.0.1:4053", "10.99.0.2:4053");
        foreach (var line in (string[])["is a member", "network bills", "connected", "refused ContainerNotFound", "is not taken for a host", "sees 1"]) await service.SaysAsync(line, Limit);

        // Said twice, done once.
        var history = await one.DoneAsync("network", "history", ("network", "bills"));
        Assert.Equal(2, history.Split('\n').Length); // made, and one endpoint that came
        Assert.Equal(["biller"], await two.MembersAsync("bills"));

        // It is told what somebody else does.
        await two.DoneAsync("container", "run", ("name", "other"), ("network", "bills"), ("detach", "true"));
        await service.SaysAsync("hears of other", Limit);
        await one.PingsAsync("biller", "other");

        // It is a member and no host.
        Assert.Equal(["host-mb1", "host-mb2"], (await one.DoneAsync("host", "ls")).Split('\n').Order(StringComparer.Ordinal));
        Assert.Equal(3, (await one.RunAsync("cluster", "show")).Rows.Length);
        var before = (await one.InspectAsync("host", "host-mb1", "host-mb2")).GetRawText();

        service.Kill();
        await Eventually.IsSoAsync(Limit, async () => (await one.RunAsync("cluster", "show")).Rows.Length == 2 && (await two.RunAsync("cluster", "show")).Rows.Length == 2);
        Assert.Equal(before, (await two.InspectAsync("host", "host-mb1", "host-mb2")).GetRawText());
        Assert.Equal(["biller", "other"], await two.MembersAsync("bills"));
        await one.PingsAsync("biller", "other");
        await two.DoneAsync("network", "disconnect", ("network", "bills"), ("container", "other"));
        Assert.All(underlay.Hosts, host => Assert.True(host.Lives));
    }

    [Fact]
    public void A_member_waits_for_nobody_longer_than_hosts_do()
    {
        var hosts = ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "cluster.conf")))
            .WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "akka.conf"))));
        foreach (var setting in (string[])["failure-detector.heartbeat-interval", "failure-detector.acceptable-heartbeat-pause", "failure-detector.expected-response-after", "failure-detector.min-std-deviation", "retry-unsuccessful-join-after",
            "unreachable-nodes-reaper-interval", "gossip-interval", "leader-actions-interval", "down-removal-margin", "downing-provider-class", "split-brain-resolver.active-strategy", "split-brain-resolver.lease-majority.role", "split-brain-resolver.lease-majority.lease-implementation", "split-brain-resolver.lease-majority.acquire-lease-delay-for-minority",
            "split-brain-resolver.stable-after", "sharding.state-store-mode", "sharding.retry-interval"])
            Assert.Equal(hosts.GetString($"akka.cluster.{setting}"), ServiceMember.Config.GetString($"akka.cluster.{setting}"));
    }

    /// <summary>A process, and what it has said.</summary>
    private sealed class Spoken : IDisposable
    {
        private readonly Process _process;
        private readonly List<string> _said = [];

        public Spoken(params string[] words)
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var word in words) start.ArgumentList.Add(word);
            _process = Process.Start(start)!;
            _process.OutputDataReceived += (_, line) => Hear(line.Data);
            _process.ErrorDataReceived += (_, line) => Hear(line.Data);
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public async Task SaysAsync(string line, TimeSpan limit)
        {
            try
            {
                await Eventually.IsSoAsync(limit, () => Task.FromResult(Said.Contains(line)));
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"it did not say '{line}', but:\n{string.Join('\n', Said)}");
            }
        }

        /// <summary>kill -9.</summary>
        public void Kill()
        {
            _process.Kill();
            _process.WaitForExit();
        }

        public void Dispose()
        {
            if (!_process.HasExited) Kill();
            _process.Dispose();
        }

        private string[] Said
        {
            get
            {
                lock (_said) return [.. _said];
            }
        }

        private void Hear(string? line)
        {
            lock (_said) _said.Add(line ?? "");
        }
    }
}
