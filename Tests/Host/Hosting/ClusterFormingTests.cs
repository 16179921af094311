using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Host.Hosting;

public sealed class ClusterFormingTests
{
    [Fact]
    public async Task A_wait_for_the_cluster_ends_with_the_system_that_the_others_have_removed()
    {
        // Nobody answers where it asks: neither a seed nor a database.
        var node = EntityKit.StartUnheard();
        Assert.False(node.Over.IsCancellationRequested);
        var waiting = node.Up.WaitAsync(node.Over);
        await node.System.Terminate();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await node.DisposeAsync();
    }
}
