using Akka.Cluster;
using NetworkCluster.Services;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>Who goes on when a cluster has fallen apart.</summary>
public sealed class SidesTests
{
    [Theory]
    [InlineData("uu|u", Sides.Majority)]
    [InlineData("u|uu", Sides.Minority)]
    [InlineData("u|u", Sides.Half)]
    [InlineData("uu|uu", Sides.Half)]
    [InlineData("|u", Sides.Minority)]
    [InlineData("|", Sides.Minority)]
    // Those that may have come to be members there count there, and those that may have ceased to be, not here.
    [InlineData("uu|uj", Sides.Half)]
    [InlineData("u|uw", Sides.Minority)]
    [InlineData("ul|u", Sides.Half)]
    [InlineData("uj|u", Sides.Half)]
    [InlineData("ul|ul", Sides.Minority)]
    [InlineData("uu|l", Sides.Majority)]
    [InlineData("u|dx", Sides.Majority)]
    // Those between count for nobody.
    [InlineData("u|ss", Sides.Half)]
    [InlineData("uu|us", Sides.Half)]
    [InlineData("u|uus", Sides.Minority)]
    public void More_than_half_go_on_and_half_ask(string carriers, object expected) => Assert.Equal((Sides)expected, Carrier.Count(Parse(carriers)));

    /// <summary>Each side knows of its own members what is so, and of the others' something older: a status may have gone on by one.</summary>
    [Fact]
    public void Never_do_both_sides_go_on_without_asking_nor_one_while_the_other_asks()
    {
        MemberStatus[] statuses = [MemberStatus.Joining, MemberStatus.Up, MemberStatus.Leaving, MemberStatus.Exiting];
        foreach (var seed in Enumerable.Range(0, 2000))
        {
            var random = new Random(seed);
            var before = Enumerable.Range(0, random.Next(1, 8)).Select(_ => (Status: random.Next(3), Side: random.Next(2))).ToList();
            var sides = Enumerable.Range(0, 2).Select(side => Carrier.Count(before.Select(carrier =>
                new Carrier(statuses[carrier.Status + (carrier.Side == side ? random.Next(2) : 0)], carrier.Side == side, SeesUs: false)).ToList())).ToList();
            Assert.False(sides[0] == Sides.Majority && sides[1] != Sides.Minority || sides[1] == Sides.Majority && sides[0] != Sides.Minority, $"seed {seed}: {string.Join(' ', before)}: {sides[0]}, {sides[1]}");
        }
    }

    // Here|there: up, joining, weakly up, leaving, down, exiting; s: up, not heard by all, and sees us.
    private static IEnumerable<Carrier> Parse(string carriers)
    {
        var sides = carriers.Split('|');
        return sides.SelectMany((side, at) => side.Select(carrier => new Carrier(carrier switch
        {
            'j' => MemberStatus.Joining,
            'w' => MemberStatus.WeaklyUp,
            'l' => MemberStatus.Leaving,
            'd' => MemberStatus.Down,
            'x' => MemberStatus.Exiting,
            _ => MemberStatus.Up,
        }, at == 0, carrier == 's')));
    }
}
