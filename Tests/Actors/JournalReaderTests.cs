using Akka.Actor;
using NetworkCluster.Gateway;
using NetworkCluster.Hosting;
using NetworkCluster.Ipam;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>The past, read from a journal on the disk while its entity lives.</summary>
public sealed class JournalReaderTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nwc-history").FullName;
    private HostNode _node = null!;

    public Task InitializeAsync()
    {
        _node = EntityKit.StartPools(_directory);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Every_fact_comes_in_order_with_its_time_whatever_snapshots_there_are()
    {
        var network = Some.Network(1, ["10.0.0.0/16"]);
        var pool = network.Pools[0].Id;
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-1);
        _node.Router.Send(new OpenPool(network, 0), ActorRefs.NoSender);
        for (var i = 1; i <= 1200; i++) _node.Router.Send(EntityKit.Allocation(network, i), ActorRefs.NoSender);
        var view = (PoolView)await _node.Router.TargetOf(new GetPool(pool)).Ask<IReply>(new GetPool(pool), TimeSpan.FromSeconds(60));
        Assert.Equal(1201, view.Addresses.Length);

        var reader = new JournalReader(_node.System);
        var facts = await ReadAsync(reader, new(EntityKind.Pool, pool.ToString()));
        Assert.Equal(1202, facts.Count);
        Assert.IsType<PoolOpened>(facts[0].Fact);
        Assert.Equal(view.Addresses.Select(held => held.Address), facts.Skip(1).Select(fact => ((AddressAllocated)fact.Fact).Address).Order());
        Assert.Equal(facts.Select(fact => fact.At).Order(), facts.Select(fact => fact.At));
        Assert.All(facts, fact => Assert.InRange(fact.At, before, TimeProvider.System.GetUtcNow().AddSeconds(1)));
        Assert.Empty(await ReadAsync(reader, new(EntityKind.Pool, "host1/10.9.0.0/16")));
    }

    private static async Task<List<JournaledFact>> ReadAsync(JournalReader reader, EntityKey entity)
    {
        var facts = new List<JournaledFact>();
        await foreach (var fact in reader.ReadAsync(entity)) facts.Add(fact);
        return facts;
    }
}
