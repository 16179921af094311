using System.Globalization;
using System.Text.RegularExpressions;

namespace NetworkCluster.Commands;

/// <summary>Points in time as Docker takes them: a date or time (RFC 3339, or parts of it in the host's time zone), seconds since 1970, or how long ago (<c>10m</c>, <c>1h30m</c>).</summary>
internal static partial class PointInTime
{
    private static readonly string[] WithZone = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK"];
    private static readonly string[] WithoutZone = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH", "yyyy-MM-dd"];

    /// <summary>Reads a point in time.</summary>
    /// <param name="option">What it was given for, as it is called there.</param>
    /// <param name="typed">As it was given.</param>
    /// <param name="time">From when on it is ago, and in which time zone.</param>
    /// <exception cref="UsageException">It is none; the text begins as Docker's.</exception>
    public static DateTimeOffset Parse(string option, string typed, TimeProvider time)
    {
        var text = typed;
        if (Ago(text) is { } ago && ago <= time.GetUtcNow() - DateTimeOffset.UnixEpoch) return time.GetUtcNow() - ago;
        if (Seconds().IsMatch(text) && decimal.Parse(text, CultureInfo.InvariantCulture) is var seconds && seconds < 253_402_300_800) return DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        // Docker and date write nanoseconds.
        text = Nanoseconds().Replace(text, "$1");
        if (DateTime.TryParseExact(text, WithoutZone, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)) return new(local, time.LocalTimeZone.GetUtcOffset(local));
        return DateTimeOffset.TryParseExact(text, WithZone, CultureInfo.InvariantCulture, DateTimeStyles.None, out var whole)
            ? whole
            : throw new UsageException($"failed to parse value as time or duration: \"{typed}\" ({option} takes 2026-11-27T20:00, seconds since 1970, or how long ago: 10m, 1h30m)");
    }

    /// <summary>Reads a span of time: <c>90s</c>, <c>1h30m</c>.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static TimeSpan ParseSpan(string option, string text) => Ago(text) ?? throw new UsageException($"invalid duration: \"{text}\" ({option} takes 90s, 10m, 1h30m)");

    private static TimeSpan? Ago(string text)
    {
        if (Duration().Match(text) is not { Success: true } match) return null;
        var seconds = match.Groups["part"].Captures.Zip(match.Groups["unit"].Captures, (part, unit) => double.Parse(part.Value, CultureInfo.InvariantCulture) * unit.Value switch
        {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            "ms" => 1e-3,
            "ns" => 1e-9,
            _ => 1e-6,
        }).Sum();
        return seconds < 1e11 ? TimeSpan.FromSeconds(seconds) : null;
    }

    [GeneratedRegex(@"^(?:(?<part>[0-9]{1,12}(?:\.[0-9]{1,12})?)(?<unit>ns|us|µs|ms|s|m|h))+$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();

    [GeneratedRegex(@"(?<=:[0-9]{2})(\.[0-9]{7})[0-9]{1,2}(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Nanoseconds();

    [GeneratedRegex(@"^[0-9]{1,12}(?:\.[0-9]{1,9})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Seconds();
}
