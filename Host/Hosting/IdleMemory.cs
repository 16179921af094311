namespace NetworkCluster.Hosting;

/// <summary>
/// Gives memory back that a host without work does not need: the runtime collects when much is asked for, and a host that rests asks for little, so that what its last work left would stay for
/// half an hour. What it does is one collection of some 50 ms, in a minute in which next to nothing was asked for, and only if there is something to give back.
/// </summary>
internal sealed class IdleMemory : IAsyncDisposable
{
    // Gossip and the clock's ticks alone are 7 MiB a minute.
    private const long RestingBytes = 12L << 20, WorthBytes = 16L << 20;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly PeriodicTimer _timer;
    private readonly Task _looking;

    /// <summary>Begins to look, once a minute.</summary>
    public IdleMemory(TimeProvider time)
    {
        _timer = new(LookEvery, time);
        _looking = LookAsync();
    }

    /// <summary>Whether it is time.</summary>
    /// <param name="lastMinute">Bytes asked for since the last look.</param>
    /// <param name="sinceTrim">Bytes asked for since it was done last.</param>
    public static bool IsDue(long lastMinute, long sinceTrim) => lastMinute <= RestingBytes && sinceTrim >= WorthBytes;

    /// <summary>Gives back what can be.</summary>
    public static void Trim() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _looking;
    }

    private async Task LookAsync()
    {
        var (looked, trimmed) = (GC.GetTotalAllocatedBytes(), GC.GetTotalAllocatedBytes());
        while (await _timer.WaitForNextTickAsync())
        {
            var now = GC.GetTotalAllocatedBytes();
            if (IsDue(now - looked, now - trimmed))
            {
                Trim();
                trimmed = now;
            }

            looked = now;
        }
    }
}
