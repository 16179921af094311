using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Commands.Networks;
using NetworkCluster.Gateway;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Views;

/// <summary><c>cluster watch</c>: drawn anew when something was journaled or the members have changed, and at no other time.</summary>
internal sealed class ClusterWatch(IClusterGateway gateway, IClusterMembers members, IJournalFeed feed, TimeProvider time)
{
    // What one look may cost.
    private const int MostNetworks = 100;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private static readonly ImmutableArray<TableColumn> HostColumns = [new("Host", "HOST"), new("Status", "STATUS"), new("Containers", "CONTAINERS"), new("Running", "RUNNING")];
    private static readonly ImmutableArray<TableColumn> NetworkColumns = [new("Network", "NETWORK"), new("Driver", "DRIVER"), new("Subnets", "SUBNETS"), new("Endpoints", "ENDPOINTS")];
    private static readonly ImmutableArray<TableColumn> EndpointColumns = [new("Network", "NETWORK"), new("Container", "CONTAINER"), new("Host", "HOST"), new("Address", "ADDRESS")];

    private readonly NetworkDirectory _directory = new(gateway);

    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "watch",
        ReadsOnly = true,
        Description = "Show hosts, networks and endpoints, and again whenever something changes",
        Details = string.Create(CultureInfo.InvariantCulture, $"Until Ctrl-C. At most once a second; of more than {MostNetworks} networks the first by name. With --json each of the three tables is a line. Networks are those of the host that is asked, and the cluster's."),
        Options = [new() { Name = "once", Description = "Show it once" }],
        Examples = ["cluster watch", "cluster watch --once"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        if (invocation.Has("once"))
        {
            await DrawAsync(output, cancel);
            return ExitCodes.Ok;
        }

        var place = await feed.EndAsync(cancel);
        var changes = 0;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var counting = CountAsync(place, () => Interlocked.Increment(ref changes), over.Token);
        try
        {
            for (var (seen, drawn) = ((Who: "", Changes: -1), (Who: "", Changes: -1)); !counting.IsFaulted; drawn = seen)
            {
                seen = (string.Join('\n', members.Members), Volatile.Read(ref changes));
                if (seen != drawn)
                {
                    await output.WriteAsync(new ClearFrame(), cancel);
                    await DrawAsync(output, cancel);
                }

                await Task.WhenAny(counting, Task.Delay(LookEvery, time, cancel));
                cancel.ThrowIfCancellationRequested();
            }

            await counting;
            return ExitCodes.Ok;
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private async Task CountAsync(long place, Action changed, CancellationToken cancel)
    {
        await foreach (var _ in feed.FactsAsync(place, follow: true, cancel)) changed();
    }

    private async Task DrawAsync(ICommandOutput output, CancellationToken cancel)
    {
        ImmutableArray<ClusterMember> present = [.. members.Members.Where(member => member.IsHost)];
        var hosts = await Task.WhenAll(present.Select(member => member.Agent ? gateway.SendAsync(new GetHost(member.Host), cancel) : Task.FromResult<IReply>(new Rejected(new HostUnknown(member.Host)))));
        await output.TableAsync(HostColumns, present.Zip(hosts, Row), cancel);
        var networks = await _directory.AllAsync(cancel);
        if (networks.Length > MostNetworks) await output.WriteAsync(new NoticeFrame($"{networks.Length - MostNetworks} more networks are not shown"), cancel);
        var views = await _directory.ViewsAsync(networks.Take(MostNetworks), cancel);
        await output.TableAsync(NetworkColumns, views.Select(Row), cancel);
        await output.TableAsync(EndpointColumns, views.SelectMany(view => view.Endpoints.Select(endpoint => (ImmutableArray<string>)
            [view.Spec.Name, endpoint.Spec.ContainerName, endpoint.Spec.Host.ToString(), string.Join(' ', NetworkGraph.Addresses(endpoint))])), cancel);
    }

    private static ImmutableArray<string> Row(ClusterMember member, IReply reply)
    {
        var view = reply as HostView;
        var status = !member.Reachable ? "unreachable" : view is null ? member.Status.ToLowerInvariant() : HostDocument.StatusOf(view);
        return [member.Host.ToString(), status, Text(view?.Containers), Text(view?.Running)];
    }

    private static ImmutableArray<string> Row(NetworkView view) =>
        [view.Spec.Name, view.Spec.Driver, string.Join(' ', view.Spec.Pools.Select(pool => pool.Id.Subnet)), Text(view.Endpoints.Length)];

    private static string Text(int? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "";
}
