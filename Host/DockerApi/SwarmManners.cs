namespace NetworkCluster.DockerApi;

/// <summary>
/// Whether clients of this process have asked for a swarm. There is none: networks across hosts are there without, and this lets clients go on that believe to need one. While one is believed
/// in, the scope <c>swarm</c> means <c>global</c>.
/// </summary>
internal sealed class SwarmManners
{
    private int _active;

    /// <summary>Whether one is believed in.</summary>
    public bool IsActive => Volatile.Read(ref _active) != 0;

    /// <summary>Makes one, unless there is one.</summary>
    public bool TryEnter() => Interlocked.Exchange(ref _active, 1) == 0;

    /// <summary>Leaves it, if there is one.</summary>
    public bool TryLeave() => Interlocked.Exchange(ref _active, 0) != 0;
}
