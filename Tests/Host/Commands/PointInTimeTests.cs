using System.Globalization;
using NetworkCluster.Commands;
using Xunit;

namespace NetworkCluster.Tests.Host.Commands;

public sealed class PointInTimeTests
{
    private static readonly TimeProvider Clock = new Fixed();

    [Theory]
    [InlineData("10m", "2026-11-25T11:50:00Z")]
    [InlineData("1h30m", "2026-11-25T10:30:00Z")]
    [InlineData("1.5h", "2026-11-25T10:30:00Z")]
    [InlineData("250ms", "2026-11-25T11:59:59.75Z")]
    [InlineData("0s", "2026-11-25T12:00:00Z")]
    [InlineData("1136073600", "2006-01-01T00:00:00Z")]
    [InlineData("1136073600.5", "2006-01-01T00:00:00.5Z")]
    [InlineData("2026-11-25", "2026-11-24T22:00:00Z")]
    [InlineData("2026-11-25T07", "2026-11-25T05:00:00Z")]
    [InlineData("2026-11-25T07:08", "2026-11-25T05:08:00Z")]
    [InlineData("2026-11-25T07:08:09", "2026-11-25T05:08:09Z")]
    [InlineData("2026-11-25T07:08:09.1234567", "2026-11-25T05:08:09.1234567Z")]
    [InlineData("2026-11-25T07:08:09.123456789Z", "2026-11-25T07:08:09.1234567Z")]
    [InlineData("2026-11-25T07:08:09.12345678", "2026-11-25T05:08:09.1234567Z")]
    [InlineData("2026-11-25T07:08:09Z", "2026-11-25T07:08:09Z")]
    [InlineData("2026-11-25T07:08:09.5+02:00", "2026-11-25T05:08:09.5Z")]
    [InlineData("2026-11-25T07:08Z", "2026-11-25T07:08:00Z")]
    public void A_time_a_date_seconds_or_how_long_ago(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), PointInTime.Parse("--since", text, Clock));

    [Theory]
    [InlineData("")]
    [InlineData("xx")]
    [InlineData("10d")]
    [InlineData("-10m")]
    [InlineData("10m ")]
    [InlineData("999999999999h")]
    [InlineData("9999999999999")]
    [InlineData("2026-13-01")]
    [InlineData("2026-11-25 07:08")]
    public void Anything_else_is_refused_in_Dockers_words_with_the_forms_there_are(string text) =>
        Assert.Equal($"failed to parse value as time or duration: \"{text}\" (--since takes 2026-11-27T20:00, seconds since 1970, or how long ago: 10m, 1h30m)", Assert.Throws<UsageException>(() => PointInTime.Parse("--since", text, Clock)).Message);

    private sealed class Fixed : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.CreateCustomTimeZone("two", TimeSpan.FromHours(2), "two", "two");

        public override DateTimeOffset GetUtcNow() => new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    }
}
