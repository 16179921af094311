using NetworkCluster.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace NetworkCluster.Tests.Cluster.FaultDriver;

/// <summary>A short run of the fault driver, with a seed of its own each day: <c>./faults.sh --seed</c> repeats what it chose, and <c>--minutes</c> goes on for longer.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class FaultTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(60);

    [KernelFact]
    public Task What_was_answered_is_so_whatever_happens_to_hosts_and_journal() =>
        new FaultRun(3, Seed.Or(TimeProvider.System.GetUtcNow().DayOfYear), output.WriteLine).RunAsync(Time);
}
