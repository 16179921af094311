using System.Diagnostics;

namespace NetworkCluster.Linux;

/// <summary>
/// Runs commands in sandboxes. Nothing here is on the packet path: starting a foreign program forks by nature. Safe for concurrent use.
/// </summary>
/// <param name="stateDirectory">Where the main commands of containers are remembered, one folder each, so that a restarted host finds them again.</param>
internal sealed class SandboxProcesses(string stateDirectory)
{
    private const int PieceBytes = 32 * 1024;

    /// <summary>Runs a command to its end and passes its streams.</summary>
    /// <param name="netnsName">The name under <c>/run/netns</c>; none: the host's own namespace.</param>
    /// <param name="request">The command.</param>
    /// <param name="streams">The other end of its streams.</param>
    /// <param name="cancel">Kills the command with all its process group.</param>
    /// <returns>Its exit code; 128 + signal when one ended it; 127 when there is no such program, 126 when it cannot be run.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled, and the command is dead.</exception>
    public static async Task<int> ExecAsync(string? netnsName, ExecRequest request, IExecStreams streams, CancellationToken cancel)
    {
        var start = SandboxLaunch.Of(netnsName, request);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        request.Terminal?.HeldBy(process.Id);
        await using var kill = cancel.Register(() => Kill(process));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var input = FeedAsync(process, request.Interactive ? streams.Input : Stream.Null, endless: !request.Interactive && request.Terminal is not null, ended.Token);
        try
        {
            await Task.WhenAll(
                CopyAsync(process, process.StandardOutput, streams.WriteOutputAsync, cancel),
                CopyAsync(process, process.StandardError, streams.WriteErrorAsync, cancel));
            await process.WaitForExitAsync(cancel);
        }
        finally
        {
            // Its process id may be another's from now on.
            request.Terminal?.HeldBy(0);
            await ended.CancelAsync();
            await input;
        }

        return process.ExitCode;
    }

    /// <summary>The main command of a container.</summary>
    /// <param name="key">The container's id.</param>
    public MainProcess Main(string key) => new(Path.Combine(stateDirectory, key));

    /// <summary>A reader of the output that fails or goes away ends the command: it must not go on unseen, nor wait for ever with a full pipe.</summary>
    private static async Task CopyAsync(Process process, StreamReader from, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> to, CancellationToken cancel)
    {
        try
        {
            var buffer = new byte[PieceBytes];
            int count;
            while ((count = await from.BaseStream.ReadAsync(buffer, cancel)) > 0) await to(buffer.AsMemory(0, count), cancel);
        }
        catch
        {
            Kill(process);
            throw;
        }
    }

    // A command in a terminal has a group of its own.
    private static void Kill(Process process)
    {
        foreach (var child in ProcessEntry.Children(process.Id)) ProcessGroup.Kill(child);
        ProcessGroup.Kill(process.Id);
    }

    private static async Task FeedAsync(Process process, Stream input, bool endless, CancellationToken ended)
    {
        try
        {
            await using var into = process.StandardInput.BaseStream;
            await input.CopyToAsync(into, ended);
            if (endless) await Task.Delay(Timeout.Infinite, ended);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The command has closed its input or ended: both are its right.
        }
    }
}
