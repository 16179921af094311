using Akka.Actor;
using NetworkCluster.Entities;
using NetworkCluster.Hosting;
using NetworkCluster.Ipam;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>An entity moves to another process and back: whoever recovers it then reads what all of them have written.</summary>
public sealed class WritersInTurnTests : TwoNodes
{
    [Fact]
    public async Task Nothing_that_was_written_elsewhere_meanwhile_or_after_is_left_out()
    {
        var network = Some.Network(1, ["10.0.0.0/16"]);
        var pool = network.Pools[0].Id;
        var taken = 0;
        foreach (var node in (HostNode[])[Nodes[0], Nodes[1], Nodes[0], Nodes[1]])
        {
            var entity = node.System.ActorOf(Props.Create(() => new EntityActor<PoolState>(new EntityKey(EntityKind.Pool, pool.ToString()), new PoolDecider(), node.Router, node.Journal, new EntityTraits { Snapshots = false })));
            entity.Tell(new OpenPool(network, 0));
            Assert.Equal(taken == 0 ? 1 : taken, (await ViewAsync(entity)).Addresses.Length);
            taken = taken == 0 ? 2 : taken + 1;
            entity.Tell(EntityKit.Allocation(network, taken));
            var view = await ViewAsync(entity);
            Assert.Equal(taken, view.Addresses.Length);
            await entity.GracefulStop(TimeSpan.FromSeconds(10));
        }

        Task<PoolView> ViewAsync(IActorRef entity) => entity.Ask<PoolView>(new GetPool(pool), TimeSpan.FromSeconds(20));
    }
}
