namespace NetworkCluster.Hosting;

/// <summary>
/// Lets some lines through that are alike but for their numbers, and counts the others: whoever connects to a port as often as he likes fills no disk with that.
/// What is alike is told at the next line after the window.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class LogBursts(TimeProvider time)
{
    /// <summary>So many of a kind are told in a window.</summary>
    public const int Most = 5;

    /// <summary>Begins with the first line of a kind.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Burst> _bursts = new(StringComparer.Ordinal);
    private long _looked = time.GetTimestamp();

    /// <summary>Whether a line is told.</summary>
    public bool Passes(string line)
    {
        var kind = string.Concat(line.Where(c => !char.IsAsciiDigit(c)));
        if (!_bursts.TryGetValue(kind, out var burst)) _bursts[kind] = burst = new(time.GetTimestamp());
        burst.Last = line;
        return ++burst.Count <= Most;
    }

    /// <summary>Of what was not told in windows that are over: how many lines, and the last of them.</summary>
    public IEnumerable<(int Count, string Last)> Over()
    {
        if (time.GetElapsedTime(_looked) < Window) return [];
        _looked = time.GetTimestamp();
        var over = _bursts.Where(entry => time.GetElapsedTime(entry.Value.Since) >= Window).ToArray();
        foreach (var (kind, _) in over) _bursts.Remove(kind);
        return over.Where(entry => entry.Value.Count > Most).Select(entry => (entry.Value.Count - Most, entry.Value.Last));
    }

    private sealed class Burst(long since)
    {
        public long Since { get; } = since;
        public int Count { get; set; }
        public string Last { get; set; } = "";
    }
}
