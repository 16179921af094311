using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;
using Microsoft.Extensions.Logging;
using NetworkCluster.Agents;
using NetworkCluster.Dns;
using NetworkCluster.Entities;
using NetworkCluster.Hosts;

namespace NetworkCluster.Hosting;

/// <summary>One process's part of the cluster: the actor system with its journal, the entities' regions and the host's agent.</summary>
public sealed class HostNode : IAsyncDisposable
{
    private HostNode(ActorSystem system, EntityRouter router) => (System, Router) = (system, router);

    /// <summary>The actor system.</summary>
    public ActorSystem System { get; }

    /// <summary>Where entities are reached.</summary>
    public EntityRouter Router { get; }

    /// <summary>Starts the system on an embedded journal and forms a cluster of one.</summary>
    /// <param name="config">All layers; Akka's and the journal's own defaults are laid under it.</param>
    /// <param name="sqliteConnection">The journal.</param>
    /// <param name="logs">Where Akka's log goes.</param>
    public static HostNode StartAlone(Config config, string sqliteConnection, ILoggerFactory logs)
    {
        var setup = BootstrapSetup.Create()
            .WithConfig(config
                .WithFallback(SqlPersistence.DefaultConfiguration)
                .WithFallback(ClusterSharding.DefaultConfig())
                .WithFallback(ClusterSingleton.DefaultConfig())
                .WithFallback(DistributedData.DefaultConfig()))
            .And(new DataOptionsSetup(SqliteJournal.Options(sqliteConnection)))
            .And(new LoggerSetup(logs));
        var system = ActorSystem.Create("network-cluster", setup);
        var router = new EntityRouter();
        var cluster = Cluster.Get(system);
        cluster.Join(cluster.SelfAddress);
        EntityRegions.Start(system, router);
        return new(system, router);
    }

    /// <summary>Starts the host's agent; it joins by itself.</summary>
    public void StartAgent(AgentSettings settings, IHostNetworking networking, ISandboxServices services, NameTable names, TimeProvider time) =>
        Router.Register(EntityKind.Agent, System.ActorOf(Props.Create(() => new HostAgent(settings, Router, networking, services, names, time)), "agent"));

    /// <summary>Starts the clock that ends reservations.</summary>
    public void StartClock(HostId host, TimeProvider time) => System.ActorOf(Props.Create(() => new ReservationClock(host, Router, time)), "reservation-clock");

    /// <summary>Leaves the cluster and stops everything in order.</summary>
    public async ValueTask DisposeAsync() => await CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance).ConfigureAwait(false);
}
