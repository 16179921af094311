using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Membership;
using NetworkCluster.Networks;
using NetworkCluster.Services;

namespace NetworkCluster.Entities;

/// <summary>
/// Starts a shard region for each kind of entity. The two roots stay in memory; the others are passivated when idle. An endpoint's facts are few and it is born with
/// every connect: asking for a snapshot would only cost time.
/// </summary>
internal static partial class EntityRegions
{
    /// <summary>
    /// Before this process is a member. Where shards are is written to a majority of the members, and one whose part of that begins only when it carries something would hold up every entity that is being
    /// found meanwhile for <c>updating-state-timeout</c>. A region of its own has it begin now; nothing is ever sent there.
    /// </summary>
    public static void Prepare(ActorSystem system) =>
        ClusterSharding.Get(system).Start("members", _ => Props.Empty, ClusterShardingSettings.Create(system).WithRole(NodeRoles.Control), EntityShards.Extractor());

    /// <summary>Starts them.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="router">Is told where each kind is reached.</param>
    /// <param name="health">Whether their journal can be reached.</param>
    /// <param name="carries">Whether this process carries entities; otherwise it only finds the way to them.</param>
    /// <param name="reach">Which others reach it; none: there are no others.</param>
    public static void Start(ActorSystem system, EntityRouter router, JournalHealth health, bool carries, JournalReach? reach)
    {
        if (carries) system.ActorOf(Props.Create(() => new Undelivered(router, health)), "undelivered");
        Start(EntityKind.AddressSpace, new AddressSpaceDecider(), new() { IsRoot = true });
        Start(EntityKind.Host, new HostDecider(), new() { IsRoot = true });
        Start(EntityKind.Hosts, new HostsDecider(), new() { IsRoot = true });
        Start(EntityKind.Network, new NetworkDecider(), new());
        Start(EntityKind.Pool, new PoolDecider(), new() { ChangesInPlace = true });
        Start(EntityKind.Endpoint, new EndpointDecider(), new() { Snapshots = false });

        void Start<TState>(EntityKind kind, IDecider<TState> decider, EntityTraits traits)
        {
            Plant(ref decider);
            var (name, extractor) = (EntityShards.Regions[kind], EntityShards.Extractor());
            var settings = ClusterShardingSettings.Create(system).WithRole(NodeRoles.Control);
            if (traits.IsRoot) settings = settings.WithPassivateIdleAfter(TimeSpan.Zero);
            var sharding = ClusterSharding.Get(system);
            var allocation = sharding.DefaultShardAllocationStrategy(settings);
            if (reach is not null) allocation = new AllocationByJournal(allocation, reach, NodeRoles.PlaceOf(Cluster.Get(system).SelfAddress));
            router.Register(kind, carries
                ? sharding.Start(name, id => Props.CreateBy(new Birth<TState>(new(kind, id), decider, router, health, traits)), settings, extractor, allocation, PoisonPill.Instance)
                : sharding.StartProxy(name, NodeRoles.Control, extractor));
        }
    }

    // Nothing, unless a test build plants faults for the fault driver to find: see Tests/Planted.
    static partial void Plant<TState>(ref IDecider<TState> decider);

    // An expression would be compiled anew for every entity, which takes longer than everything else about its birth.
    internal sealed class Birth<TState>(EntityKey key, IDecider<TState> decider, EntityRouter router, JournalHealth health, EntityTraits traits) : IIndirectActorProducer
    {
        public Type ActorType => typeof(EntityActor<TState>);

        public ActorBase Produce() =>
            health.CanBeRead ? new EntityActor<TState>(key, decider, router, health, traits) : new RememberedEntity<TState>(key, decider, router, health);

        public void Release(ActorBase actor)
        {
        }
    }
}

/// <summary>What all entities of a kind have in common.</summary>
internal sealed record EntityTraits
{
    /// <summary>Whether it notes what is to be done before others do it: it stays in memory, and sends what is not over again.</summary>
    public bool IsRoot { get; init; }

    /// <summary>Whether a fact changes what it knows in place: what it knew before cannot be had any more.</summary>
    public bool ChangesInPlace { get; init; }

    /// <summary>Whether its facts become so many that snapshots pay.</summary>
    public bool Snapshots { get; init; } = true;
}
