using System.Globalization;
using NetworkCluster.Commands.Networks;
using NetworkCluster.Containers;

namespace NetworkCluster.Commands.Containers;

/// <summary><c>container logs</c>.</summary>
internal sealed class ContainerLogs(NetworkDirectory directory, IContainerProcesses processes)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "logs",
        ReadsOnly = true,
        Description = "Print what a container's own command has written",
        Details = "Standard output and error are kept as one, without times, until the container is started again or removed.",
        Arguments = [NetworkConnect.Container],
        Options =
        [
            new() { Name = "follow", Short = 'f', Description = "Go on until the command ends" },
            new() { Name = "tail", Short = 'n', ValueName = "lines", Description = "Only the last lines, or all (default all)" },
        ],
        Examples = ["container logs container1", "container logs -f --tail 10 container1"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var container = await directory.ContainerAsync(invocation.Required("container"), cancel);
        var streams = new FrameStreams(invocation, output);
        int? tail = invocation.Value("tail") is not { } text || text == "all" ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var lines) ? lines
            : throw new UsageException($"invalid argument \"{text}\" for --tail: a number of lines, or all");
        if (invocation.Has("follow") && container is { Status: ContainerStatus.Running, Spec.Command.IsEmpty: false }) await processes.FollowAsync(container, streams, tail, past: null, cancel);
        else await processes.ReadOutputAsync(container, streams, tail, cancel);
        return ExitCodes.Ok;
    }
}
