namespace NetworkCluster.Commands.Containers;

/// <summary><c>container create</c>.</summary>
internal sealed class ContainerCreate(ContainerCreator creator)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "create",
        Description = "Create a stopped container",
        Details = $"Prints the new container's id. {ContainerCreator.Details}",
        Arguments = [ContainerCreator.CommandLine],
        Options = ContainerCreator.Options,
        Examples = ["container create --name container4 --network isolated_nw --link container5:c5 sleep infinity"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var container = await creator.CreateAsync(invocation, cancel);
        await output.LineAsync(container.Spec.Id.ToString(), cancel);
        return ExitCodes.Ok;
    }
}
