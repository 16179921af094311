namespace NetworkCluster.Linux;

/// <summary>Passes on what a container's main command writes, from its beginning to its end.</summary>
internal static class MainOutput
{
    private const int PieceBytes = 32 * 1024;

    /// <summary>Follows the command. Both its outputs come as standard output, in the order they were written.</summary>
    /// <returns>How it ended.</returns>
    /// <exception cref="OperationCanceledException">The follower gave up; the command lives on.</exception>
    public static async Task<MainProcessStatus> FollowAsync(this MainProcess process, IExecStreams streams, CancellationToken cancel)
    {
        using var changed = new FileSignal(Path.GetDirectoryName(process.LogFile)!);
        await using var log = new FileStream(process.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var ended = process.WaitAsync(over.Token);
        var signal = changed.NextAsync(over.Token);
        try
        {
            while (true)
            {
                // Looked at before the copy: what was written before the end is copied after it.
                var last = ended.IsCompleted;
                await CopyAsync(log, streams, cancel);
                if (last) return await ended;
                await Task.WhenAny(signal, ended);
                if (!signal.IsCompleted) continue;
                await signal;
                signal = changed.NextAsync(over.Token);
            }
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private static async Task CopyAsync(FileStream log, IExecStreams streams, CancellationToken cancel)
    {
        var buffer = new byte[PieceBytes];
        int count;
        while ((count = await log.ReadAsync(buffer, cancel)) > 0) await streams.WriteOutputAsync(buffer.AsMemory(0, count), cancel);
    }
}
