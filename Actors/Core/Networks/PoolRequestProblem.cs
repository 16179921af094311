using NetworkCluster.Addressing;

namespace NetworkCluster.Networks;

/// <summary>Why the address options of <c>network create</c> make no pools, in the Docker command line's words.</summary>
public abstract record PoolRequestProblem
{
    /// <summary>One line for people.</summary>
    public abstract string Text { get; }
}

/// <summary>The text is no CIDR block.</summary>
public sealed record InvalidBlock(string Given) : PoolRequestProblem
{
    /// <inheritdoc/>
    public override string Text => $"invalid CIDR address: {(Given.Length == 0 ? "\"\"" : Given)}";
}

/// <summary>The block has host bits set. Docker masks them in silence; we name the block that was probably meant.</summary>
public sealed record HostBitsSet(string Given, Subnet Meant) : PoolRequestProblem
{
    /// <inheritdoc/>
    public override string Text => $"invalid CIDR address: {Given} has host bits set, the block is {Meant}";
}

/// <summary>More ranges or gateways than subnets.</summary>
public sealed record MissingSubnet : PoolRequestProblem
{
    /// <inheritdoc/>
    public override string Text => "every ip-range or gateway must have a corresponding subnet";
}

/// <summary>Two of the subnets share addresses.</summary>
public sealed record OverlappingSubnets(Subnet First, Subnet Second) : PoolRequestProblem
{
    /// <inheritdoc/>
    public override string Text => $"multiple overlapping subnet configuration is not supported ({First}, {Second})";
}

/// <summary>No subnet contains it, or it is no address at all.</summary>
/// <param name="What"><c>range</c>, <c>gateway</c> or <c>aux-address</c>.</param>
/// <param name="Given">As it was typed.</param>
public sealed record NoMatchingSubnet(string What, string Given) : PoolRequestProblem
{
    /// <inheritdoc/>
    public override string Text => $"no matching subnet for {What} {Given}";
}

/// <summary>An auxiliary address without the name it is kept under.</summary>
public sealed record NamelessAuxiliary(string Given) : PoolRequestProblem
{
    /// <inheritdoc/>
    public override string Text => $"invalid aux-address: {Given} has no name";
}

/// <summary>A subnet has one range only.</summary>
public sealed record SeveralRanges(string Given, string Earlier, Subnet Subnet) : PoolRequestProblem
{
    /// <inheritdoc/>
    public override string Text => $"cannot configure multiple ranges ({Given}, {Earlier}) on the same subnet ({Subnet})";
}

/// <summary>A subnet has one gateway only.</summary>
public sealed record SeveralGateways(string Given, string Earlier, Subnet Subnet) : PoolRequestProblem
{
    /// <inheritdoc/>
    public override string Text => $"cannot configure multiple gateways ({Given}, {Earlier}) for the same subnet ({Subnet})";
}
