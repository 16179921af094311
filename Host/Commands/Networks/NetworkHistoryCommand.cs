using System.Collections.Immutable;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary><c>network history</c>.</summary>
internal sealed class NetworkHistoryCommand(NetworkPast past)
{
    private static readonly ImmutableArray<TableColumn> Columns =
    [
        new("Time", "TIME"), new("NetworkID", "NETWORK ID"), new("Event", "EVENT"), new("Container", "CONTAINER"), new("Host", "HOST"), new("IPv4Address", "IPV4"), new("IPv6Address", "IPV6"), new("Details", "DETAILS"),
        new("MacAddress", null), new("ContainerID", null), new("EndpointID", null), new("Network", null),
    ];

    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "history",
        ReadsOnly = true,
        Description = "Show who was connected to a network when, and with which address",
        Details = "Out of the journal, which forgets nothing: removed networks too, and every network that ever had the name. A line shows the addresses of the endpoint with the event, or until it. "
            + "Times are those of the journal, by the clock of the host that wrote it.",
        Arguments = [NetworkPalette.Network with { Description = "Name, id, or the beginning of an id, also of a removed network" }],
        Output = CommandOutput.Table,
        Examples = ["network history isolated_nw", "network history --format '{{.Time}} {{.Event}} {{.Container}} {{.IPv4Address}}' isolated_nw"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        await output.TableAsync(Columns, (await past.HistoryAsync(invocation.Required("network"), cancel)).Select(Row), cancel);
        return ExitCodes.Ok;
    }

    private static ImmutableArray<string> Row(NetworkHistoryEntry entry)
    {
        var endpoint = entry.Endpoint is { } one ? NetworkContainerDocument.From(one) : null;
        return
        [
            Rfc3339.Text(entry.At),
            entry.Network.Id.Short,
            Text(entry.Change),
            endpoint?.Name ?? "",
            entry.Endpoint?.Spec.Host.ToString() ?? "",
            endpoint?.IPv4Address ?? "",
            endpoint?.IPv6Address ?? "",
            entry.Before is { } before ? string.Join("; ", NetworkDifferences.Between(before, entry.Network)) : entry.FormerName is { } former ? $"was {former}" : "",
            endpoint?.MacAddress ?? "",
            entry.Endpoint?.Spec.Container.ToString() ?? "",
            endpoint?.EndpointId ?? "",
            entry.Network.Name,
        ];
    }

    private static string Text(NetworkChange change) => change switch
    {
        NetworkChange.Created => "created",
        NetworkChange.Changed => "changed",
        NetworkChange.Connected => "connected",
        NetworkChange.Renamed => "renamed",
        NetworkChange.Configured => "configured",
        NetworkChange.Stopped => "stopped",
        NetworkChange.Disconnected => "disconnected",
        _ => "removed",
    };
}
