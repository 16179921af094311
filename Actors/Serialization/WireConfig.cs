using Akka.Configuration;

namespace NetworkCluster.Serialization;

/// <summary>What every process's configuration says that sends or receives the messages of the cluster.</summary>
public static class WireConfig
{
    /// <summary>To be laid over Akka.NET's own.</summary>
    public static Config Default { get; } = ConfigurationFactory.ParseString($$"""
        akka.actor {
          serializers {
            message = "{{typeof(MessageSerializer).AssemblyQualifiedName}}"
            json = "{{typeof(RefusingSerializer).AssemblyQualifiedName}}"
            daemon-create = "{{typeof(RefusingSerializer).AssemblyQualifiedName}}"
          }
          serialization-bindings {
            "{{typeof(IMessage).AssemblyQualifiedName}}" = message
          }
        }
        akka.remote.dot-netty.tcp.maximum-frame-size = 33554432b
        """);

    /// <summary>For remoting with TLS, beside <see cref="TlsIdentity.Over"/>.</summary>
    public static Config Tls { get; } = ConfigurationFactory.ParseString($$"""
        akka.remote.dot-netty.tcp {
          enable-ssl = on
          transport-class = "{{typeof(TlsTransport).AssemblyQualifiedName}}"
        }
        """);
}
