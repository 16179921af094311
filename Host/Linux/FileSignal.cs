namespace NetworkCluster.Linux;

/// <summary>Says when something in a folder has changed, so that nobody has to look again and again.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA2213", Justification = "an event that is under way may still release the semaphore")]
internal sealed class FileSignal : IDisposable
{
    private readonly SemaphoreSlim _changed = new(0, int.MaxValue);
    private readonly IDisposable _listening;

    /// <summary>Listens from now on.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public FileSignal(string folder) => _listening = FolderEvents.Listen(folder, (_, _) => _changed.Release());

    /// <summary>Waits for the next change since the last call.</summary>
    public async Task NextAsync(CancellationToken cancel)
    {
        await _changed.WaitAsync(cancel);
        while (_changed.Wait(0, CancellationToken.None))
        {
            // One look serves all the changes so far.
        }
    }

    /// <summary>The semaphore stays: an event that is under way may still release it.</summary>
    public void Dispose() => _listening.Dispose();
}
