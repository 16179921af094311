using System.Runtime.CompilerServices;
using Akka.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using NetworkCluster.Hosting;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Serialization;

namespace NetworkCluster.Tests.Support;

/// <summary>An actor system with our serializers and a journal in memory that can be told to fail.</summary>
internal static class EntityKit
{
    public static readonly Config Config = ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          # A busy machine is not a failure; nobody waits this long where all is well.
          test.single-expect-default = 20s
          loggers = []
          actor {
            serializers {
              message = "{{typeof(MessageSerializer).AssemblyQualifiedName}}"
              json = "{{typeof(RefusingSerializer).AssemblyQualifiedName}}"
            }
            serialization-bindings {
              "{{typeof(IMessage).AssemblyQualifiedName}}" = message
              "{{typeof(EntitySnapshot).AssemblyQualifiedName}}" = message
            }
          }
          persistence {
            journal.plugin = "akka.persistence.journal.moody"
            journal.moody.class = "{{typeof(MoodyJournal).AssemblyQualifiedName}}"
            journal.moody.plugin-dispatcher = "akka.actor.default-dispatcher"
            snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
          }
        }
        """);

    /// <summary>A whole node on a journal in this directory, as a host alone starts it.</summary>
    public static HostNode StartNode(string directory) =>
        HostNode.Start(Shipped("standalone").WithFallback(Shipped("akka")), $"Data Source={Path.Combine(directory, "journal.db")}", new() { Host = Some.Host }, NullLoggerFactory.Instance, TimeProvider.System);

    /// <summary>One of a cluster whose others, and whose database, answer to nobody.</summary>
    public static HostNode StartUnheard() => HostNode.Start(
        ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }").WithFallback(Shipped("akka")),
        "Host=127.0.0.1;Port=1;Timeout=1", new() { Host = Some.Host, Clustered = true, Seeds = ["127.0.0.1:1"] }, NullLoggerFactory.Instance, TimeProvider.System);

    /// <summary>The same for pools alone: no network takes or gives back what they allocate.</summary>
    public static HostNode StartPools(string directory)
    {
        var node = StartNode(directory);
        node.Router.Register(EntityKind.Network, node.System.DeadLetters);
        return node;
    }

    /// <summary>The endpoint of that number asks for an address.</summary>
    public static AllocateAddress Allocation(NetworkSpec network, int number) => new(network.Pools[0].Id, null, new(Some.Endpoint(number, network, number).Spec, new(1), Running: true), []);

    private static Config Shipped(string name, [CallerFilePath] string here = "") => ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "hocon", $"{name}.conf")));
}
