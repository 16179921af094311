using System.Collections.Immutable;
using NetworkCluster.Hosts;
using Xunit;

namespace NetworkCluster.Tests.Core.Hosts;

/// <summary>Which half of a cluster goes on, once the journal was asked.</summary>
public sealed class RemovedMembersTests
{
    private static readonly ImmutableArray<string> One = ["10.9.0.1:4053#1", "10.9.0.2:4053#2"], Other = ["10.9.0.3:4053#3", "10.9.0.4:4053#4"];

    [Fact]
    public void The_half_that_asks_first_goes_on_and_the_other_does_not()
    {
        var (granted, fact) = RemovedMembers.None.Decide(new(One, Other));
        Assert.True(granted);
        Assert.Equal(Other.AsEnumerable(), fact!.Members);
        var known = RemovedMembers.None.After(fact);
        Assert.Equal((false, null), known.Decide(new(Other, One)));
        // Asked again, after an answer that was lost, it is so still.
        Assert.Equal((true, null), known.Decide(new(One, Other)));
    }

    [Fact]
    public void One_that_was_removed_takes_whoever_it_hears_with_it_and_its_next_life_does_not()
    {
        var known = RemovedMembers.None.After(new([Other[0]]));
        Assert.Equal((false, null), known.Decide(new([One[0], Other[0]], [One[1], Other[1]])));
        var (granted, fact) = known.Decide(new(["10.9.0.3:4053#5"], [Other[0], One[0]]));
        Assert.True(granted);
        Assert.Equal(One[0], Assert.Single(fact!.Members));
    }
}
