using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Ipam;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam;

public sealed class SubnetChoiceTests
{
    [Fact]
    public void Subnets_given_and_taken_back_come_again_and_never_twice_at_once()
    {
        ImmutableArray<DefaultPool> pools = [new(Subnet.Parse("10.0.0.0/8"), 24)];
        var table = SubnetTable.Empty;
        Subnet Take()
        {
            var next = SubnetChoice.Next(pools, false, null, table, [])!.Value;
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
}
