using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NetworkCluster.Dataplane;

namespace NetworkCluster.Agents;

/// <summary>
/// Deletes retired links behind everybody's back. One request deletes all of a group, because each holds the kernel's rtnl lock for the 8 to 50 ms that it waits, and everybody else's netlink with it: so it waits for a
/// moment in which nothing is asked of the kernel, though not for ever. Bridges take the kernel as long each: they are in many groups, one of which goes at a time, and others get as long before the next.
/// If the process ends before it comes to it, the groups are still there and the next life begins with them.
/// </summary>
internal sealed class Reaper : IAsyncDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    // From here on they come quicker than they go: whoever brings more waits.
    private const int Crowd = 200;

    private readonly Channel<int> _retired = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _ending = new();
    private readonly TimeProvider _time;
    private readonly Task _loop;
    private long _busyAt;

    public Reaper(IDataplane dataplane, TimeProvider time, ILogger log)
    {
        _time = time;
        _loop = Task.Run(() => LoopAsync(dataplane, log));
    }

    /// <summary>There is one more in the group.</summary>
    public void Signal(int group) => _retired.Writer.TryWrite(group);

    /// <summary>Somebody asks something of the kernel, and somebody waits for it.</summary>
    public void Busy() => Volatile.Write(ref _busyAt, _time.GetTimestamp());

    private async Task LoopAsync(IDataplane dataplane, ILogger log)
    {
        var groups = new Dictionary<int, int>();
        while (await _retired.Reader.WaitToReadAsync())
        {
            for (var wait = Longest; Gather(groups) is > 0 and var all;)
            {
                await QuietAsync(all < Crowd ? wait : TimeSpan.Zero);
                Gather(groups);
                var group = groups.MaxBy(pair => pair.Value).Key;
                var began = _time.GetTimestamp();
                try
                {
                    await dataplane.ApplyAsync([new DeleteGroup(group)], CancellationToken.None);
                    groups.Remove(group);
                }
                catch (DataplaneException fault)
                {
                    log.LogWarning(fault, "retired links could not be deleted; the next detach tries again");
                    break;
                }

                wait = _time.GetElapsedTime(began);
            }
        }
    }

    // How many there are by now.
    private int Gather(Dictionary<int, int> groups)
    {
        while (_retired.Reader.TryRead(out var group)) groups[group] = groups.GetValueOrDefault(group) + 1;
        return groups.Values.Sum();
    }

    private async Task QuietAsync(TimeSpan longest)
    {
        var since = _time.GetTimestamp();
        while (!_ending.IsCancellationRequested)
        {
            var busy = Quiet - _time.GetElapsedTime(Volatile.Read(ref _busyAt));
            var left = longest - _time.GetElapsedTime(since);
            var wait = busy < left ? busy : left;
            if (wait <= TimeSpan.Zero) return;
            await Task.Delay(wait, _time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Deletes what has gathered, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _retired.Writer.TryComplete();
        await _ending.CancelAsync();
        await _loop;
        _ending.Dispose();
    }
}
