using NetworkCluster.Commands.Networks;
using NetworkCluster.Containers;
using NetworkCluster.Hosts;

namespace NetworkCluster.Commands.Containers;

/// <summary><c>container exec</c>.</summary>
internal sealed class ContainerExec(NetworkDirectory directory, IContainerProcesses processes)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "exec",
        Description = "Run a command in a running container",
        Details = "Exits with the command's own code, 127 when there is no such program. Everything after CONTAINER belongs to the command. When the client ends, so does the command.",
        Arguments =
        [
            NetworkConnect.Container,
            new() { Name = "command", Repeatable = true, Verbatim = true, Description = "The program (of the host's file system) with its arguments" },
        ],
        Options =
        [
            new() { Name = "env", Short = 'e', ValueName = "name=value", Repeatable = true, Description = "Set environment variables" },
            new() { Name = "interactive", Short = 'i', Description = "Pass standard input on" },
            new() { Name = "tty", Short = 't', Description = "Accepted for -it; there is no terminal inside" },
        ],
        InputSwitch = "interactive",
        Examples = ["container exec container4 ping -w 4 c5", "container exec -i container4 cat <file"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var container = await directory.ContainerAsync(invocation.Required("container"), cancel);
        if (ContainerRules.EnvironmentProblems(invocation.Values("env")).FirstOrDefault() is { } problem) throw new RefusedException(new InvalidRequest(problem));
        if (container.Status != ContainerStatus.Running) throw new RefusedException(new ContainerNotRunning(container.Spec.Name, container.Spec.Id));
        if (invocation.Values("command") is ["", ..]) throw new UsageException("the command has no name");
        return await processes.ExecAsync(container, new()
        {
            Command = invocation.Values("command"),
            Environment = invocation.Values("env"),
            Interactive = invocation.Has("interactive"),
        }, new FrameStreams(invocation, output), cancel);
    }
}
