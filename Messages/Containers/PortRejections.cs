using System.Collections.Immutable;
using NetworkCluster.Containers;
using NetworkCluster.Hosts;

namespace NetworkCluster;

/// <summary>Another running container of the host has the port.</summary>
public sealed record PortAllocated(HostPort Port, string Holder) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Bind for {Port} failed: port is already allocated ({new ContainerPort(Port.Number, Port.Protocol)} is published by container {Holder})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>Another program on the host has the ports.</summary>
public sealed record PortInUse(ImmutableArray<HostPort> Ports, HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text =>
        $"Bind for {string.Join(", ", Ports)} failed: address already in use (another program on host {Host} has {string.Join(", ", Ports.Select(port => new ContainerPort(port.Number, port.Protocol)))})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>Every port that would do is taken.</summary>
public sealed record NoFreePort(HostId Host, int First, int Last, PortProtocol Protocol, string Holder) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"all ports are allocated: host {Host} has no free one of {First}-{new ContainerPort(Last, Protocol)} (the last is held by {Holder})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>A port is to be published at an address that the host does not have.</summary>
public sealed record AddressNotOnHost(HostPort Port, HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Bind for {Port} failed: cannot assign requested address (host {Host} has no address {Port.Address})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}
