using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosting;
using NetworkCluster.Networks;

namespace NetworkCluster.Agents;

public sealed partial class HostNetworking
{
    /// <inheritdoc/>
    public async Task<SweepResult> SweepAsync(
        IReadOnlySet<NetworkId> networks, IReadOnlySet<ContainerId> sandboxes, IReadOnlySet<EndpointId> endpoints, CancellationToken cancel)
    {
        var found = await _dataplane.ObserveAsync(cancel);
        // After looking: whatever is found was wanted before it was made, so everything this life makes meanwhile is among these.
        var places = _sandboxes.Values.SelectMany(s => s.Places).Where(p => p.Wanted is not null).Select(p => p.Id);
        var steps = Plan.Sweep(
            found,
            Naming,
            networks.Concat(_networks.Where(n => !n.Value.Removed && n.Value.Wanted != Wanted.Nothing).Select(n => n.Key)).ToHashSet(),
            sandboxes.Concat(_sandboxes.Where(s => !s.Value.Removed).Select(s => s.Key)).ToHashSet(),
            endpoints.Concat(places).Concat(_endpoints.Keys.Where(e => !IsAdopted(e))).ToHashSet(),
            _sandboxes.Values.Where(s => !s.Removed).SelectMany(s => s.Ports).SelectMany(p => MappingKey.Of(p.Host)).ToHashSet());
        var gone = found.OnHost.Where(container => !sandboxes.Contains(container) && !_sandboxes.ContainsKey(container)).Select(container => new ForgetOnHost(container));
        await ApplyAsync([.. steps, .. gone], cancel);
        foreach (var network in _inherited.Keys.Where(network => !networks.Contains(network))) _inherited.TryRemove(network, out _);
        await ForgetAsync(endpoints, cancel);
        return new SweepResult(steps.Count(s => s is Retire { Netns.IsHost: true }), steps.Count(s => s is DeleteSandbox));
    }

    /// <inheritdoc/>
    public Task ReconcileAsync(CancellationToken cancel) => ReconcileAsync(_ => { }, cancel);

    private async Task ReconcileAsync(Action<ContainerId> remade, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        var found = await _dataplane.ObserveAsync(cancel);
        if (await ApplyAsync(SettingsOf(found), cancel) is [_, ..]) NodeMetrics.Drifted(Drift.Settings);
        var renamed = Plan.Renamed(found, Naming, network => _networks.TryGetValue(network, out var state) && state.Ensured ? state.Wanted.Links.Select(link => link.Name) : null);
        if (await ApplyAsync(renamed, cancel) is [_, ..])
        {
            NodeMetrics.Drifted(Drift.Link);
            _log.LogWarning("somebody renamed links of this host; others are in their place");
        }

        await RestoreTableAsync(found, cancel);
        var faults = new List<DataplaneException>();
        foreach (var (_, state) in _networks) await MendAsync(state, faults, cancel);
        foreach (var (_, state) in _sandboxes) await MendAsync(state, remade, faults, cancel);
        NodeMetrics.Reconciled(Stopwatch.GetElapsedTime(began));
        Throw(faults);
    }

    /// <inheritdoc/>
    public async Task GuardAsync(Action<ContainerId> remade, CancellationToken cancel)
    {
        while (await _dataplane.Losses.WaitToReadAsync(cancel))
        {
            var losses = new HashSet<Loss>();
            while (_dataplane.Losses.TryRead(out var loss)) losses.Add(loss);
            try
            {
                if (losses.Contains(Loss.OfTable) || losses.Contains(Loss.Unknown)) await PutBackAllAsync(losses.Contains(Loss.OfTable), remade, cancel);
                else if (losses.Contains(Loss.OfName)) await ReconcileAsync(remade, cancel);
                else await PutBackAsync(losses, remade, cancel);
            }
            catch (DataplaneException fault)
            {
                _log.LogWarning("what somebody took from this host could not be put back: {Fault}", fault.Message);
            }
        }
    }

    /// <summary>
    /// The table is read from what is wanted without anybody's gate, and what is done meanwhile is not in it, or still is. So every gate is passed afterwards, which puts in what is
    /// missing; and what is no longer wanted then means once more.
    /// </summary>
    private async Task PutBackAllAsync(bool isTable, Action<ContainerId> remade, CancellationToken cancel)
    {
        if (isTable)
        {
            NodeMetrics.Drifted(Drift.Table);
            _log.LogWarning("somebody changed the rules of table {Table}; they are made anew", Naming.Table);
        }

        ReplaceTable table;
        do
        {
            table = Table();
            await ApplyAsync([table], cancel);
            await ReconcileAsync(remade, cancel);
        }
        while (table.Elements.Except(Table().Elements).Any() || table.Mappings.Except(Table().Mappings).Any());
    }

