using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Client;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;

namespace NetworkCluster.Services;

/// <summary>What Akka's extensions that every member has say by themselves: Akka lays it under a configuration only when it comes to need them.</summary>
internal static class ExtensionDefaults
{
    /// <summary>All of it.</summary>
    public static Config Config { get; } = ClusterSharding.DefaultConfig()
        .WithFallback(ClusterSingleton.DefaultConfig())
        .WithFallback(ClusterClientReceptionist.DefaultConfig())
        .WithFallback(DistributedPubSub.DefaultConfig())
        .WithFallback(DistributedData.DefaultConfig());
}
