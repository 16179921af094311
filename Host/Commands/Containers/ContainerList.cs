using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Containers;

namespace NetworkCluster.Commands.Containers;

/// <summary><c>container ls</c>.</summary>
internal sealed class ContainerList(NetworkDirectory directory)
{
    private const int CommandWidth = 20;

    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "ls",
        ReadsOnly = true,
        Aliases = ["list", "ps"],
        Description = "List containers",
        Options =
        [
            new() { Name = "all", Short = 'a', Description = "Show all containers, not only running ones" },
            new()
            {
                Name = "filter", Short = 'f', ValueName = "key=value", Repeatable = true, Choices = FilterTerms.Beginnings(ContainerFilter.Keys),
                Description = "Show only some: id= and name= (a regular expression for a part of it), label=KEY[=VALUE], network=NAME, status=created|running|exited (shows stopped ones too), before= and since= (a container; so do they), exited=CODE, publish= and expose= (PORT[-PORT][/udp]), ancestor=IMAGE",
            },
            new() { Name = "no-trunc", Description = "Do not truncate the output" },
            new() { Name = "quiet", Short = 'q', Description = "Only display container IDs" },
        ],
        Output = CommandOutput.Table,
        Examples = ["container ls -a", "container ls -q -f network=isolated_nw"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var filter = ContainerFilter.Parse(invocation.Values("filter"));
        var quiet = invocation.Has("quiet");
        var whole = invocation.Has("no-trunc");
        var all = invocation.Has("all") || filter.AsksForStopped;
        ImmutableArray<TableColumn> columns =
        [
            new("ID", "CONTAINER ID"), new("Names", quiet ? null : "NAME"), new("Status", quiet ? null : "STATUS"),
            new("Command", quiet ? null : "COMMAND"), new("Ports", quiet ? null : "PORTS"), new("Networks", quiet ? null : "NETWORKS"), new("CreatedAt", null), new("Labels", null),
        ];
        var containers = (await directory.MatchingAsync(filter, cancel)).Where(c => all || c.Status == ContainerStatus.Running);
        await output.TableAsync(columns, containers.Select(c => Row(c, whole)), cancel);
        return ExitCodes.Ok;
    }

    private static ImmutableArray<string> Row(ContainerView container, bool whole) =>
    [
        whole ? container.Spec.Id.ToString() : container.Spec.Id.Short,
        container.Spec.Name,
        container.Status switch
        {
            ContainerStatus.Created => "Created",
            ContainerStatus.Running => "Up",
            _ => container.ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"Exited ({code})") : "Exited",
        },
        CommandText(string.Join(' ', container.Spec.Command), whole),
        PortText.List(container),
        string.Join(", ", container.Endpoints.Select(Network)),
        Rfc3339.Text(container.Spec.Created),
        string.Join(',', container.Spec.Labels.Select(l => $"{l.Key}={l.Value}")),
    ];

    private static string CommandText(string command, bool whole) =>
        command.Length == 0 ? "" : whole || command.Length <= CommandWidth ? $"\"{command}\"" : $"\"{command[..(CommandWidth - 1)]}…\"";

    private static string Network(ContainerEndpoint endpoint) =>
        string.Join(", ", new[] { endpoint.Attached?.IPv4, endpoint.Attached?.IPv6 }.OfType<Addressing.InetAddress>()) is { Length: > 0 } addresses ? $"{endpoint.Spec.NetworkName} ({addresses})" : endpoint.Spec.NetworkName;
}
