using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Containers;
using NetworkCluster.Gateway;
using NetworkCluster.Hosts;

namespace NetworkCluster.Commands.Views;

/// <summary>The <c>host</c> palette.</summary>
internal sealed class HostPalette(IClusterGateway gateway, IClusterMembers members)
{
    /// <summary>The palette.</summary>
    public Palette Palette => new("host", "Show hosts, and take them out of service", [new(List, ListAsync), new(Inspect, InspectAsync), new(Drain, DrainAsync), new(Activate, ActivateAsync)])
    {
        Names = (prefix, _) => Task.FromResult<ImmutableArray<string>>([.. members.Members.Where(m => m.IsHost).Select(m => m.Host.ToString()).Where(h => h.StartsWith(prefix, StringComparison.Ordinal))]),
    };

    private static ArgumentSpec Host { get; } = new() { Name = "host", Repeatable = true, Description = "The host's name", CompletedBy = "host" };

    private static CommandSpec List { get; } = new()
    {
        Name = "ls",
        ReadsOnly = true,
        Aliases = ["list"],
        Description = "List the hosts of the cluster",
        Details = "Those with a data plane; 'cluster show' has the others, too. One that is no member is 'absent', or 'lost' when its endpoints have been given up; it is here as long as it has containers. RECLAIMED counts endpoints that were found dead when the host joined last and were given back; ADOPTED its containers that were found alive.",
        Output = CommandOutput.Table,
        Examples = ["host ls"],
    };

    private static CommandSpec Inspect { get; } = new()
    {
        Name = "inspect",
        ReadsOnly = true,
        Description = "Display one or more hosts, also lost ones",
        Arguments = [Host],
        Output = CommandOutput.Document,
        Examples = ["host inspect host1"],
    };

    private static CommandSpec Drain { get; } = new()
    {
        Name = "drain",
        Description = "Take hosts out of service: their containers are stopped, and none are created or started there",
        Details = "So that a host can be switched off and nothing has to be given up for lost. Its process stays a member of the cluster and goes on to carry its part of it; containers keep their settings and fixed addresses "
            + "for the time after 'host activate'. It is so over restarts. What cannot be stopped is named, and the host stays drained.",
        Arguments = [Host],
        Options =
        [
            new() { Name = "keep-running", Description = "Stop none, only let none come" },
            new() { Name = "time", Short = 't', ValueName = "seconds", Description = "How long a container's command may go on after it was asked to end", Default = $"{StopPatience.Usual}" },
        ],
        Examples = ["host drain host1", "host drain --keep-running host1"],
    };

    private static CommandSpec Activate { get; } = new()
    {
        Name = "activate",
        Description = "Let drained hosts take containers again",
        Details = "Nothing is started by it.",
        Arguments = [Host],
        Examples = ["host activate host1"],
    };

