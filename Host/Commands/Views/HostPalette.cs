using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Gateway;
using NetworkCluster.Hosts;

namespace NetworkCluster.Commands.Views;

/// <summary>The <c>host</c> palette.</summary>
internal sealed class HostPalette(IClusterGateway gateway, IClusterMembers members)
{
    /// <summary>The palette.</summary>
    public Palette Palette => new("host", "Show hosts", [new(List, ListAsync), new(Inspect, InspectAsync)])
    {
        Names = (prefix, _) => Task.FromResult<ImmutableArray<string>>([.. members.Members.Select(m => m.Host.ToString()).Where(h => h.StartsWith(prefix, StringComparison.Ordinal))]),
    };

    private static CommandSpec List { get; } = new()
    {
        Name = "ls",
        Aliases = ["list"],
        Description = "List the hosts of the cluster",
        Details = "RECLAIMED counts endpoints that were found dead when the host joined last and were given back; ADOPTED its containers that were found alive.",
        Output = CommandOutput.Table,
        Examples = ["host ls"],
    };

    private static CommandSpec Inspect { get; } = new()
    {
        Name = "inspect",
        Description = "Display one or more hosts, also lost ones",
        Arguments = [new() { Name = "host", Repeatable = true, Description = "The host's name", CompletedBy = "host" }],
        Output = CommandOutput.Document,
        Examples = ["host inspect host1"],
    };

    private async Task<int> ListAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var present = members.Members;
        var replies = await Task.WhenAll(present.Select(m => gateway.SendAsync(new GetHost(m.Host), cancel)));
        ImmutableArray<TableColumn> columns =
        [
            new("Host", "HOST"), new("Status", "STATUS"), new("Incarnation", "INCARNATION"), new("Containers", "CONTAINERS"), new("Running", "RUNNING"),
            new("Reclaimed", "RECLAIMED"), new("Adopted", "ADOPTED"), new("Joined", null),
        ];
        await output.TableAsync(columns, present.Zip(replies, Row), cancel);
        return ExitCodes.Ok;
    }

    private async Task<int> InspectAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var documents = new List<HostDocument>();
        var code = await output.ForEachAsync(invocation.Values("host"), async name =>
        {
            if (!HostId.TryParse(name, null, out var host)) throw new RefusedException(new InvalidRequest($"'{name}' is no name of a host"));
            documents.Add(HostDocument.From(await gateway.AskAsync<HostView>(new GetHost(host), cancel)));
        }, cancel);
        await output.DocumentAsync([.. documents], DocumentJson.Default.ImmutableArrayHostDocument, cancel);
        return code;
    }

    private static ImmutableArray<string> Row(ClusterMember member, IReply reply) => reply is HostView view
        ? [member.Host.ToString(), member.Reachable ? (view.Lost ? "lost" : "up") : "unreachable", Text(view.Incarnation.Value), Text(view.Containers), Text(view.Running),
            Text(view.Reclaimed), Text(view.Adopted), Rfc3339.Text(view.JoinedAt)]
        : [member.Host.ToString(), reply is Rejected { Reason: HostUnknown } ? "joining" : "unknown", "", "", "", "", "", ""];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
