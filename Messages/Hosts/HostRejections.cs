using NetworkCluster.Hosts;

namespace NetworkCluster;

/// <summary>No such host, or it has not joined.</summary>
public sealed record HostUnknown(HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"host {Host} has not joined";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>The host that was asked has no data plane.</summary>
public sealed record NoDataplane(HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"host {Host} carries its part of the cluster and has no data plane (role agent): ask a host that has one ('pbm host ls')";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>The host takes no containers.</summary>
public sealed record HostIsDrained(HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"host {Host} takes no containers: it was drained ('pbm host activate {Host}' ends that)";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>The others have given the host up; its process may not know it yet. Nothing was done.</summary>
public sealed record HostIsLost(HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"host {Host} is lost to the cluster: it takes commands again when it has joined anew, which it does by itself when it hears the others";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Unavailable;
}

/// <summary>A host could not put it into its kernel; everything was undone.</summary>
public sealed record HostFault(HostId Host, string Operation, string Cause) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"host {Host} could not {Operation}: {Cause}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Fault;
}
