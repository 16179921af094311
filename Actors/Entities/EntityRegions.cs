using Akka.Actor;
using Akka.Cluster.Sharding;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Entities;

/// <summary>
/// Starts a shard region for each kind of entity. The two roots stay in memory; the others are passivated when idle. An endpoint's facts are few and it is born with
/// every connect: asking for a snapshot would only cost time.
/// </summary>
internal static class EntityRegions
{
    // Permanent for a running cluster: an entity's shard must be the same on every node. About ten times the most nodes we expect.
    private const int Shards = 128;

    public static void Start(ActorSystem system, EntityRouter router)
    {
        Start(system, router, EntityKind.AddressSpace, "space", new AddressSpaceDecider(), staysInMemory: true);
        Start(system, router, EntityKind.Host, "host", new HostDecider(), staysInMemory: true);
        Start(system, router, EntityKind.Network, "network", new NetworkDecider(), staysInMemory: false);
        Start(system, router, EntityKind.Pool, "pool", new PoolDecider(), staysInMemory: false);
        Start(system, router, EntityKind.Endpoint, "endpoint", new EndpointDecider(), staysInMemory: false, snapshots: false);
    }

    private static void Start<TState>(ActorSystem system, EntityRouter router, EntityKind kind, string name, IDecider<TState> decider, bool staysInMemory, bool snapshots = true)
    {
        var settings = ClusterShardingSettings.Create(system);
        if (staysInMemory) settings = settings.WithPassivateIdleAfter(TimeSpan.Zero);
        router.Register(kind, ClusterSharding.Get(system).Start(
            typeName: name,
            entityPropsFactory: id => Props.CreateBy(new Birth<TState>(new(kind, id), decider, router, snapshots)),
            settings: settings,
            messageExtractor: new AddressedExtractor(Shards)));
    }

    // An expression would be compiled anew for every entity, which takes longer than everything else about its birth.
    private sealed class Birth<TState>(EntityKey key, IDecider<TState> decider, EntityRouter router, bool snapshots) : IIndirectActorProducer
    {
        public Type ActorType => typeof(EntityActor<TState>);

        public ActorBase Produce() => new EntityActor<TState>(key, decider, router, snapshots);

        public void Release(ActorBase actor)
        {
        }
    }

    private sealed class AddressedExtractor(int shards) : HashCodeMessageExtractor(shards)
    {
        public override string? EntityId(object message) => (message as IAddressed)?.Entity.Id;
    }
}
