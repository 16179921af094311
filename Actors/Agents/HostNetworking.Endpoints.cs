using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Agents;

public sealed partial class HostNetworking
{
    /// <inheritdoc/>
    public async Task AttachAsync(NetworkSpec network, AttachedEndpoint endpoint, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(endpoint);
        // The wish may have been sent before the network was changed.
        network = Newest(network);
        var wasHere = _expected.ContainsKey(endpoint.Id);
        await InSandboxAsync(endpoint.Spec.Container, async state =>
        {
            if (endpoint.Spec.Lent is true) (state.OfEngine, state.Started) = (true, true);
            if (!state.Started) throw new DataplaneException($"attach {endpoint.Id} to {network.Name}", $"the sandbox of container {endpoint.Spec.Container.Short} is not started");
            await UseAsync(network, endpoint.Id, cancel);
            if (state.OfEngine && (wasHere || state.Places.Exists(p => p.Id == endpoint.Id))) await RefuseGoneAsync(state, endpoint, cancel);
            if (state.Places.Exists(p => p.Id == endpoint.Id)) await AttachAgainAsync(state, network, endpoint, cancel);
            else await AttachNewAsync(state, network, endpoint, cancel);
        }, cancel);
    }

    /// <inheritdoc/>
    public async Task DetachAsync(EndpointId endpoint, CancellationToken cancel)
    {
        _ = Startup;
        if (!_endpoints.TryGetValue(endpoint, out var container))
        {
            await RetireLeftoverAsync(endpoint, cancel);
            await ExpectNoMoreAsync(endpoint, cancel);
            return;
        }

        await InSandboxAsync(container, async state =>
        {
            if (state.Places.Find(p => p.Id == endpoint) is { } place) await DetachAsync(state, place, cancel);
        }, cancel);
    }

    private async Task AttachNewAsync(SandboxState state, NetworkSpec network, AttachedEndpoint endpoint, CancellationToken cancel)
    {
        try
        {
            if (Startup.Host.Links.ContainsKey(Naming.HostLink(endpoint.Id))) await AttachAgainAsync(state, network, endpoint, cancel);
            else await AttachUnseenAsync(state, network, endpoint, cancel);
        }
        catch (Exception fault) when (fault is DataplaneException or OperationCanceledException)
        {
            await UndoAsync(state, endpoint.Id, fault);
            LetGo(network, endpoint.Id);
            throw;
        }
    }

    /// <summary>The common case: nothing is there, so nothing is looked at. If that was wrong, it looks.</summary>
    private async Task AttachUnseenAsync(SandboxState state, NetworkSpec network, AttachedEndpoint endpoint, CancellationToken cancel)
    {
        var used = state.Known.Links.Keys.Concat(state.Places.Select(p => p.Endpoint?.Link).OfType<string>());
        var place = Register(state, PlaceOf(state, network, endpoint, SandboxShape.FreeLink(used)));
        try
        {
            await ApplyAsync(state, place, state.Assumed, cancel);
        }
        catch (DataplaneException)
        {
            await AttachAgainAsync(state, network, endpoint, cancel);
        }
    }

    /// <summary>Looks at what is there and repairs it, the network's own links too.</summary>
    private async Task AttachAgainAsync(SandboxState state, NetworkSpec network, AttachedEndpoint endpoint, CancellationToken cancel)
    {
        await EnsureNetworkAsync(network, cancel);
        var found = await LookAtAsync(state, [Naming.HostLink(endpoint.Id)], cancel);
        var used = found.In(state.Netns).Links.Keys.Concat(state.Places.Where(p => p.Id != endpoint.Id).Select(p => p.Endpoint?.Link).OfType<string>()).ToHashSet();
        var before = state.Places.Find(p => p.Id == endpoint.Id)?.Endpoint?.Link;
        var link = PairedWith(found, endpoint.Id) ?? (before is not null && !used.Contains(before) ? before : SandboxShape.FreeLink(used));
        var place = Register(state, PlaceOf(state, network, endpoint, link));
        RefuseForeign(place.Wanted!, found);
        await ApplyAsync(state, place, found, cancel);
    }

    /// <summary>A pair that was lent and is gone is not made again: the engine's sandbox would not get it.</summary>
    private async Task RefuseGoneAsync(SandboxState state, AttachedEndpoint endpoint, CancellationToken cancel)
    {
        var link = Naming.HostLink(endpoint.Id);
        if ((await LookAtAsync(state, [link], cancel)).Host.Links.ContainsKey(link)) return;
        LentLinkGone?.Invoke(state.Wanted.Id, endpoint.Id);
        throw new DataplaneException($"attach {endpoint.Id.Short}", $"its pair of links is gone, and with it the engine's sandbox of {endpoint.Spec.ContainerName}");
    }

