using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Ipam;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam;

/// <summary>Docker's own table of which default subnet comes next; taken subnets are disjoint here, since an address space refuses others.</summary>
public sealed class SubnetChoiceTests
{
    [Theory]
    [InlineData("192.168.0.0/16:24", "192.168.255.0/24", "", "192.168.0.0/24")]
    [InlineData("10.0.0.0/8:24; 192.168.0.0/16:24", "10.0.0.0/8", "10.0.0.0/7", "192.168.0.0/24")]
    [InlineData("10.20.0.0/16:24; 192.168.0.0/16:24", "10.0.0.0/8; 192.168.128.0/24", "", "192.168.0.0/24")]
    [InlineData("10.20.0.0/16:24; 192.168.0.0/16:24", "10.0.0.0/8; 192.168.0.0/24; 192.168.128.0/24", "", "192.168.1.0/24")]
    [InlineData("10.20.0.0/22:24; 192.168.0.0/16:24", "10.20.0.0/24; 10.20.1.0/24; 10.20.2.0/24; 192.168.128.0/24", "10.20.3.0/24", "192.168.0.0/24")]
    [InlineData("10.20.0.0/16:24; 192.168.0.0/16:24", "10.20.0.0/17; 10.20.128.0/17", "200.1.2.0/24", "192.168.0.0/24")]
    [InlineData("10.10.0.0/22:24; 192.168.0.0/16:24", "10.10.0.0/24; 10.10.1.0/24; 10.10.2.0/24; 10.10.3.0/24", "10.10.3.0/24", "192.168.0.0/24")]
    [InlineData("192.168.0.0/16:24", "192.168.0.0/24; 192.168.1.0/24; 192.168.2.0/23; 192.168.4.0/30", "", "192.168.5.0/24")]
    [InlineData("10.0.0.0/31:31; 192.168.0.0/16:24", "10.0.0.0/32; 100.0.0.0/32; 200.0.0.0/32", "", "192.168.0.0/24")]
    [InlineData("192.168.0.0/16:24", "192.168.0.0/24; 192.168.1.0/24; 192.168.2.0/30", "192.168.2.4/30; 192.168.3.0/30; 192.168.4.0/23", "192.168.6.0/24")]
    [InlineData("192.168.0.0/16:24", "192.168.0.0/24", "192.168.0.0/24", "192.168.1.0/24")]
    [InlineData("10.0.0.0/8:24; 192.168.0.0/16:24", "10.0.0.0/24", "192.168.0.0/24", "10.0.1.0/24")]
    [InlineData("10.0.0.0/8:24; 10.0.0.0/16:24; 192.168.0.0/16:24", "", "10.0.0.0/8", "192.168.0.0/24")]
    [InlineData("172.16.0.0/15:16", "172.16.0.0/16", "", "172.17.0.0/16")]
    [InlineData("172.16.0.0/15:16; 192.168.0.0/16:24", "172.16.0.0/16; 172.17.0.0/17", "", "192.168.0.0/24")]
    [InlineData("172.16.0.0/15:16", "172.16.0.0/16; 172.17.0.0/17", "", null)]
    [InlineData("255.255.255.0/24:24", "255.255.255.0/24", "", null)]
    [InlineData("192.168.0.0/16:24", "", "0.0.0.0/0", "192.168.0.0/24")]
    public void The_first_free_default_subnet_in_order_is_next(string defaults, string taken, string routes, string? expected)
    {
        var table = Subnets(taken).Aggregate(SubnetTable.Empty, (before, subnet) => before.Add(subnet, Some.NetworkId(1)));
        var pools = List(defaults).Select(text => text.Split(':')).Select(parts => new DefaultPool(Subnet.Parse(parts[0]), int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture))).ToImmutableArray();
        Assert.Equal(expected, SubnetChoice.Next(pools, false, table, [], [.. Subnets(routes)])?.ToString());
    }

    [Fact]
    public void Subnets_given_and_taken_back_come_again_and_never_twice_at_once()
    {
        ImmutableArray<DefaultPool> pools = [new(Subnet.Parse("10.0.0.0/8"), 24)];
        var table = SubnetTable.Empty;
        Subnet Take()
        {
            var next = SubnetChoice.Next(pools, false, table, [], [])!.Value;
            Assert.Null(table.InTheWayOf(next));
            table = table.Add(next, Some.NetworkId(1));
            return next;
        }

        var given = Enumerable.Range(0, 4).Select(_ => Take()).ToList();
        table = table.Remove(given[1]).Remove(given[2]);
        Assert.Equal(given[1], Take());
        Assert.Equal(given[2], Take());
        Assert.Equal("10.0.4.0/24", Take().ToString());
    }

    private static string[] List(string text) => text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<Subnet> Subnets(string text) => List(text).Select(one => Subnet.Parse(one));
}
