using System.Collections.Immutable;
using NetworkCluster.Addressing;

namespace NetworkCluster.Containers;

/// <summary>The protocols whose ports can be published.</summary>
public enum PortProtocol
{
    /// <summary>TCP.</summary>
    Tcp,
    /// <summary>UDP.</summary>
    Udp,
}

/// <summary>A port of a container.</summary>
/// <param name="Number">1 to 65535.</param>
/// <param name="Protocol">Its protocol.</param>
public readonly record struct ContainerPort(int Number, PortProtocol Protocol)
{
    /// <summary>As Docker writes it: <c>80/tcp</c>.</summary>
    public override string ToString() => $"{Number}/{(Protocol == PortProtocol.Udp ? "udp" : "tcp")}";
}

/// <summary>A port of a host.</summary>
/// <param name="Address">An address of the host; none: every address of both families. <c>0.0.0.0</c> and <c>::</c> are every address of their family.</param>
/// <param name="Number">1 to 65535.</param>
/// <param name="Protocol">Its protocol.</param>
public readonly record struct HostPort(InetAddress? Address, int Number, PortProtocol Protocol)
{
    /// <summary>Whether a packet may be for both.</summary>
    public bool Overlaps(HostPort other) => Number == other.Number && Protocol == other.Protocol
        && (Address is not { } mine || other.Address is not { } theirs || mine == theirs || (mine.IsIPv6 == theirs.IsIPv6 && (mine.IsUnspecified || theirs.IsUnspecified)));

    /// <summary>As Docker writes it: <c>0.0.0.0:8080</c>, <c>[::]:8080</c>.</summary>
    public override string ToString() => Address switch
    {
        null => $"0.0.0.0:{Number}",
        { IsIPv6: true } v6 => $"[{v6}]:{Number}",
        { } v4 => $"{v4}:{Number}",
    };
}

/// <summary>A wish to have a container's port at a port of its host.</summary>
/// <param name="Address">The host's address; none: what the network says, which is every address unless its options name one.</param>
/// <param name="First">The lowest port of the host that will do; 0 with <paramref name="Last"/> 0: any free one of 32768 to 60999.</param>
/// <param name="Last">The highest.</param>
/// <param name="Port">The container's port.</param>
public sealed record PortBinding(InetAddress? Address, int First, int Last, ContainerPort Port);

/// <summary>What of a container is to be reached from outside its networks.</summary>
public sealed record ContainerPorts
{
    /// <summary>Ports published one by one.</summary>
    public ImmutableArray<PortBinding> Bindings { get; init; } = [];
    /// <summary>Ports that the container is said to serve; by itself this opens nothing.</summary>
    public ImmutableArray<ContainerPort> Exposed { get; init; } = [];
    /// <summary>Whether every exposed port without a binding gets a free one of the host.</summary>
    public bool PublishAll { get; init; }
}

/// <summary>A port of the host that a running container has.</summary>
/// <param name="Host">The host's port.</param>
/// <param name="Port">The number of the container's port; its protocol is the same.</param>
public sealed record PublishedPort(HostPort Host, int Port)
{
    /// <summary>The container's port.</summary>
    public ContainerPort ContainerPort => new(Port, Host.Protocol);
}
