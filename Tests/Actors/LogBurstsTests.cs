using NetworkCluster.Hosting;
using Xunit;

namespace NetworkCluster.Tests.Actors;

public sealed class LogBurstsTests
{
    private readonly SetTime _time = new();

    [Fact]
    public void What_comes_again_and_again_is_told_five_times_and_then_counted()
    {
        var bursts = new LogBursts(_time);
        Assert.Equal([true, true, true, true, true, false, false], Enumerable.Range(40000, 7).Select(port => bursts.Passes($"no handshake with 10.0.0.9:{port}")));
        Assert.True(bursts.Passes("something else"));
        Assert.Empty(bursts.Over());
        _time.Now += LogBursts.Window;
        Assert.Equal((2, "no handshake with 10.0.0.9:40006"), Assert.Single(bursts.Over()));
        Assert.Empty(bursts.Over());
        Assert.True(bursts.Passes("no handshake with 10.0.0.9:40007"));
    }

    private sealed class SetTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long GetTimestamp() => Now.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
