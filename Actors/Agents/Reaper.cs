using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NetworkCluster.Dataplane;

namespace NetworkCluster.Agents;

/// <summary>
/// Deletes retired links behind everybody's back. One request deletes all that have gathered, because each holds the kernel's rtnl lock for the 8 to 50 ms that it
/// waits, however many it deletes, and everybody else's netlink with it: so it waits for a moment in which nothing is asked of the kernel, though not for ever.
/// If the process ends before it comes to it, the group is still there and the next life begins with it.
/// </summary>
internal sealed class Reaper : IAsyncDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly CancellationTokenSource _ending = new();
    private readonly TimeProvider _time;
    private readonly Task _loop;
    private long _busyAt;

    public Reaper(IDataplane dataplane, int group, TimeProvider time, ILogger log)
    {
        _time = time;
        _loop = Task.Run(() => LoopAsync(dataplane, group, log));
    }

    /// <summary>There is something in the group.</summary>
    public void Signal() => _signals.Writer.TryWrite(true);

    /// <summary>Somebody asks something of the kernel, and somebody waits for it.</summary>
    public void Busy() => Volatile.Write(ref _busyAt, _time.GetTimestamp());

    private async Task LoopAsync(IDataplane dataplane, int group, ILogger log)
    {
        await foreach (var _ in _signals.Reader.ReadAllAsync())
        {
            await QuietAsync();
            try
            {
                await dataplane.ApplyAsync([new DeleteGroup(group)], CancellationToken.None);
            }
            catch (DataplaneException fault)
            {
                log.LogWarning(fault, "retired links could not be deleted; the next detach tries again");
            }
        }
    }

    private async Task QuietAsync()
    {
        var since = _time.GetTimestamp();
        while (!_ending.IsCancellationRequested)
        {
            var busy = Quiet - _time.GetElapsedTime(Volatile.Read(ref _busyAt));
            var left = Longest - _time.GetElapsedTime(since);
            var wait = busy < left ? busy : left;
            if (wait <= TimeSpan.Zero) return;
            await Task.Delay(wait, _time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Deletes what has gathered, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _signals.Writer.TryComplete();
        await _ending.CancelAsync();
        await _loop;
        _ending.Dispose();
    }
}
