namespace NetworkCluster.Linux;

/// <summary>Passes on what a container's main command writes, from its beginning to its end.</summary>
internal static class MainOutput
{
    private const int PieceBytes = 32 * 1024;

    /// <summary>Passes on what it has written until now.</summary>
    /// <param name="process">The command.</param>
    /// <param name="streams">Where to.</param>
    /// <param name="tail">How many of the last lines; none: all.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task ReadOutputAsync(this MainProcess process, IExecStreams streams, int? tail, CancellationToken cancel)
    {
        if (!File.Exists(process.LogFile)) return;
        await using var log = Open(process);
        SkipTo(log, tail);
        await CopyAsync(log, streams, cancel);
    }

    /// <summary>Follows the command. Both its outputs come as standard output, in the order they were written.</summary>
    /// <param name="process">The command.</param>
    /// <param name="streams">Where to.</param>
    /// <param name="tail">How many of the last lines there are now come first; none: all.</param>
    /// <param name="past">A life that is over, see <see cref="MainProcess.Life"/>: one that comes after it is meant.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="OperationCanceledException">The follower gave up; the command lives on.</exception>
    /// <exception cref="FileNotFoundException">It has not begun.</exception>
    public static async Task<MainProcessStatus> FollowAsync(this MainProcess process, IExecStreams streams, int? tail, string? past, CancellationToken cancel)
    {
        // Its output's file is there a moment before it is recorded, and what is not recorded would be taken for what has ended.
        if (process.Status is MainProcessStatus.None || process.IsStill(past)) throw new FileNotFoundException("the command has not begun", process.LogFile);
        using var changed = new FileSignal(Path.GetDirectoryName(process.LogFile)!);
        await using var log = Open(process);
        SkipTo(log, tail);
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

    private static FileStream Open(MainProcess process) => new(process.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    // From the end, piece by piece: a long output is not read for its last lines. A last line without its end counts.
    private static void SkipTo(FileStream log, int? tail)
    {
        if (tail is { } lines) log.Position = lines == 0 ? log.Length : StartOfLast(lines, log);
    }

    private static long StartOfLast(int lines, FileStream log)
    {
        var (piece, end, ends) = (new byte[PieceBytes], log.Length, 0);
        for (var start = end; start > 0;)
        {
            var size = (int)Math.Min(PieceBytes, start);
            start -= size;
            log.Position = start;
            log.ReadExactly(piece, 0, size);
            for (var i = size - 1; i >= 0; i--)
            {
                if (piece[i] == '\n' && start + i != end - 1 && ++ends == lines) return start + i + 1;
            }
        }

        return 0;
    }

    private static async Task CopyAsync(FileStream log, IExecStreams streams, CancellationToken cancel)
    {
        var buffer = new byte[PieceBytes];
        int count;
        while ((count = await log.ReadAsync(buffer, cancel)) > 0) await streams.WriteOutputAsync(buffer.AsMemory(0, count), cancel);
    }
}
