using System.Diagnostics;

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

    /// <summary>Returns when nothing is said that is in the way.</summary>
    /// <exception cref="OperationCanceledException">Something was, all that time: what was said, and when, is in the message.</exception>
    public static async Task IsSoAsync(TimeSpan limit, Func<string> inTheWay)
    {
        var (begun, said) = (Stopwatch.StartNew(), new List<string>());
        while (inTheWay() is { Length: > 0 } text)
        {
            said.Add($"{begun.Elapsed.TotalSeconds:F1} s: {text.Trim()}");
            if (begun.Elapsed > limit) throw new OperationCanceledException($"not so after {limit.TotalSeconds} s:\n{string.Join('\n', said)}");
            await Task.Delay(AskAgain);
        }
    }
}
