using Akka.Actor;
using NetworkCluster.Hosting;
using NetworkCluster.Ipam;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors;

public sealed class UndeliveredTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly string _directory = Directory.CreateTempSubdirectory("nwc-undelivered").FullName;
    private readonly HostNode _node;

    public UndeliveredTests() => _node = EntityKit.StartPools(_directory);

    public Task InitializeAsync() => _node.Up;

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task What_comes_to_an_entity_that_stops_is_answered_by_the_one_that_recovers()
    {
        var network = Some.Network(1, ["10.0.0.0/16"]);
        var pool = network.Pools[0].Id;
        var pools = _node.Router.TargetOf(EntityKind.Pool);
        pools.Tell(new OpenPool(network, 0));
        Assert.Single((await pools.Ask<PoolView>(new GetPool(pool), Patience)).Addresses);
        var entity = (await _node.System.ActorSelection("/system/sharding/pool/*/*").Ask<ActorIdentity>(new Identify(null), Patience)).Subject;

        entity.Tell(PoisonPill.Instance);
        var behind = entity.Ask<PoolView>(new GetPool(pool), Patience);
        Assert.Single((await behind).Addresses);
        Assert.NotEqual(entity, (await _node.System.ActorSelection("/system/sharding/pool/*/*").Ask<ActorIdentity>(new Identify(null), Patience)).Subject);
    }
}
