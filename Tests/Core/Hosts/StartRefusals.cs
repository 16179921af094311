using NetworkCluster.Containers;
using NetworkCluster.Hosts;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Hosts;

internal static class StartRefusals
{
    /// <summary>A start that is refused before anything is done: the reason is noted with the container, and nothing else happens.</summary>
    public static TReason RefusesStart<TReason>(this Scenario<HostState> host) where TReason : Rejection
    {
        var reason = Assert.IsType<TReason>(host.Replies<Rejected>().Reason);
        Assert.Equal(new StartFailure(reason.Text, StartFailure.OtherReason), Assert.IsType<ContainerStopped>(Assert.Single(host.Then.Events)).Failure);
        Assert.Empty(host.Then.Sends);
        return reason;
    }
}
