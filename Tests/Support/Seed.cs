namespace NetworkCluster.Tests.Support;

/// <summary>What chooses the course of a test that takes its own: NWC_SEED repeats one that was told.</summary>
internal static class Seed
{
    /// <summary>The one that was asked for.</summary>
    /// <param name="otherwise">The one where none was.</param>
    public static int Or(int otherwise) => Environment.GetEnvironmentVariable("NWC_SEED") is { Length: > 0 } given ? int.Parse(given, null) : otherwise;
}
