using System.Diagnostics;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>The example of a service that is no member of the cluster (docs/orchestrator), with three real hosts of which one dies.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class OrchestratorTests
{
    private const int Workers = 10;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [KernelFact]
    public async Task A_service_from_outside_places_ten_sandboxes_and_those_of_a_host_that_dies_elsewhere()
    {
        await using var underlay = await Underlay.StartAsync("or", 3);
        var one = underlay.Hosts[0].Operator;
        using var service = new Service("10.99.0.254", "worker", $"{Workers}", "10.99.0.1:4053", "10.99.0.2:4053", "10.99.0.3:4053");
        await service.SaysAsync("all are placed");
        var names = Enumerable.Range(1, Workers).Select(number => $"worker{number}").Order(StringComparer.Ordinal).ToList();
        Assert.Equal(names, (await one.MembersAsync("worker")).Order(StringComparer.Ordinal));
        // Side by side, the first three on three hosts.
        foreach (var host in (int[])[1, 2, 3]) Assert.Contains($"worker{host} is on host-or{host}", service.Said);
        await one.PingsAsync("worker1", "worker2");
        await one.PingsAsync("worker1", "worker3");

        await underlay.PowerOffAsync(3);
        await service.SaysAsync("worker3 is gone from host-or3");
        await service.SaysAsync("worker9 is gone from host-or3");
        await Eventually.IsSoAsync(Limit, async () => names.SequenceEqual((await one.MembersAsync("worker")).Order(StringComparer.Ordinal)));
        await one.PingsAsync("worker1", "worker3");

        // The service begins anew: it finds what runs.
        service.End();
        using var next = new Service("10.99.0.254", "worker", $"{Workers}", "10.99.0.1:4053", "10.99.0.2:4053");
        await next.SaysAsync("all are placed");
        Assert.DoesNotContain(next.Said, line => line.Contains(" is on ", StringComparison.Ordinal));

        // Somebody stops one: it is placed anew, too.
        await one.DoneAsync("container", "stop", ("container", "worker1"));
        await next.SaysAsync("worker1 is gone from host-or1");
        await Eventually.IsSoAsync(Limit, async () => names.SequenceEqual((await one.MembersAsync("worker")).Order(StringComparer.Ordinal)));
    }

    /// <summary>Its process, as an operator starts it.</summary>
    private sealed class Service : IDisposable
    {
        private readonly Process _process;
        private readonly List<string> _said = [];
        private readonly SemaphoreSlim _more = new(0);

        public Service(params string[] words)
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "..", "..", "Orchestrator", "release", "Akka.NetworkCluster.Orchestrator.dll"));
            foreach (var word in words) start.ArgumentList.Add(word);
            _process = Process.Start(start)!;
            _process.OutputDataReceived += (_, line) => Hear(line.Data);
            _process.ErrorDataReceived += (_, line) => Hear(line.Data);
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public IReadOnlyList<string> Said
        {
            get
            {
                lock (_said) return [.. _said];
            }
        }

        public async Task SaysAsync(string line)
        {
            var began = Stopwatch.GetTimestamp();
            while (!Said.Contains(line) && Limit - Stopwatch.GetElapsedTime(began) is var left && left > TimeSpan.Zero) await _more.WaitAsync(left);
            Assert.True(Said.Contains(line), $"it did not say '{line}', but:\n{string.Join('\n', Said)}");
        }

        public void End()
        {
            _process.Kill();
            _process.WaitForExit();
        }

        public void Dispose()
        {
            if (!_process.HasExited) End();
            _process.Dispose();
            _more.Dispose();
        }

        private void Hear(string? line)
        {
            if (line is null) return;
            lock (_said) _said.Add(line);
            _more.Release();
        }
    }
}
