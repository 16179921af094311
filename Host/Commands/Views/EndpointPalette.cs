using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Gateway;

namespace NetworkCluster.Commands.Views;

/// <summary>The <c>endpoint</c> palette: each container's place in each network, on all hosts.</summary>
internal sealed class EndpointPalette(IClusterGateway gateway)
{
    private readonly NetworkDirectory _directory = new(gateway);

    /// <summary>The palette.</summary>
    public Palette Palette => new("endpoint", "Show the containers' places in networks", [new(List, ListAsync), new(Inspect, InspectAsync)])
    {
        Names = async (prefix, cancel) => [.. (await AllAsync(cancel)).Select(e => e.Spec.Id.Short).Where(id => id.StartsWith(prefix, StringComparison.Ordinal))],
    };

    private static CommandSpec List { get; } = new()
    {
        Name = "ls",
        ReadsOnly = true,
        Aliases = ["list"],
        Description = "List endpoints of all networks that can be seen from this host",
        Details = "Attached ones of all hosts, and the wishes of this host's stopped containers.",
        Options =
        [
            new() { Name = "network", ValueName = "network", Description = "Only those of one network", CompletedBy = "network" },
            new() { Name = "no-trunc", Description = "Do not truncate the output" },
            new() { Name = "quiet", Short = 'q', Description = "Only display endpoint IDs" },
        ],
        Output = CommandOutput.Table,
        Examples = ["endpoint ls --network isolated_nw"],
    };

    private static CommandSpec Inspect { get; } = new()
    {
        Name = "inspect",
        ReadsOnly = true,
        Description = "Display the life of one or more endpoints",
        Arguments = [new() { Name = "endpoint", Repeatable = true, Description = "Id, or the beginning of one that 'endpoint ls' shows", CompletedBy = "endpoint" }],
        Output = CommandOutput.Document,
        Examples = ["endpoint inspect 11cedac1810e"],
    };

    private async Task<int> ListAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var network = invocation.Value("network") is { } name ? await _directory.NetworkAsync(name, cancel) : null;
        var quiet = invocation.Has("quiet");
        var whole = invocation.Has("no-trunc");
        ImmutableArray<TableColumn> columns =
        [
            new("ID", "ENDPOINT ID"), new("Network", quiet ? null : "NETWORK"), new("Container", quiet ? null : "CONTAINER"), new("Host", quiet ? null : "HOST"),
            new("IPv4Address", quiet ? null : "IPV4"), new("IPv6Address", quiet ? null : "IPV6"), new("MacAddress", quiet ? null : "MAC"),
        ];
        var rows = (await AllAsync(cancel)).Where(e => network is null || e.Spec.Network == network.Id).Select(e => Row(e, whole));
        await output.TableAsync(columns, rows, cancel);
        return ExitCodes.Ok;
    }

    private async Task<int> InspectAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var documents = new List<EndpointViewDocument>();
        var code = await output.ForEachAsync(invocation.Values("endpoint"), async text =>
        {
            var id = await ResolveAsync(text, cancel);
            documents.Add(EndpointViewDocument.From(await gateway.AskAsync<EndpointView>(new GetEndpoint(id), cancel)));
        }, cancel);
        await output.DocumentAsync([.. documents], DocumentJson.Default.ImmutableArrayEndpointViewDocument, cancel);
        return code;
    }

    private async Task<EndpointId> ResolveAsync(string text, CancellationToken cancel)
    {
        if (EndpointId.TryParse(text, null, out var id)) return id;
        ImmutableArray<EndpointId> matches = [.. (await AllAsync(cancel)).Select(e => e.Spec.Id).Where(e => e.ToString().StartsWith(text, StringComparison.Ordinal))];
        return matches switch
        {
            [var only] => only,
            [] => throw new RefusedException(new InvalidRequest($"No such endpoint: {text}")),
            _ => throw new RefusedException(new AmbiguousName("endpoint", text, [.. matches.Select(m => m.Short)])),
        };
    }

    private async Task<ImmutableArray<ContainerEndpoint>> AllAsync(CancellationToken cancel)
    {
        var views = await _directory.ViewsAsync(await _directory.AllAsync(cancel), cancel);
        var attached = views.SelectMany(v => v.Endpoints).Select(e => new ContainerEndpoint(e.Spec, e)).ToList();
        var known = attached.Select(e => e.Spec.Id).ToHashSet();
        return [.. attached, .. (await _directory.ContainersAsync(cancel)).SelectMany(c => c.Endpoints).Where(e => known.Add(e.Spec.Id))];
    }

    private static ImmutableArray<string> Row(ContainerEndpoint endpoint, bool whole) =>
    [
        whole ? endpoint.Spec.Id.ToString() : endpoint.Spec.Id.Short,
        endpoint.Spec.NetworkName,
        endpoint.Spec.ContainerName,
        endpoint.Spec.Host.ToString(),
        Address(endpoint.Attached?.IPv4, endpoint.Attached?.IPv4Prefix),
        Address(endpoint.Attached?.IPv6, endpoint.Attached?.IPv6Prefix),
        endpoint.Attached?.Mac?.ToString() ?? "",
    ];

    private static string Address(InetAddress? address, int? prefix) => address is null ? "" : $"{address}/{prefix}";
}
