using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NetworkCluster.Dataplane;

namespace NetworkCluster.Agents;

/// <summary>
/// Deletes retired links behind everybody's back. One request deletes all of a group, because each holds the kernel's rtnl lock for the 8 to 50 ms that it waits, and everybody else's netlink with it: so it waits for a
/// moment in which nothing is asked of the kernel, though not for ever. Bridges take the kernel as long each: they go one at a time, others get as long before the next, and while there is work they are kept a little
/// longer, because a network that is made meanwhile can have one.
/// If the process ends before it comes to it, they are still there and the next life begins with them.
/// </summary>
internal sealed class Reaper : IAsyncDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestForBridges = TimeSpan.FromSeconds(10);
    private const int MostBridges = 32;
    // From here on they come quicker than they go: whoever brings more waits.
    private const int Crowd = 200;

    private readonly Channel<bool> _retired = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentQueue<string> _bridges = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly TimeProvider _time;
    private readonly Task _loop;
    private int _links;
    private long _busyAt;

    public Reaper(IDataplane dataplane, int group, TimeProvider time, ILogger log)
    {
        _time = time;
        _loop = Task.Run(() => LoopAsync(dataplane, new DeleteGroup(group), log));
    }

    /// <summary>There is one more link in the group.</summary>
    public void Retired()
    {
        Interlocked.Increment(ref _links);
        _retired.Writer.TryWrite(true);
    }

    /// <summary>There is one more bridge, by its name in retirement.</summary>
    public void Retired(string bridge)
    {
        _bridges.Enqueue(bridge);
        _retired.Writer.TryWrite(true);
    }

    /// <summary>A bridge that is deleted by nobody from now on; none where there is none.</summary>
    public string? TakeBridge() => _bridges.TryDequeue(out var bridge) ? bridge : null;

    /// <summary>Somebody asks something of the kernel, and somebody waits for it.</summary>
    public void Busy() => Volatile.Write(ref _busyAt, _time.GetTimestamp());

    private int Left => Volatile.Read(ref _links) + _bridges.Count;

    private async Task LoopAsync(IDataplane dataplane, DeleteGroup links, ILogger log)
    {
        while (await _retired.Reader.WaitToReadAsync())
        {
            _retired.Reader.TryRead(out _);
            for (var wait = Longest; Left > 0;)
            {
                await QuietAsync(wait);
                var began = _time.GetTimestamp();
                var (count, bridge) = (Interlocked.Exchange(ref _links, 0), (string?)null);
                if (count == 0 && (bridge = TakeBridge()) is null) break;
                try
                {
                    await dataplane.ApplyAsync([bridge is null ? links : new DeleteLink(LinkName.OnHost(bridge))], CancellationToken.None);
                }
                catch (DataplaneException fault)
                {
                    log.LogWarning(fault, "retired links could not be deleted; the next detach tries again");
                    Interlocked.Add(ref _links, count);
                    if (bridge is not null) _bridges.Enqueue(bridge);
                    break;
                }

                wait = _time.GetElapsedTime(began);
            }
        }
    }

    private TimeSpan Patience(TimeSpan wait) => Left >= Crowd ? TimeSpan.Zero : Volatile.Read(ref _links) > 0 || _bridges.Count > MostBridges ? wait : LongestForBridges;

    private async Task QuietAsync(TimeSpan wait)
    {
        var since = _time.GetTimestamp();
        while (!_ending.IsCancellationRequested)
        {
            var busy = Quiet - _time.GetElapsedTime(Volatile.Read(ref _busyAt));
            var left = Patience(wait) - _time.GetElapsedTime(since);
            var next = busy < left ? busy : left;
            if (next <= TimeSpan.Zero) return;
            await Task.Delay(next, _time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