    // Most of what is told we took away ourselves: it is no longer among what we have.
    private async Task PutBackAsync(HashSet<Loss> losses, Action<ContainerId> remade, CancellationToken cancel)
    {
        var faults = new List<DataplaneException>();
        if (losses.Contains(Loss.OfForwarding))
        {
            var found = await _dataplane.ObserveAsync(new HostPart([], [], HostSysctls.All, false), cancel);
            if (await ApplyAsync(SettingsOf(found), cancel) is [_, ..])
            {
                NodeMetrics.Drifted(Drift.Settings);
                _log.LogWarning("somebody switched off this host's forwarding; it is on again");
            }
        }

        var links = losses.OfType<Loss.OfLink>().Select(loss => loss.Tag).ToList();
        var broken = links.OfType<LinkTag.OfEndpoint>().Select(tag => _endpoints.GetValueOrDefault(tag.Endpoint)).ToHashSet();
        foreach (var network in links.OfType<LinkTag.OfNetwork>().Select(tag => tag.Network).Distinct())
        {
            if (!_networks.TryGetValue(network, out var state) || !await MendAsync(state, faults, cancel)) continue;
            _log.LogWarning("somebody changed links of network {Network}; they are as before", state.Spec?.Name);
            broken.UnionWith(_sandboxes.Where(sandbox => sandbox.Value.Places.Exists(place => place.Network?.Id == network)).Select(sandbox => sandbox.Key));
        }

        var names = losses.OfType<Loss.OfSandbox>().Select(loss => loss.Name).ToHashSet();
        if (names.Count > 0) broken.UnionWith(_sandboxes.Where(sandbox => names.Contains(sandbox.Value.Wanted.Name)).Select(sandbox => sandbox.Key));
        foreach (var container in broken)
        {
            if (!_sandboxes.TryGetValue(container, out var state) || !await MendAsync(state, remade, faults, cancel)) continue;
            _log.LogWarning("somebody took sandbox {Sandbox} or links of it away; they are back", state.Wanted.Name);
        }

        Throw(faults);
    }

    /// <summary>Whether anything was amiss, and is not any more.</summary>
    private async Task<bool> MendAsync(NetworkState state, List<DataplaneException> faults, CancellationToken cancel)
    {
        var amiss = !(await MendAsync(state.Gate, () => state is { Removed: false, Ensured: true }, () => EnsureAsync(state, state.Wanted, cancel), faults, cancel)).IsEmpty;
        if (amiss) NodeMetrics.Drifted(Drift.Network);
        return amiss;
    }

    private async Task<bool> MendAsync(SandboxState state, Action<ContainerId> remade, List<DataplaneException> faults, CancellationToken cancel)
    {
        var steps = await MendAsync(state.Gate, () => state is { Removed: false, Started: true, OnHost: false }, () => RepairAsync(state, cancel), faults, cancel);
        if (steps.Any(step => step is CreateSandbox)) remade(state.Wanted.Id);
        if (!steps.IsEmpty) NodeMetrics.Drifted(Drift.Sandbox);
        return !steps.IsEmpty;
    }

    /// <summary>What was amiss, and is not any more. One that cannot be repaired does not keep the others from it.</summary>
    private static async Task<ImmutableArray<Step>> MendAsync(SemaphoreSlim gate, Func<bool> isThere, Func<Task<ImmutableArray<Step>>> repair, List<DataplaneException> faults, CancellationToken cancel)
    {
        var steps = ImmutableArray<Step>.Empty;
        try
        {
            await GuardedAsync(gate, async () => steps = isThere() ? await repair() : [], cancel);
        }
        catch (DataplaneException fault)
        {
            faults.Add(fault);
        }

        return steps;
    }

    private static void Throw(List<DataplaneException> faults)
    {
        if (faults is [var only]) throw only;
        if (faults.Count > 0) throw new DataplaneException("reconcile", string.Join("; ", faults.Select(f => f.Message)), new AggregateException(faults));
    }

    private async Task<ImmutableArray<Step>> RepairAsync(SandboxState state, CancellationToken cancel)
    {
        var part = Whole(state.Places);
        var found = await RestoreTableAsync(await LookAtAsync(state, LinksOf(part), cancel), cancel);
        if (state.OfEngine)
        {
            var gone = state.Places.FindAll(place => !place.Wanted!.Links.All(link => found.Host.Links.ContainsKey(link.Name)));
            foreach (var place in gone) LentLinkGone?.Invoke(state.Wanted.Id, place.Id);
            part = Whole(state.Places.RemoveRange(gone));
        }

        RefuseForeign(part, found);
        var steps = await ApplyAsync(Plan.Between(part, found, Naming), cancel);
        state.Remember(state.Shape(state.Places));
        return steps;

        Wanted Whole(ImmutableList<Place> places) => places.Aggregate(state.Shape(state.Places), (all, place) => all.With(place.Wanted ?? Wanted.Nothing));
    }

    /// <summary>Adopted places whose endpoints nobody names: their links are gone, so the sandbox's default route and hosts file are another's now.</summary>
    private async Task ForgetAsync(IReadOnlySet<EndpointId> endpoints, CancellationToken cancel)
    {
        foreach (var (_, state) in _sandboxes)
        {
            await GuardedAsync(state.Gate, async () =>
            {
                var gone = state.Places.Where(p => p.Wanted is null && !endpoints.Contains(p.Id)).ToList();
                if (gone.Count == 0 || state is not { Removed: false, Started: true, OnHost: false }) return;
                foreach (var place in gone) _endpoints.TryRemove(place.Id, out _);
                state.Places = state.Places.RemoveAll(gone.Contains);
                await RepairAsync(state, cancel);
            }, cancel);
        }
    }

    private bool IsAdopted(EndpointId endpoint) =>
        _endpoints.TryGetValue(endpoint, out var container) && _sandboxes.TryGetValue(container, out var state)
        && state.Places.Any(p => p.Id == endpoint && p.Wanted is null);

    private static async Task GuardedAsync(SemaphoreSlim gate, Func<Task> action, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        await ReleasingAsync(gate, action);
    }

    private static async Task ReleasingAsync(SemaphoreSlim entered, Func<Task> work)
    {
        try
        {
            await work();
        }
        finally
        {
            entered.Release();
        }
    }
}
