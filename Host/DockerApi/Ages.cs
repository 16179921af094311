using System.Globalization;

namespace NetworkCluster.DockerApi;

/// <summary>Ages in Docker's words.</summary>
internal static class Ages
{
    /// <summary>An age, in the largest unit that says enough.</summary>
    public static string Text(TimeSpan age)
    {
        var (hours, days) = ((long)Math.Round(age.TotalHours, MidpointRounding.AwayFromZero), (long)age.TotalDays);
        return age switch
        {
            { TotalSeconds: < 1 } => "Less than a second",
            { TotalSeconds: < 2 } => "1 second",
            { TotalMinutes: < 1 } => Of((long)age.TotalSeconds, "seconds"),
            { TotalMinutes: < 2 } => "About a minute",
            { TotalHours: < 1 } => Of((long)age.TotalMinutes, "minutes"),
            _ when hours == 1 => "About an hour",
            _ when hours < 48 => Of(hours, "hours"),
            _ when days < 14 => Of(days, "days"),
            _ when days < 60 => Of(days / 7, "weeks"),
            _ when days < 730 => Of(days / 30, "months"),
            _ => Of(days / 365, "years"),
        };

        static string Of(long count, string units) => string.Create(CultureInfo.InvariantCulture, $"{count} {units}");
    }
}
