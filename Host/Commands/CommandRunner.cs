namespace NetworkCluster.Commands;

/// <summary>Runs one command to its exit frame, whatever carries the frames.</summary>
internal sealed class CommandRunner(ILogger logger)
{
    /// <summary>
    /// Checks, runs and ends one answer. A caller that goes away cancels the command, and then nothing more is written.
    /// A fault inside a handler becomes one error line; its stack stays in the host's log.
    /// </summary>
    public async Task RunAsync(PaletteCommand command, CommandRequest request, Stream? input, ICommandOutput output, CancellationToken cancel)
    {
        try
        {
            var code = await HandleAsync(command, request, input, output, cancel);
            await output.WriteAsync(new ExitFrame(code), cancel);
        }
        catch (Exception e) when (cancel.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            logger.LogDebug("the caller of {Command} went away", command.Spec.Name);
        }
    }

    private async Task<int> HandleAsync(PaletteCommand command, CommandRequest request, Stream? input, ICommandOutput output, CancellationToken cancel)
    {
        if (!Invocation.TryCreate(command.Spec, request, input, out var invocation, out var problem))
        {
            await output.ErrorAsync("Usage", problem, cancel);
            return ExitCodes.Usage;
        }

        try
        {
            return await command.Handler(invocation, output, cancel);
        }
        catch (UsageException e)
        {
            await output.ErrorAsync("Usage", e.Message, cancel);
            return ExitCodes.Usage;
        }
        catch (RefusedException e)
        {
            await output.RefusalAsync(e.Reason, cancel);
            return ExitCodes.Refused;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            logger.LogError(e, "command {Command} failed", command.Spec.Name);
            await output.ErrorAsync("Fault", e.Message.ReplaceLineEndings(" "), cancel);
            return ExitCodes.Refused;
        }
    }
}
