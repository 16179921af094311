using System.Threading.Channels;

namespace NetworkCluster.Tests.Support;

/// <summary>A clock that stands: what was just done is never over. Timers run, and it tells of each that is begun, so that a test can await that somebody waits.</summary>
internal sealed class StandingTime : TimeProvider
{
    private readonly Channel<bool> _waits = Channel.CreateUnbounded<bool>();

    public override long GetTimestamp() => 1;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _waits.Writer.TryWrite(true);
        return base.CreateTimer(callback, state, dueTime, period);
    }

    /// <summary>Until somebody waits who did not yet when this was asked.</summary>
    public async Task NextWaitAsync()
    {
        while (_waits.Reader.TryRead(out _)) { }
        await _waits.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
