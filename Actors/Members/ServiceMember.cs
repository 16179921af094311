using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using NetworkCluster.Serialization;

namespace NetworkCluster.Services;

/// <summary>
/// A service that is a member of the cluster and none of its hosts: its actor system is called <see cref="ServiceAddress.System"/>, has at least one role of its own (neither <c>control</c> nor <c>agent</c>, and none that
/// begins with <c>host.</c>), and joins by the hosts' seeds. It carries no entity, has no part in the decision which hosts go on, and its death is nobody else's business.
/// </summary>
public static class ServiceMember
{
    /// <summary>
    /// To be laid under the service's own configuration, which says <c>akka.cluster.roles</c>, <c>akka.cluster.seed-nodes</c> and where it is reached (<c>akka.remote.dot-netty.tcp</c>). Who is dead is found and removed with the
    /// hosts' own patience (<c>hocon/cluster.conf</c>): a member that waits longer would hold up everybody, and one that cannot hear the hosts ends itself, and is to be started again.
    /// </summary>
    public static Config Config { get; } = ConfigurationFactory.ParseString("""
        akka {
          actor.provider = cluster
          cluster {
            failure-detector {
              heartbeat-interval = 500ms
              acceptable-heartbeat-pause = 3s
              expected-response-after = 500ms
              min-std-deviation = 50ms
            }
            retry-unsuccessful-join-after = 1s
            unreachable-nodes-reaper-interval = 300ms
            gossip-interval = 300ms
            leader-actions-interval = 300ms
            down-removal-margin = 1s
            downing-provider-class = "NetworkCluster.Services.SteadyDowningProvider, Akka.NetworkCluster.Members"
            split-brain-resolver {
              active-strategy = lease-majority
              lease-majority {
                lease-implementation = "akka.coordination.lease.witness"
                role = "control"
                acquire-lease-delay-for-minority = 0s
              }
              stable-after = 2500ms
            }
            sharding {
              state-store-mode = ddata
              retry-interval = 300ms
            }
          }
          coordination.lease.witness.lease-class = "NetworkCluster.Services.WitnessLease, Akka.NetworkCluster.Members"
          remote {
            retry-gate-closed-for = 300ms
            dot-netty.tcp.connection-timeout = 1s
          }
        }
        """)
        .WithFallback(WireConfig.Default)
        .WithFallback(ExtensionDefaults.Config);

    /// <summary>
    /// Starts the way to the cluster: an actor that takes every message of the package. Requests and questions go to the entity that answers them, by sharding proxies; what a host has to add something to
    /// (<see cref="RequestNetwork"/>, <see cref="ResolveNetwork"/>, <see cref="WatchNetwork"/>, <see cref="Networks.UpdateNetwork"/>) goes to the services of a host that lives. The answer comes to the sender, from whoever gives it. There may
    /// be none: then the same message (same ids) may be said again.
    /// </summary>
    /// <param name="system">A member, or about to be one: what is said before hosts are known is lost.</param>
    /// <param name="name">The actor's name.</param>
    public static IActorRef Start(ActorSystem system, string name = "network-services")
    {
        ArgumentNullException.ThrowIfNull(system);
        var regions = EntityShards.Regions.ToDictionary(kind => kind.Key, kind => ClusterSharding.Get(system).StartProxy(kind.Value, EntityShards.Role, EntityShards.Extractor()));
        return system.ActorOf(Props.Create(() => new ServiceProxy(regions)), name);
    }
}
