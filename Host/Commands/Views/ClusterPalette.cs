using System.Collections.Immutable;
using NetworkCluster.Commands.Events;

namespace NetworkCluster.Commands.Views;

/// <summary>The <c>cluster</c> palette.</summary>
internal sealed class ClusterPalette(IClusterMembers members, ClusterEvents events, ClusterWatch watch)
{
    /// <summary>The palette.</summary>
    public Palette Palette => new("cluster", "Show the cluster, and what happens in it", [new(Show, ShowAsync), events.Command, watch.Command]);

    private static CommandSpec Show { get; } = new()
    {
        Name = "show",
        ReadsOnly = true,
        Description = "List the members as the asked host sees them, the oldest first",
        Output = CommandOutput.Table,
        Examples = ["cluster show"],
    };

    private async Task<int> ShowAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        ImmutableArray<TableColumn> columns = [new("Host", "HOST"), new("Address", "ADDRESS"), new("Status", "STATUS"), new("Reachable", "REACHABLE"), new("Leader", "LEADER"), new("Roles", "ROLES")];
        await output.TableAsync(columns, members.Members.Select(m => (ImmutableArray<string>)
            [m.Host.ToString(), m.Address, m.Status, m.Reachable ? "yes" : "no", m.Leader ? "yes" : "", string.Join(", ", m.Roles)]), cancel);
        return ExitCodes.Ok;
    }
}
