using NetworkCluster.Access;
using NetworkCluster.Entities;
using NetworkCluster.Hosting;

namespace NetworkCluster.Commands;

/// <summary>Runs one command to its exit frame, whatever carries the frames.</summary>
/// <param name="journal">While it is away, answers say that they come from memory.</param>
/// <param name="logger">Where faults go.</param>
/// <param name="stopping">The host ends, and what was short has had the time to end by itself: so do its commands.</param>
internal sealed class CommandRunner(JournalHealth journal, ILogger logger, CancellationToken stopping)
{
    /// <summary>
    /// Checks, runs and ends one answer. A caller that goes away cancels the command, and then nothing more is written.
    /// A fault inside a handler becomes one error line; its stack stays in the host's log.
    /// </summary>
    /// <param name="caller">Who asks; none: whoever came by a way that is the operator's alone.</param>
    /// <param name="asked">The command, and the palette it is of.</param>
    /// <param name="trace">The caller's trace, W3C's <c>traceparent</c>; none: it begins here.</param>
    /// <param name="request">With what it is called.</param>
    /// <param name="input">The caller's standard input, if there is one.</param>
    /// <param name="output">Where the frames go.</param>
    /// <param name="cancel">The caller is gone.</param>
    public async Task RunAsync(Caller? caller, (string Palette, PaletteCommand Command) asked, string? trace, CommandRequest request, Stream? input, ICommandOutput output, CancellationToken cancel)
    {
        var command = asked.Command;
        using var span = NodeTraces.Begin($"pbm {asked.Palette} {command.Spec.Name}", trace);
        try
        {
            if (caller?.WhyNot($"'{command.Spec.Name}'", changes: !command.Spec.ReadsOnly) is { } why)
            {
                span.Fail("Forbidden", why);
                logger.LogWarning("refused: {Why}", why);
                await output.ErrorAsync("Forbidden", why, cancel);
                await output.WriteAsync(new ExitFrame(ExitCodes.Refused), cancel);
                return;
            }

            var marked = new Marked(output);
            var code = await UntilStoppingAsync(command, request, input, marked, cancel);
            if (marked.Error is { } error) span.Fail(error.Kind, error.Text);
            span.Tell("exit_code", code);
            if (marked.Answered && journal.Outage is { } outage) await output.WriteAsync(new NoticeFrame(outage.Notice), cancel);
            await output.WriteAsync(new ExitFrame(code), cancel);
        }
        catch (Exception e) when (cancel.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            logger.LogDebug("the caller of {Command} went away", command.Spec.Name);
        }
    }

    private async Task<int> UntilStoppingAsync(PaletteCommand command, CommandRequest request, Stream? input, ICommandOutput output, CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
        try
        {
            return await HandleAsync(command, request, input, output, cancel, over.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            if (command.Spec.ReadsOnly) await output.ErrorAsync("HostStopping", "the host is being stopped: ask another one, or this one when it is back", cancel);
            else await output.RefusalAsync(new OutcomeUnknown($"the host is being stopped, and {command.Spec.Name} was not over in time"), cancel);
            return ExitCodes.Unreachable;
        }
    }

    private async Task<int> HandleAsync(PaletteCommand command, CommandRequest request, Stream? input, ICommandOutput output, CancellationToken caller, CancellationToken cancel)
    {
        if (!Invocation.TryCreate(command.Spec, request, input, caller, out var invocation, out var problem))
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

    // What shows something known, and does not hand on the output of a process.
    private sealed class Marked(ICommandOutput inner) : ICommandOutput
    {
        public bool Answered { get; private set; }

        /// <summary>The first of those that were written.</summary>
        public ErrorFrame? Error { get; private set; }

        public ValueTask WriteAsync(Frame frame, CancellationToken cancel)
        {
            Answered |= frame is TableFrame or DocumentFrame;
            Error ??= frame as ErrorFrame;
            return inner.WriteAsync(frame, cancel);
        }
    }
}
