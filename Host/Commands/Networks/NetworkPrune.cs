using System.Collections.Immutable;
using NetworkCluster.Gateway;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary><c>network prune</c>.</summary>
internal sealed class NetworkPrune(IClusterGateway gateway, NetworkDirectory directory, TimeProvider time)
{
    private static readonly ImmutableArray<string> Keys = ["label", "label!", "until"];

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
                Name = "filter", ValueName = "key=value", Repeatable = true,
                Description = "Remove only some: label=KEY[=VALUE], label!=KEY[=VALUE], until=TIME (made before; 10m, 1h30m, 2026-11-25T12:00:00, or seconds since 1970)",
            },
            new() { Name = "force", Short = 'f', Description = "Do it: without this nothing is removed" },
        ],
        Examples = ["network prune -f", "network prune -f --filter until=24h --filter label=temporary"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var filter = FilterTerms.Parse(invocation.Values("filter"), Keys, (_, _) => true);
        if (filter.Values("until").Skip(1).Any()) throw new UsageException("more than one until filter specified");
        DateTimeOffset? until = filter.Values("until").FirstOrDefault() is { } text ? PointInTime.Parse(text, time) : null;
        if (!invocation.Has("force")) throw new UsageException("this removes all custom networks that no container uses: say --force to do it");

        var removed = new List<string>();
        var code = await output.ForEachAsync((await directory.AllAsync(cancel)).Where(network => Matches(filter, until, network)), async network =>
        {
            // One that is in use, or that somebody else has removed meanwhile, is none of ours.
            var reply = await gateway.SendAsync(new RemoveNetwork(network.Space, network.Id) { IfUnused = true }, cancel);
            if (reply is Rejected { Reason: ActiveEndpoints or NetworkNotFound }) return;
            reply.Expect<NetworkRemoved>();
            removed.Add(network.Name);
        }, cancel);
        if (removed.Count == 0) return code;
        foreach (var line in (string[])["Deleted Networks:", .. removed, ""]) await output.LineAsync(line, cancel);
        return code;
    }

    private static bool Matches(FilterTerms filter, DateTimeOffset? until, NetworkSpec network) =>
        !network.Predefined
        && (until is not { } latest || network.Created <= latest)
        && filter.Values("label").All(term => FilterTerms.HasLabel(network.Labels, term))
        && !(filter.Has("label!") && filter.Values("label!").All(term => FilterTerms.HasLabel(network.Labels, term)));
}
