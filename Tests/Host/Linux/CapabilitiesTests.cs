using NetworkCluster.Linux;
using Xunit;

namespace NetworkCluster.Tests.Host.Linux;

public sealed class CapabilitiesTests
{
    [Theory]
    [InlineData("000001ffffffffff", true)]
    [InlineData("0000000000201000", true)]
    [InlineData("0000000000001000", false)]
    [InlineData("0000000000200000", false)]
    [InlineData("0000000000000000", false)]
    public void The_kernel_can_be_programmed_with_net_admin_and_sys_admin_together(string effective, bool can) =>
        Assert.Equal(can, Capabilities.Has(Capabilities.Effective(["Name:\tx", "CapPrm:\t0000000000000000", $"CapEff:\t{effective}"]), 12, 21));

    [Fact]
    public void A_status_without_the_line_has_none() => Assert.Equal(0UL, Capabilities.Effective(["Name:\tx"]));
}
