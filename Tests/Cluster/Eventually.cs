namespace NetworkCluster.Tests.Cluster;

/// <summary>What a cluster says only by what it answers: it is asked again until it is so.</summary>
internal static class Eventually
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns when it is so.</summary>
    /// <exception cref="OperationCanceledException">It was not, all that time.</exception>
    public static async Task IsSoAsync(TimeSpan limit, Func<Task<bool>> isSo)
    {
        using var over = new CancellationTokenSource(limit);
        while (!await isSo()) await Task.Delay(AskAgain, over.Token);
    }
}