    private Task<int> DrainAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        // Before anything is done.
        var patience = invocation.Parsed<int>("time");
        return EachAsync(invocation, output, async host =>
        {
            var view = await gateway.AskAsync<HostView>(new DrainHost(host), cancel);
            if (invocation.Has("keep-running")) return;
            if (view.Lost) await output.WriteAsync(new NoticeFrame($"host {host} is lost: nothing of it runs"), cancel);
            else await StopAllAsync(host, patience, output, cancel);
        }, cancel);
    }

    private async Task StopAllAsync(HostId host, int? patience, ICommandOutput output, CancellationToken cancel)
    {
        var running = (await gateway.AskAsync<ContainerList>(new ListContainers(host), cancel)).Containers.Where(container => container.Status == ContainerStatus.Running).ToList();
        if (running.Count > 0) await output.WriteAsync(new NoticeFrame($"stopping {running.Count} {(running.Count == 1 ? "container" : "containers")} of {host}"), cancel);
        var (stopped, kept) = (0, new System.Collections.Concurrent.ConcurrentQueue<string>());
        await Parallel.ForEachAsync(running, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (container, token) =>
        {
            switch (await gateway.SendAsync(StopContainer.Of(container, patience), token))
            {
                case ContainerDone or Rejected { Reason: ContainerNotFound }:
                    await output.WriteAsync(new NoticeFrame($"stopped {container.Spec.Name} ({Interlocked.Increment(ref stopped)} of {running.Count})"), token);
                    break;
                case Rejected { Reason: var reason }:
                    kept.Enqueue($"{container.Spec.Name}: {reason.Text}");
                    break;
            }
        });
        if (!kept.IsEmpty) throw new RefusedException(new InvalidRequest([$"host {host} takes no containers, but {kept.Count} still run there", .. kept]));
    }

    private Task<int> ActivateAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel) =>
        EachAsync(invocation, output, async host => await gateway.AskAsync<HostView>(new ActivateHost(host), cancel), cancel);

    private static Task<int> EachAsync(Invocation invocation, ICommandOutput output, Func<HostId, Task> about, CancellationToken cancel) => output.ForEachAsync(invocation.Values("host"), async name =>
    {
        await about(Named(name));
        await output.LineAsync(name, cancel);
    }, cancel);

    private static HostId Named(string name) => HostId.TryParse(name, null, out var host) ? host : throw new RefusedException(new InvalidRequest($"'{name}' is no name of a host"));

    private async Task<int> ListAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        ImmutableArray<ClusterMember> present = [.. members.Members.Where(member => member.Agent)];
        // While the list cannot be read, those that are there.
        var all = await gateway.SendAsync(new ListHosts(), cancel) is HostList list ? list.Hosts : [];
        var gone = await Task.WhenAll(all.Except(present.Select(member => member.Host)).Select(host => gateway.SendAsync(new GetHost(host), cancel)));
        var replies = await Task.WhenAll(present.Select(m => gateway.SendAsync(new GetHost(m.Host), cancel)));
        ImmutableArray<TableColumn> columns =
        [
            new("Host", "HOST"), new("Status", "STATUS"), new("Incarnation", "INCARNATION"), new("Containers", "CONTAINERS"), new("Running", "RUNNING"),
            new("Reclaimed", "RECLAIMED"), new("Adopted", "ADOPTED"), new("Joined", null),
        ];
        await output.TableAsync(columns, present.Zip(replies, Row).Concat(gone.OfType<HostView>().Where(view => view.Containers > 0).Select(RowOfAbsent)).OrderBy(row => row[0], StringComparer.Ordinal), cancel);
        return ExitCodes.Ok;
    }

    private async Task<int> InspectAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var documents = new List<HostDocument>();
        var code = await output.ForEachAsync(invocation.Values("host"), async name =>
        {
            documents.Add(HostDocument.From(await gateway.AskAsync<HostView>(new GetHost(Named(name)), cancel)));
        }, cancel);
        await output.DocumentAsync([.. documents], DocumentJson.Default.ImmutableArrayHostDocument, cancel);
        return code;
    }

    // How many of its containers run is not known.
    private static ImmutableArray<string> RowOfAbsent(HostView view) =>
        [view.Id.ToString(), view.Lost ? HostDocument.StatusOf(view) : "absent", Text(view.Incarnation.Value), Text(view.Containers), "-", Text(view.Reclaimed), Text(view.Adopted), Rfc3339.Text(view.JoinedAt)];

    private static ImmutableArray<string> Row(ClusterMember member, IReply reply) => reply is HostView view
        ? [member.Host.ToString(), member.Reachable ? HostDocument.StatusOf(view) : "unreachable", Text(view.Incarnation.Value), Text(view.Containers), Text(view.Running),
            Text(view.Reclaimed), Text(view.Adopted), Rfc3339.Text(view.JoinedAt)]
        : [member.Host.ToString(), reply is Rejected { Reason: HostUnknown } ? "joining" : "unknown", "", "", "", "", "", ""];

    // Each takes some kernel and some journal; the host has its work besides.
    private const int AtOnce = 8;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
