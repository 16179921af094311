using System.Collections.Immutable;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>Name and subnets are taken, in one event. The network is being made.</summary>
public sealed record NetworkRegistered(NetworkSpec Spec) : IEvent;

/// <summary>The network is made; nothing is pending.</summary>
public sealed record NetworkConfirmed(NetworkId Id) : IEvent;

/// <summary>The network is being removed. If we stop here, recovery goes on with it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Undo">The refusal of a create that failed, where this undoes it.</param>
/// <param name="IfUnused">True where it is removed only if no container has a place in it, or a wish for one.</param>
public sealed record NetworkRemovalStarted(NetworkId Id, Rejection? Undo = null, bool? IfUnused = null) : IEvent
{
    /// <summary>Which removal of the network it is, from 1.</summary>
    public int? Attempt { get; init; }
}

/// <summary>The network stays.</summary>
public sealed record NetworkRemovalCancelled(NetworkId Id) : IEvent;

/// <summary>The network has other labels: these, and no more.</summary>
public sealed record NetworkRelabelled(NetworkId Id, ImmutableSortedDictionary<string, string> Labels) : IEvent;

/// <summary>The network is to be so. Its new name and subnets are taken besides the old ones. If we stop here, recovery goes on with it.</summary>
public sealed record NetworkUpdating(NetworkSpec Next) : IEvent;

/// <summary>The network is as it was to be; what it no longer has is free.</summary>
public sealed record NetworkUpdated(NetworkId Id) : IEvent;

/// <summary>The network stays as it was; what it was to have is free.</summary>
public sealed record NetworkUpdateDropped(NetworkId Id) : IEvent;

/// <summary>Name and subnets are free.</summary>
public sealed record NetworkUnregistered(NetworkId Id) : IEvent;
