namespace NetworkCluster.DockerApi;

/// <summary>Connections that stay open as long as the client likes: so many at once, and fewer than are served, so that there is always room for a question.</summary>
internal sealed class StreamPlaces
{
    /// <summary>How many there are; see <see cref="Commands.PbmServer.ConnectionLimit"/>.</summary>
    public const int Most = 192;

    private int _taken;

    /// <summary>Takes one until disposed.</summary>
    /// <exception cref="DockerRefusedException">All are taken.</exception>
    public IDisposable Take()
    {
        if (Interlocked.Increment(ref _taken) <= Most) return new Place(this);
        Interlocked.Decrement(ref _taken);
        throw new DockerRefusedException(StatusCodes.Status503ServiceUnavailable, $"{Most} streams (events, logs --follow, attach, exec, wait) are open here, and that is all there are: close one");
    }

    private sealed class Place(StreamPlaces places) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref places._taken);
    }
}
