using System.Collections.Immutable;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster;

/// <summary>The network is being changed in another way.</summary>
/// <param name="Name">Its name.</param>
public sealed record UpdateUnderWay(string Name) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"network {Name} is being updated; try again";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>No network of that name or id.</summary>
public sealed record NetworkNotFound(string Name) : Rejection
{
    /// <inheritdoc/>
    public override string Text => Name.Length == 0 ? "a network's name is not empty" : $"network {Name} not found";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>The name belongs to another network of the same address space.</summary>
public sealed record NetworkNameTaken(string Name, NetworkId Holder) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"network with name {Name} already exists (id {Holder.Short})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>bridge, host, none and default belong to the host.</summary>
public sealed record ReservedNetworkName(string Name) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"operation is not permitted on predefined {Name} network";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Forbidden;
}

/// <summary>The host and null drivers have one network each, the predefined one.</summary>
public sealed record SingleInstanceDriver(string Driver) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"only one instance of \"{Driver}\" network is allowed";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Forbidden;
}

/// <summary>No such driver here.</summary>
public sealed record DriverNotFound(string Driver, ImmutableArray<string> Known) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"plugin \"{Driver}\" not found (drivers: {string.Join(", ", Known)})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>The host's own networks cannot be removed.</summary>
public sealed record PredefinedNetwork(string Name) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"{Name} is a pre-defined network and cannot be removed";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Forbidden;
}

/// <summary>Running containers are connected.</summary>
public sealed record ActiveEndpoints(string Name, NetworkId Id, ImmutableArray<string> Containers) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"error while removing network: network {Name} id {Id} has active endpoints: {string.Join(", ", Containers)}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Forbidden;
}

/// <summary>The predefined networks have no names.</summary>
public sealed record AliasNotSupported(string Network) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"network-scoped alias is supported only for containers in user defined networks ({Network} is predefined)";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}

/// <summary>A link of the name that is wanted is there already, and is another network's or not ours at all.</summary>
/// <param name="Link">The name.</param>
/// <param name="Host">The host that has it.</param>
/// <param name="Network">The network whose it is; none: not ours.</param>
public sealed record LinkNameTaken(string Link, HostId Host, NetworkId? Network) : Rejection
{
    /// <summary>That network's name.</summary>
    public string? NetworkName { get; init; }

    /// <inheritdoc/>
    public override string Text => $"host {Host} has a link named {Link} already, {(Network is { } other ? $"of network {(NetworkName is { } name ? $"{name} (id {other.Short})" : other.Short)}" : "which is not ours")}: left alone";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}
