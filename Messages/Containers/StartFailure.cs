namespace NetworkCluster.Containers;

/// <summary>Why a container could not be started. It is as it was before; this stays with it until the next start.</summary>
/// <param name="Text">In words.</param>
/// <param name="ExitCode">127: there is no such program; 126: it cannot be run; 128: anything else.</param>
public sealed record StartFailure(string Text, int ExitCode)
{
    /// <summary>For what has nothing to do with its command.</summary>
    public const int OtherReason = 128;
}
