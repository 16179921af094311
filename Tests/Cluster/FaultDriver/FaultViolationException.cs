namespace NetworkCluster.Tests.Cluster.FaultDriver;

/// <summary>Something is not as it must be.</summary>
/// <param name="message">What.</param>
/// <param name="names">What it is about: the clients' histories of these are told with it.</param>
internal sealed class FaultViolationException(string message, IReadOnlyList<string> names) : Exception(message)
{
    public IReadOnlyList<string> Names => names;
}
