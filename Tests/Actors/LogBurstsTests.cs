using Microsoft.Extensions.Logging;
using NetworkCluster.Hosting;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors;

public sealed class LogBurstsTests
{
    private readonly SetTime _time = new();
    private readonly HeardLog _log = new(LogLevel.Warning);

    [Fact]
    public void What_comes_again_and_again_is_told_five_times_and_then_counted()
    {
        var bursts = new LogBursts(_log, _time);
        Assert.Equal([true, true, true, true, true, false, false], Enumerable.Range(40000, 7).Select(port => bursts.Passes(LogLevel.Error, $"no handshake with 10.0.0.9:{port}")));
        Assert.True(bursts.Passes(LogLevel.Warning, "something else"));
        Assert.Empty(_log.Said);
        _time.Now += LogBursts.Window;
        Assert.True(bursts.Passes(LogLevel.Warning, "no handshake with 10.0.0.9:40007"));
        Assert.Equal((LogLevel.Error, "2 more lines like this one: no handshake with 10.0.0.9:40006"), Assert.Single(_log.Said));
        Assert.True(bursts.Passes(LogLevel.Warning, "something else"));
        Assert.Single(_log.Said);
    }

    [Fact]
    public void What_the_log_does_not_want_is_not_counted_either()
    {
        var bursts = new LogBursts(_log, _time);
        for (var member = 0; member < 10; member++) Assert.False(bursts.Passes(LogLevel.Information, $"member 10.0.0.{member} is up"));
        _time.Now += LogBursts.Window;
        Assert.True(bursts.Passes(LogLevel.Warning, "something else"));
        Assert.Empty(_log.Said);
    }

    private sealed class SetTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long GetTimestamp() => Now.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
