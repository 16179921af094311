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

/// <summary>On the predefined network a link is to a container that exists.</summary>
public sealed record LinkTargetNotFound(string Target) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"could not get container for {Target}: No such container: {Target}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>On the predefined network a link is to a container that runs there.</summary>
public sealed record LinkTargetNotRunning(string Target, string Container, string Alias, bool Running) : Rejection
{
    /// <inheritdoc/>
    public override string Text => Running
        ? $"Cannot link to /{Target}, as it does not belong to the default network"
        : $"Cannot link to a non running container: /{Target} AS /{Container}/{Alias}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}
