namespace NetworkCluster.Hosting;

/// <summary>Something that is taken apart at once, among others that are not.</summary>
internal sealed class Disposing(IDisposable inner) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        inner.Dispose();
        return ValueTask.CompletedTask;
    }
}
