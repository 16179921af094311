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

/// <summary>The host takes no containers.</summary>
public sealed record HostIsDrained(HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"host {Host} takes no containers: it was drained ('pbm host activate {Host}' ends that)";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>A host could not put it into its kernel; everything was undone.</summary>
public sealed record HostFault(HostId Host, string Operation, string Cause) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"host {Host} could not {Operation}: {Cause}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Fault;
}
