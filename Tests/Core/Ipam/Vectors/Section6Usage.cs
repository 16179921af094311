using NetworkCluster.Ipam;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam.Vectors;

/// <summary>Section 6: how full a pool is, step by step.</summary>
public sealed class Section6Usage
{
    [Theory]
    [InlineData("192.168.0.0/24", "192.168.0.64/31", "192.168.0.1", "192.168.0.65 192.168.0.128", "192.168.0.129", 5, 1)]
    [InlineData("2001:db8:abcd::/64", "2001:db8:abcd::/120", "2001:db8:abcd::1", "2001:db8:abcd::2a 2001:db8:abcd::8000", "2001:db8:abcd::9000", 4, 253)]
    public void In_use_and_still_to_be_picked(string subnet, string range, string gateway, string aux, string outOfRange, int inUse, int free)
    {
        var pool = new PoolRun(subnet, range, gateway, aux.Split(' '));
        Is("created", inUse, free);
        Assert.NotNull(pool.Ask(1));
        Is("+1 dynamic container", inUse + 1, free - 1);
        pool.Gives(2, outOfRange, outOfRange);
        Is("+1 static out of range", inUse + 2, free - 1);
        pool.Release(1).Release(2);
        Is("both removed", inUse, free);

        void Is(string step, int used, int left) => Assert.True(new PoolUsage((UInt128)used, (UInt128)left) == pool.Usage, $"{step}: {pool.Usage}");
    }

    [Fact]
    public void A_large_pool_is_counted_exactly()
    {
        // Docker's counter ends at 2^64-1.
        var pool = new PoolRun("2001:db8:abcd::/56", gateway: "2001:db8:abcd::1");
        Assert.Equal(new PoolUsage(2, (UInt128.One << 72) - 2), pool.Usage);
    }
}
