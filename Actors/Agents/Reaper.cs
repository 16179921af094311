using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NetworkCluster.Dataplane;

namespace NetworkCluster.Agents;

/// <summary>
/// Deletes retired links behind everybody's back. One request deletes all that have gathered, because each waits 8 to 50 ms for the kernel however many
/// it deletes. If the process ends before it comes to it, the group is still there and the next life begins with it.
/// </summary>
internal sealed class Reaper : IAsyncDisposable
{
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Task _loop;

    public Reaper(IDataplane dataplane, int group, ILogger log) => _loop = Task.Run(() => LoopAsync(dataplane, group, log));

    /// <summary>There is something in the group.</summary>
    public void Signal() => _signals.Writer.TryWrite(true);

    private async Task LoopAsync(IDataplane dataplane, int group, ILogger log)
    {
        await foreach (var _ in _signals.Reader.ReadAllAsync())
        {
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

    /// <summary>Deletes what has gathered, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _signals.Writer.TryComplete();
        await _loop;
    }
}
