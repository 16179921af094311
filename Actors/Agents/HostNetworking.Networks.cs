using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Agents;

public sealed partial class HostNetworking
{
    /// <inheritdoc/>
    public async Task EnsureNetworkAsync(NetworkSpec network, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(network);
        _ = Startup;
        var changed = false;
        await InNetworkAsync(network.Id, async state =>
        {
            changed = state.Ensured && IsOther(state, network);
            await EnsureAsync(state, network, cancel);
        }, cancel);
        if (changed) await ReviseAsync(network, cancel);
    }

    private NetworkSpec Newest(NetworkSpec network) =>
        _networks.TryGetValue(network.Id, out var state) && state.Spec is { } known && known.Changes > network.Changes ? known : network;

    private static bool IsOther(NetworkState state, NetworkSpec network) => state.Spec is { } known && known.Changes != network.Changes;

    /// <summary>What endpoints have of their network's settings follows those: outside the network's gate, because sandboxes are entered first.</summary>
    private async Task ReviseAsync(NetworkSpec network, CancellationToken cancel)
    {
        foreach (var container in _sandboxes.Where(sandbox => sandbox.Value.Places.Exists(place => place.Network?.Id == network.Id)).Select(sandbox => sandbox.Key).ToList())
        {
            await InSandboxAsync(container, async state =>
            {
                // It may have left meanwhile.
                if (state.Places.Find(place => place.Network?.Id == network.Id) is { Attached: { } endpoint }) await AttachAgainAsync(state, network, endpoint, cancel);
            }, cancel);
        }
    }

    /// <inheritdoc/>
    public Task RemoveNetworkAsync(NetworkId network, CancellationToken cancel) => InNetworkAsync(network, async state =>
    {
        // One that an earlier life made and nobody has asked for in this one is found by its tag.
        await TakeAwayAsync(state.Ensured ? state.Wanted : Leftover(await _dataplane.ObserveAsync(cancel), network), cancel);
        state.Removed = true;
        _networks.TryRemove(new(network, state));
        _inherited.TryRemove(network, out _);
    }, cancel);

    private async Task TakeAwayAsync(Wanted part, CancellationToken cancel)
    {
        if (part.Links.IsEmpty) return;
        await ApplyAsync(Plan.Removal(part, await _dataplane.ObserveAsync(new HostPart(LinksOf(part), [], [], true), cancel), Naming), cancel);
    }

    /// <summary>Makes the network unless this life already has, and keeps it for the endpoint until <see cref="LetGo"/>.</summary>
    private async Task UseAsync(NetworkSpec network, EndpointId endpoint, CancellationToken cancel)
    {
        // One of this host stays whoever is in it.
        if (network.Scope == NetworkScope.Local)
        {
            if (!_networks.TryGetValue(network.Id, out var local) || local is not { Ensured: true, Removed: false }) await EnsureNetworkAsync(network, cancel);
            return;
        }

        await InNetworkAsync(network.Id, async state =>
        {
            state.Users.Add(endpoint);
            _expected.TryRemove(endpoint, out _);
            if (!state.Ensured) await EnsureAsync(state, network, cancel);
        }, cancel);
    }

    /// <inheritdoc/>
    public void Expect(IEnumerable<EndpointSpec> endpoints)
    {
        foreach (var endpoint in endpoints) _expected[endpoint.Id] = endpoint.Network;
    }

    /// <summary>One that was expected does not come. What an earlier life made of its network goes, unless others come, or have.</summary>
    private async Task ExpectNoMoreAsync(EndpointId endpoint, CancellationToken cancel)
    {
        if (!_expected.TryRemove(endpoint, out var network) || _expected.Values.Contains(network)) return;
        await InNetworkAsync(network, async state =>
        {
            if (!state.Ensured && state.Users.Count == 0) await TakeAwayAsync(Leftover(await _dataplane.ObserveAsync(cancel), network), cancel);
            Forget(network, state);
        }, cancel);
    }

    /// <summary>The endpoint is out. A network of the cluster goes from this host with its last endpoint: afterwards, because nobody waits for that.</summary>
    private void LetGo(NetworkSpec network, EndpointId endpoint)
    {
        if (network.Scope == NetworkScope.Local) return;
        var leaving = LetGoAsync(network, endpoint);
        if (leaving.IsCompleted) return;
        _leaving.TryAdd(leaving, default);
        leaving.ContinueWith(done => _leaving.TryRemove(done, out _), TaskScheduler.Default);
    }

    private Task LetGoAsync(NetworkSpec network, EndpointId endpoint) => InNetworkAsync(network.Id, async state =>
    {
        state.Users.Remove(endpoint);
        if (state.Users.Count > 0 || !state.Ensured) return;
        try
        {
            await TakeAwayAsync(state.Wanted, CancellationToken.None);
        }
        catch (DataplaneException fault)
        {
            // It is wanted no more: the next sweep finds it.
            _log.LogWarning("network {Network} could not be taken from this host: {Fault}", network.Name, fault.Message);
        }

        (state.Ensured, state.Wanted) = (false, Wanted.Nothing);
        Forget(network.Id, state);
    }, CancellationToken.None);

