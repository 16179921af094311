using System.Collections.Concurrent;

namespace NetworkCluster.Membership;

/// <summary>Which members reach the journal, as they say themselves (<see cref="JournalReports"/>). For all threads.</summary>
internal sealed class JournalReach(TimeProvider time)
{
    // Whoever says nothing for so long is dead, or was never asked: nothing is known of it.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(8);

    private readonly ConcurrentDictionary<string, Report> _reports = new(StringComparer.Ordinal);

    private readonly record struct Report(bool Away, long Since, long At);

    /// <summary>A member says so.</summary>
    public void Note(string member, bool away)
    {
        var now = time.GetTimestamp();
        _reports.AddOrUpdate(member, _ => new(away, now, now), (_, before) => new(away, before.Away == away ? before.Since : now, now));
    }

    /// <summary>Whether it says that it reaches the journal.</summary>
    public bool Reaches(string member) => Known(member) is { Away: false };

    /// <summary>Whether it has said for so long that it does not.</summary>
    public bool IsAway(string member, TimeSpan since = default) => Known(member) is { Away: true } report && time.GetElapsedTime(report.Since) >= since;

    private Report? Known(string member) => _reports.TryGetValue(member, out var report) && time.GetElapsedTime(report.At) < Fresh ? report : null;
}
