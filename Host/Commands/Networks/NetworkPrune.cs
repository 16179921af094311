namespace NetworkCluster.Commands.Networks;

/// <summary><c>network prune</c>.</summary>
internal sealed class NetworkPrune(NetworkPruning pruning)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "prune",
        Description = "Remove all networks that no container uses",
        Details = "Stopped containers use their networks too: Docker removes them, and then the container does not start. bridge, host and none stay. There is no question: --force is the answer.",
        Options =
        [
            new()
            {
                Name = "filter", ValueName = "key=value", Repeatable = true, Choices = FilterTerms.Beginnings(NetworkPruning.Keys),
                Description = "Remove only some: label=KEY[=VALUE], label!=KEY[=VALUE], until=TIME (made before; 10m, 1h30m, 2026-11-25T12:00:00, or seconds since 1970)",
            },
            new() { Name = "force", Short = 'f', Description = "Do it: without this nothing is removed" },
        ],
        Examples = ["network prune -f", "network prune -f --filter until=24h --filter label=temporary"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        pruning.Check(invocation.Values("filter"));
        if (!invocation.Has("force")) throw new UsageException("this removes all custom networks that no container uses: say --force to do it");
        var (removed, refused) = await pruning.PruneAsync(invocation.Values("filter"), cancel);
        foreach (var reason in refused) await output.RefusalAsync(reason, cancel);
        foreach (var frame in removed.IsEmpty ? [] : (TextFrame[])[new("Deleted Networks:", IsHeading: true), .. removed.Select(name => new TextFrame(name)), new("", IsHeading: true)]) await output.WriteAsync(frame, cancel);
        return refused.IsEmpty ? ExitCodes.Ok : ExitCodes.Refused;
    }
}