    /// <summary>Before the first step, so that a sweep that runs meanwhile sees it as wanted. One that is there already keeps its place in the order.</summary>
    private Place Register(SandboxState state, Place place)
    {
        var index = state.Places.FindIndex(p => p.Id == place.Id);
        state.Places = index < 0 ? state.Places.Add(place) : state.Places.SetItem(index, place);
        _endpoints[place.Id] = state.Wanted.Id;
        return place;
    }

    private async Task ApplyAsync(SandboxState state, Place place, FoundHost found, CancellationToken cancel)
    {
        if (place.Wanted!.Links.IsEmpty) return;
        var shape = state.Shape(state.Places);
        await ApplyAsync(Plan.Between(place.Wanted.With(shape), found, Naming), cancel);
        state.Remember(shape);
    }

    private async Task DetachAsync(SandboxState state, Place place, CancellationToken cancel)
    {
        if (place is { Wanted.Links.IsEmpty: false } or { Wanted: null, Endpoint: not null })
        {
            var part = place.Wanted ?? LeftoverOf(state, place);
            var found = await LookAtAsync(state, LinksOf(part), cancel);
            var shape = state.Shape(state.Places.Where(p => p != place));
            // The next default route first: the link's name must still be there for its own to be taken away.
            var left = found.Sandboxes.IsEmpty ? new Wanted { Ports = shape.Ports, Mappings = shape.Mappings } : shape;
            await ApplyAsync([.. Plan.Between(left, found, Naming), .. Plan.Removal(part, found, Naming)], cancel);
            state.Remember(shape);
        }

        state.Places = state.Places.Remove(place);
        if (state.OfEngine && state.Places.IsEmpty)
        {
            state.Removed = true;
            _sandboxes.TryRemove(new(state.Wanted.Id, state));
        }

        await LeftAsync(place, cancel);
    }

    private Task LeftAsync(Place place, CancellationToken cancel)
    {
        _endpoints.TryRemove(place.Id, out _);
        if (place.Network is { } network) LetGo(network, place.Id);
        return ExpectNoMoreAsync(place.Id, cancel);
    }

    /// <summary>Not cancelled. Where it fails too, the caller hears both, and a sweep finds what is left.</summary>
    private async Task UndoAsync(SandboxState state, EndpointId endpoint, Exception fault)
    {
        if (state.Places.Find(p => p.Id == endpoint) is not { } place) return;
        try
        {
            await DetachAsync(state, place, CancellationToken.None);
        }
        catch (DataplaneException second)
        {
            state.Places = state.Places.Remove(place);
            _endpoints.TryRemove(endpoint, out _);
            throw new DataplaneException(second.Operation, $"{second.Cause}, while undoing: {fault.Message}", fault);
        }
    }

    private async Task RetireLeftoverAsync(EndpointId endpoint, CancellationToken cancel)
    {
        var name = Naming.HostLink(endpoint);
        var found = await _dataplane.ObserveAsync(new HostPart([name], [], [], false), cancel);
        if (found.Host.Links.GetValueOrDefault(name) is { } link && Plan.IsOurs(link, Naming))
            await ApplyAsync([new Retire(LinkName.OnHost(name), Naming.Retired(link.Index), Naming.ReaperGroupOf(link))], cancel);
    }

    private Task<FoundHost> LookAtAsync(SandboxState state, ImmutableArray<string> links, CancellationToken cancel) =>
        _dataplane.ObserveAsync(new HostPart(links, [state.Wanted.Name], [], !state.Ports.IsEmpty), cancel);

    private string? PairedWith(FoundHost found, EndpointId endpoint) =>
        found.Find(LinkName.OnHost(Naming.HostLink(endpoint))) is { } host
            ? found.Sandboxes.Values.SelectMany(s => s.Inside?.Links.Values ?? []).FirstOrDefault(l => l.PeerIndex == host.Index && host.PeerIndex == l.Index)?.Name
            : null;

    private Place PlaceOf(SandboxState state, NetworkSpec network, AttachedEndpoint endpoint, string link)
    {
        var driver = DriverOf(network);
        if (state.OfEngine) return new Place(endpoint.Id, null, driver.Endpoint(network, endpoint, LinkName.OnHost(Naming.LentLink(endpoint.Id)), _host), network, endpoint);
        var wanted = driver.Endpoint(network, endpoint, new LinkName(state.Netns, link), _host);
        if (wanted.Links.IsEmpty || state.OnHost) return new Place(endpoint.Id, null, Wanted.Nothing, network, endpoint);
        var out4 = driver.HasWayOut(network) ? endpoint.GatewayIPv4 : null;
        var out6 = driver.HasWayOut(network) ? endpoint.GatewayIPv6 : null;
        return new Place(endpoint.Id, new SandboxEndpoint(link, [.. new[] { endpoint.IPv4, endpoint.IPv6 }.OfType<InetAddress>()], out4, out6, endpoint.Spec.Settings.GatewayPriority ?? 0), wanted, network, endpoint);
    }
}
