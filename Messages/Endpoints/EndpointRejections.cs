using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Hosts;

namespace NetworkCluster;

/// <summary>Another endpoint of the network has the link-layer address.</summary>
public sealed record MacInUse(MacAddress Mac, string Holder) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"MAC address already in use: {Mac} belongs to {Holder}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>The container, or another of its name, is in the network already.</summary>
public sealed record EndpointNameTaken(string Name, string Network, HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"endpoint with name {Name} already exists in network {Network} (on host {Host})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Forbidden;
}

/// <summary>There is nothing to disconnect.</summary>
public sealed record NotConnected(ContainerId Container, string Name, string Network) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"container {Container} ({Name}) is not connected to network {Network}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>What the host and none networks do not allow.</summary>
public sealed record SandboxModeConflict(string Why) : Rejection
{
    /// <inheritdoc/>
    public override string Text => Why;
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}
