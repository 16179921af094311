using NetworkCluster.Hosting;
using Xunit;

namespace NetworkCluster.Tests.Host.Hosting;

public sealed class IdleMemoryTests
{
    [Theory]
    [InlineData(7, 300, true)]
    [InlineData(7, 16, true)]
    [InlineData(7, 7, false)]
    [InlineData(13, 300, false)]
    public void It_is_given_back_by_a_host_that_rests_and_has_some(int lastMinute, int sinceTrim, bool due) =>
        Assert.Equal(due, IdleMemory.IsDue((long)lastMinute << 20, (long)sinceTrim << 20));
}
