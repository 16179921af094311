namespace NetworkCluster.Tests.Cluster.FaultDriver;

/// <summary>Something is not as it must be.</summary>
/// <param name="message">What.</param>
/// <param name="names">What it is about: the clients' histories of these are told with it.</param>
internal sealed class FaultViolationException(string message, IReadOnlyList<string> names) : Exception(message)
{
    private const int MostLines = 60;

    public IReadOnlyList<string> Names => names;

    /// <summary>Lines that each begin with the name of what they are about.</summary>
    public static FaultViolationException Of(string what, IReadOnlyList<string> wrong) =>
        new($"{what}:\n{string.Join('\n', wrong.Take(MostLines))}", [.. wrong.Select(line => line.Split(' ')[0]).Distinct()]);
}
