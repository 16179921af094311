using System.Collections.Immutable;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary><c>network ls</c>.</summary>
internal sealed class NetworkList(NetworkDirectory directory)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "ls",
        ReadsOnly = true,
        Aliases = ["list"],
        Description = "List networks",
        Details = "This host's networks and the cluster's.",
        Options =
        [
            new()
            {
                Name = "filter", Short = 'f', ValueName = "key=value", Repeatable = true, Choices = FilterTerms.Beginnings(NetworkFilter.Keys),
                Description = "Show only some: driver=, id=, label=KEY[=VALUE], name= (a part of it), scope=local|global, type=custom|builtin, dangling=true|false (no containers)",
            },
            new() { Name = "no-trunc", Description = "Do not truncate the output" },
            new() { Name = "quiet", Short = 'q', Description = "Only display network IDs" },
        ],
        Output = CommandOutput.Table,
        Examples = ["network ls", "network ls -f driver=overlay -q", "network ls --format '{{.ID}}: {{.Name}}'"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var networks = await directory.MatchingAsync(NetworkFilter.Parse(invocation.Values("filter")), cancel);
        var quiet = invocation.Has("quiet");
        ImmutableArray<TableColumn> columns =
        [
            new("ID", "NETWORK ID"), new("Name", quiet ? null : "NAME"), new("Driver", quiet ? null : "DRIVER"), new("Scope", quiet ? null : "SCOPE"),
            new("IPv6", null), new("Internal", null), new("Labels", null), new("CreatedAt", null),
        ];
        await output.TableAsync(columns, networks.Select(n => Row(n, invocation.Has("no-trunc"))), cancel);
        return ExitCodes.Ok;
    }

    private static ImmutableArray<string> Row(NetworkSpec network, bool whole) =>
    [
        whole ? network.Id.ToString() : network.Id.Short,
        network.Name,
        network.Driver,
        NetworkDocument.TextOf(network.Scope),
        network.EnableIPv6 ? "true" : "false",
        network.Internal ? "true" : "false",
        string.Join(',', network.Labels.Select(l => $"{l.Key}={l.Value}")),
        Rfc3339.Text(network.Created),
    ];
}
