using NetworkCluster.Containers;
using NetworkCluster.Gateway;

namespace NetworkCluster.Commands.Containers;

/// <summary><c>container run</c>: create and start; in the foreground also the command's output and exit code.</summary>
internal sealed class ContainerRun(IClusterGateway gateway, ContainerCreator creator, IContainerProcesses processes, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50), Patience = TimeSpan.FromSeconds(5);

    private readonly ContainerWatch _watch = new(gateway, LookEvery, time);

    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "run",
        Description = "Create and start a container",
        Details = $"With -d, or without COMMAND, prints the id. Otherwise passes COMMAND's output on (standard output and error as one stream, as it is kept for logs; exec keeps them apart) and exits with its code; 127 when there is no such program, 126 when it cannot be run, 125 when anything else was refused, and then nothing of it is left. When the client ends first (Ctrl-C), the container is stopped. {ContainerCreator.Details}",
        Arguments = [ContainerCreator.CommandLine],
        Options =
        [
            new() { Name = "detach", Short = 'd', Description = "Run in the background and print the id" },
            .. ContainerCreator.Options,
        ],
        Examples =
        [
            "container run -itd --name container1",
            "container run --network isolated_nw --ip 172.25.3.3 -itd --name container3 sleep infinity",
            "container run --rm --network isolated_nw ping -c 1 container3",
        ],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var detached = invocation.Has("detach") || invocation.Values("command").IsEmpty;
        ContainerView? container = null;
        try
        {
            container = await creator.CreateAsync(invocation, cancel);
            await gateway.AskAsync<ContainerDone>(new StartContainer(container.Host, container.Spec.Id) { At = time.GetUtcNow() }, cancel);
        }
        catch (RefusedException e)
        {
            var reason = container is null || e.Reason.Kind == RejectionKind.Unknown ? e.Reason : await UndoAsync(container, e.Reason);
            await output.RefusalAsync(reason, cancel);
            return reason is CommandNotRunnable command ? command.ExitCode : ExitCodes.NotRun;
        }

        if (detached)
        {
            await output.LineAsync(container.Spec.Id.ToString(), cancel);
            return ExitCodes.Ok;
        }

        try
        {
            var code = await processes.FollowAsync(container, new FrameStreams(invocation, output), tail: null, past: null, cancel) ?? ExitCodes.NotRun;
            if (!invocation.Has("rm")) await EndedAsync(container, cancel);
            return code;
        }
        catch (OperationCanceledException) when (invocation.Caller.IsCancellationRequested && !invocation.Has("rm"))
        {
            // As in Docker, where Ctrl-C reaches the command.
            await gateway.SendAsync(StopContainer.Of(container), CancellationToken.None);
            throw;
        }
        finally
        {
            // Also when the caller went away: that is what --rm promises.
            if (invocation.Has("rm")) await gateway.SendAsync(new RemoveContainer(container.Host, container.Spec.Id, Force: true), CancellationToken.None);
        }
    }

    // Nothing of it is left, so that the same line goes through once what was in the way is gone; where that cannot be done either, it is said.
    private async Task<Rejection> UndoAsync(ContainerView container, Rejection reason) =>
        await gateway.SendAsync(new RemoveContainer(container.Host, container.Spec.Id, Force: true), CancellationToken.None) is Rejected { Reason: not ContainerNotFound and var left }
            ? new OutcomeUnknown($"{reason.Text}; and the container {container.Spec.Name}, which was created for it, could not be removed: {left.Text}")
            : reason;

    // The command has ended a little before its container: whoever comes next finds its address free.
    private async Task EndedAsync(ContainerView container, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        try
        {
            await _watch.UntilAsync(container.Spec.Id, view => view is null || (view.Status != ContainerStatus.Running && view.Endpoints.All(endpoint => endpoint.Attached is null)), over.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // It ends all the same; the command's output and code are known.
        }
    }
}
