using Microsoft.Extensions.Logging;

namespace NetworkCluster.Hosting;

/// <summary>
/// Lets some lines through that are alike but for their numbers, and counts the others: whoever connects to a port as often as he likes fills no disk with that.
/// How many there were is told at the next line after the window. What the log does not want is neither.
/// </summary>
/// <param name="log">Where they go.</param>
/// <param name="time">The clock.</param>
internal sealed class LogBursts(ILogger log, TimeProvider time)
{
    /// <summary>So many of a kind are told in a window.</summary>
    public const int Most = 5;

    /// <summary>Begins with the first line of a kind.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Burst> _bursts = new(StringComparer.Ordinal);
    private long _looked = time.GetTimestamp();

    /// <summary>Whether a line is told.</summary>
    public bool Passes(LogLevel level, string line)
    {
        if (!log.IsEnabled(level)) return false;
        TellOver();
        var kind = string.Concat(line.Where(c => !char.IsAsciiDigit(c)));
        if (!_bursts.TryGetValue(kind, out var burst)) _bursts[kind] = burst = new(level, time.GetTimestamp());
        burst.Last = line;
        return ++burst.Count <= Most;
    }

    private void TellOver()
    {
        if (time.GetElapsedTime(_looked) < Window) return;
        _looked = time.GetTimestamp();
        foreach (var (kind, burst) in _bursts.Where(entry => time.GetElapsedTime(entry.Value.Since) >= Window).ToArray())
        {
            _bursts.Remove(kind);
            if (burst.Count > Most) log.Log(burst.Level, "{Count} more lines like this one: {Last}", burst.Count - Most, burst.Last);
        }
    }

    private sealed class Burst(LogLevel level, long since)
    {
        public LogLevel Level { get; } = level;
        public long Since { get; } = since;
        public int Count { get; set; }
        public string Last { get; set; } = "";
    }
}