    private void Forget(NetworkId network, NetworkState state)
    {
        if (state.Ensured || state.Users.Count > 0 || state.Remotes.Count > 0) return;
        state.Removed = true;
        _networks.TryRemove(new(network, state));
    }

    private async Task<ImmutableArray<Step>> EnsureAsync(NetworkState state, NetworkSpec network, CancellationToken cancel)
    {
        state.Spec = network;
        var steps = await EnsureAsync(state, DriverOf(network).Network(network, _host), cancel);
        _inherited.TryRemove(network.Id, out _);
        return steps;
    }

    private async Task<ImmutableArray<Step>> EnsureAsync(NetworkState state, Wanted wanted, CancellationToken cancel)
    {
        // Before the first step, so that a sweep that runs meanwhile sees it as wanted, and a table made anew has its elements.
        state.Wanted = wanted;
        var steps = ImmutableArray<Step>.Empty;
        if (wanted.Links.Length > 0)
        {
            var hasTunnel = wanted.Links.Any(link => link is WantedVxlan);
            var part = new HostPart(LinksOf(wanted), [], [.. wanted.Sysctls.Select(s => s.Key)], true) { Remotes = hasTunnel };
            var found = await _dataplane.ObserveAsync(part, cancel);
            RefuseForeign(wanted, found);
            found = await RestoreTableAsync(found, cancel);
            steps = await MakeAsync(!hasTunnel ? wanted : state.Told ? state.All : wanted with { Forwardings = [.. found.Host.Forwardings], Neighbours = [.. found.Host.Neighbours] }, part, found, cancel);
        }

        state.Ensured = true;
        return steps;
    }

    /// <summary>With a bridge that is about to be deleted, if there is one, and if the kernel has it as we think.</summary>
    private async Task<ImmutableArray<Step>> MakeAsync(Wanted wanted, HostPart part, FoundHost found, CancellationToken cancel)
    {
        var isThere = wanted.Links.OfType<WantedBridge>().All(bridge => found.Find(LinkName.OnHost(bridge.Name)) is not null);
        if (!isThere && _reaper.TakeBridge() is { } spare)
        {
            try
            {
                return await ApplyAsync(Plan.Between(wanted, found, Naming, spare), cancel);
            }
            catch (DataplaneException)
            {
                await _dataplane.ApplyAsync([new DeleteLink(LinkName.OnHost(spare))], cancel);
                found = await _dataplane.ObserveAsync(part, cancel);
            }
        }

        return await ApplyAsync(Plan.Between(wanted, found, Naming), cancel);
    }

    /// <summary>Where somebody flushed the rules: the whole table again.</summary>
    private async Task<FoundHost> RestoreTableAsync(FoundHost found, CancellationToken cancel)
    {
        if (found.Elements is not null) return found;
        var table = Table();
        await ApplyAsync([table], cancel);
        return found with { Elements = [.. table.Elements], Mappings = [.. table.Mappings] };
    }

    /// <summary>The table with the elements of all networks of this life. Read without their gates: whoever is changing one looks at what is there, or fails and looks.</summary>
    private ReplaceTable Table() => new(
        Naming.Table,
        [.. _networks.Values.SelectMany(n => n.Wanted.Elements).Concat(_inherited.Values.SelectMany(elements => elements)).Distinct()],
        [.. _sandboxes.Values.Where(s => s is { Removed: false, Started: true }).SelectMany(s => s.KnownMappings).DistinctBy(m => m.Key)]);

    private Wanted Leftover(FoundHost found, NetworkId network)
    {
        var links = found.Host.Links.Values.Where(l => Plan.IsOurs(l, Naming) && LinkTag.TryParse(Naming.Prefix, l.Alias, out var tag) && tag is LinkTag.OfNetwork of && of.Network == network).ToList();
        return new Wanted
        {
            Links = [.. links.Select<FoundLink, WantedLink>(l => l.Kind == "vxlan"
                ? new WantedVxlan(l.Name, l.MtuBytes, l.Alias, l.Group) { Master = l.Master ?? "", Vni = l.Vni, Local = l.Local ?? default }
                : new WantedBridge(l.Name, l.MtuBytes, l.Alias, l.Group, l.Mac ?? default, l.RoutesLoopback))],
            Elements = [.. links.Where(l => l.Kind == "bridge").SelectMany(l => NftTable.Sets.Select(set => new SetElement(set, l.Name)))],
        };
    }

    private async Task InNetworkAsync(NetworkId network, Func<NetworkState, Task> work, CancellationToken cancel)
    {
        var state = await EnterAsync(network, cancel);
        await ReleasingAsync(state.Gate, () => work(state));
    }

    private async Task<NetworkState> EnterAsync(NetworkId id, CancellationToken cancel)
    {
        while (true)
        {
            var state = _networks.GetOrAdd(id, _ => new NetworkState());
            await state.Gate.WaitAsync(cancel);
            if (!state.Removed) return state;
            state.Gate.Release();
        }
    }
}
