using NetworkCluster.Commands.Documents;
using NetworkCluster.Commands.Networks;
using NetworkCluster.Containers;
using NetworkCluster.Gateway;

namespace NetworkCluster.Commands.Containers;

/// <summary>The <c>container</c> palette.</summary>
internal sealed class ContainerPalette(IClusterGateway gateway, IContainerProcesses processes, RandomNames names, TimeProvider time)
{
    private readonly NetworkDirectory _directory = new(gateway);

    /// <summary>The palette.</summary>
    public Palette Palette
    {
        get
        {
            var creator = new ContainerCreator(gateway, _directory, names, time);
            return new("container", "Manage the containers of this host",
            [
                new ContainerCreate(creator).Command,
                new ContainerRun(gateway, creator, processes, time).Command,
                new ContainerExec(_directory, processes).Command,
                new ContainerList(_directory).Command,
                new ContainerLogs(_directory, processes).Command,
                new(Inspect, InspectAsync),
                new(Start, (i, o, c) => EachAsync(i, o, container => new StartContainer(container.Host, container.Spec.Id) { At = time.GetUtcNow() }, c, IsLonely)),
                new(Stop, (i, o, c) => EachAsync(i, o, container => StopContainer.Of(container, i.Parsed<int>("time")) with { Signal = i.Value("signal") is { } signal ? Signals.Parse(signal) : null }, c)),
                new(Rename, RenameAsync),
                new(Remove, (i, o, c) => EachAsync(i, o, container => new RemoveContainer(container.Host, container.Spec.Id, i.Has("force")), c)),
            ])
            {
                Names = _directory.ContainerNamesAsync,
            };
        }
    }

    private static CommandSpec Inspect { get; } = new()
    {
        Name = "inspect",
        ReadsOnly = true,
        Description = "Display detailed information on one or more containers",
        Arguments = [NetworkConnect.Container with { Repeatable = true }],
        Output = CommandOutput.Document,
        Examples = ["container inspect --format '{{json .NetworkSettings.Networks}}' container3"],
    };

    private static CommandSpec Start { get; } = new()
    {
        Name = "start",
        Description = "Start one or more stopped containers",
        Details = "When it returns, the container answers ping and its names in all its networks.",
        Arguments = [NetworkConnect.Container with { Repeatable = true }],
        Examples = ["container start container1"],
    };

    private static CommandSpec Stop { get; } = new()
    {
        Name = "stop",
        Description = "Stop one or more running containers",
        Details = "Its command is asked to end (TERM) while it still has its networks, and killed when it goes on for too long. Then the container leaves its networks; its settings and its fixed addresses stay for the next start.",
        Arguments = [NetworkConnect.Container with { Repeatable = true }],
        Options = [new() { Name = "signal", Short = 's', ValueName = "name", Description = "Ask by another signal", Default = "TERM" }, new() { Name = "time", Short = 't', ValueName = "seconds", Description = "How long its command may go on; 0 kills it at once, a negative number waits for a day", Default = $"{StopPatience.Usual}" }],
        Examples = ["container stop container1 container2"],
    };

    private static CommandSpec Rename { get; } = new()
    {
        Name = "rename",
        Description = "Give a container another name",
        Details = "In all its networks at once, or in none: where one of them has somebody of that name already, it keeps the one it has. Its addresses and its connections stay. "
            + "Links that other containers have to the old name lead nowhere from then on.",
        Arguments = [NetworkConnect.Container, new() { Name = "name", Description = "The new name" }],
        Examples = ["container rename container1 web"],
    };

    private static CommandSpec Remove { get; } = new()
    {
        Name = "rm",
        Aliases = ["remove"],
        Description = "Remove one or more containers",
        Arguments = [NetworkConnect.Container with { Repeatable = true }],
        Options = [new() { Name = "force", Short = 'f', Description = "Stop it first if it runs" }],
        Examples = ["container rm -f container1"],
    };

    private async Task<int> InspectAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var documents = new List<ContainerDocument>();
        var code = await output.ForEachAsync(
            invocation.Values("container"), async name =>
            {
                var container = await _directory.ContainerAsync(name, cancel);
                documents.Add(ContainerDocument.From(container, processes.PlaceOf(container)));
            }, cancel);
        await output.DocumentAsync([.. documents], DocumentJson.Default.ImmutableArrayContainerDocument, cancel);
        return code;
    }

    private async Task<int> RenameAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var container = await _directory.ContainerAsync(invocation.Required("container"), cancel);
        if (invocation.Required("name") == container.Spec.Name) throw new RefusedException(new InvalidRequest($"the container is called {container.Spec.Name} already"));
        await gateway.AskAsync<ContainerDone>(new RenameContainer(container.Host, container.Spec.Id, invocation.Required("name")), cancel);
        return ExitCodes.Ok;
    }

    // Networks that were removed take the wishes of stopped containers with them.
    private static string? IsLonely(ContainerView container) => container.Spec.Mode == SandboxMode.Own && container.Endpoints.IsEmpty
        ? $"{container.Spec.Name} is in no network: it was disconnected from those it had, or they were removed; network connect gives it another"
        : null;

    private Task<int> EachAsync(Invocation invocation, ICommandOutput output, Func<ContainerView, IContainerCommand> command, CancellationToken cancel, Func<ContainerView, string?>? notice = null) =>
        output.ForEachAsync(invocation.Values("container"), async name =>
        {
            var done = await gateway.AskAsync<ContainerDone>(command(await _directory.ContainerAsync(name, cancel)), cancel);
            await output.LineAsync(name, cancel);
            if (notice?.Invoke(done.Container) is { } text) await output.WriteAsync(new NoticeFrame(text), cancel);
        }, cancel);
}
