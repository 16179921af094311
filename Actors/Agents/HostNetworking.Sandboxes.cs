using System.Collections.Immutable;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;

namespace NetworkCluster.Agents;

public sealed partial class HostNetworking
{
    /// <inheritdoc/>
    public async Task<Sandbox> StartSandboxAsync(ContainerSpec container, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(container);
        var state = await EnterAsync(container.Id, cancel);
        try
        {
            state.Hostname = container.Hostname ?? container.Id.Short;
            state.Resolver = container.Resolver;
            state.OnHost = container.Mode == SandboxMode.Host;
            if (state.OnHost)
            {
                if (!state.Started) await ApplyAsync([new NoteOnHost(container.Id)], cancel);
                state.Started = true;
                return new Sandbox(container.Id, "", $"/proc/{Environment.ProcessId}/ns/net");
            }

            var found = await LookAsync(state, cancel);
            if (!state.Started) Adopt(state, found);
            await RepairShapeAsync(state, found, cancel);
            state.Started = true;
            return new Sandbox(container.Id, state.Wanted.Name, $"{_options.NetnsDirectory}/{state.Wanted.Name}");
        }
        finally
        {
            state.Gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task StopSandboxAsync(ContainerId container, CancellationToken cancel)
    {
        await InSandboxAsync(container, async state =>
        {
            if (state.OnHost || Startup.OnHost.Contains(container)) await ApplyAsync([new ForgetOnHost(container)], cancel);
            else
            {
                if (!state.Started) Adopt(state, await LookAsync(state, cancel));
                var part = state.Places.Aggregate(new Wanted { Sandboxes = [state.Wanted] }, (all, place) => all.With(place.Wanted ?? LeftoverOf(state, place))) with { Ports = state.Shape([]).Ports };
                var found = await LookAtAsync(state, LinksOf(part), cancel);
                await ApplyAsync(Plan.Removal(part, found, Naming), cancel);
            }

            var leaving = state.Places.ConvertAll(place => LeftAsync(place, cancel));
            state.Removed = true;
            _sandboxes.TryRemove(new(container, state));
            await Task.WhenAll(leaving);
        }, cancel);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<UnusablePort>> UnusablePortsAsync(ImmutableArray<HostPort> ports, CancellationToken cancel) =>
        ports.IsEmpty ? [] : (await _dataplane.ObserveAsync(new HostPart([], [], [], false, ports), cancel)).UnusablePorts;

    /// <inheritdoc/>
    public async Task PublishAsync(ContainerId container, ImmutableArray<PublishedPort> ports, CancellationToken cancel)
    {
        await InSandboxAsync(container, async state =>
        {
            if (state.Ports.SequenceEqual(ports)) return;
            var before = state.Shape([]);
            state.Ports = ports;
            if (!state.IsOurs) return;
            var found = await RestoreTableAsync(await _dataplane.ObserveAsync(new HostPart([], [state.Wanted.Name], [], true), cancel), cancel);
            var shape = state.Shape(state.Places);
            await ApplyAsync(Plan.Between(shape with { Ports = [.. shape.Ports, .. before.Ports] }, found, Naming), cancel);
            state.Remember(shape);
        }, cancel);
    }

    /// <inheritdoc/>
    public async Task NameAsync(ContainerId container, ImmutableArray<HostsEntry> names, CancellationToken cancel)
    {
        await InSandboxAsync(container, async state =>
        {
            if (state.Names.SequenceEqual(names)) return;
            state.Names = names;
            if (!state.IsOurs) return;
            await RepairShapeAsync(state, await LookAsync(state, cancel), cancel);
        }, cancel);
    }

    private Task<FoundHost> LookAsync(SandboxState state, CancellationToken cancel) => LookAtAsync(state, [], cancel);

    private async Task RepairShapeAsync(SandboxState state, FoundHost found, CancellationToken cancel)
    {
        var shape = state.Shape(state.Places);
        await ApplyAsync(Plan.Between(shape, found, Naming), cancel);
        var inside = found.In(state.Netns);
        state.Known = inside with { Links = inside.Links.RemoveRange(state.Places.Select(p => p.Endpoint?.Link).OfType<string>()), Addresses = [] };
        state.Remember(shape);
    }

    /// <summary>
    /// Takes what lives in the sandbox for its places, so that names stay in use and the default route stays where it is until their endpoints are
    /// attached again. A link belongs to the endpoint whose host link is its other end.
    /// </summary>
    private void Adopt(SandboxState state, FoundHost found)
    {
        var inside = found.In(state.Netns);
        var hosts = Startup.Host.Links.Values.Where(l => Plan.IsOurs(l, Naming)).ToDictionary(l => l.Index);
        var places = from link in inside.Links.Values
                     where hosts.TryGetValue(link.PeerIndex, out var host) && host.PeerIndex == link.Index
                     let tag = LinkTag.TryParse(Naming.Prefix, hosts[link.PeerIndex].Alias, out var tag) ? tag as LinkTag.OfEndpoint : null
                     where tag is not null
                     let gateways = inside.Routes.Where(r => r.IsDefault && r.Link == link.Name).Select(r => r.Gateway).ToList()
                     orderby gateways.Count descending, link.Index
                     select new Place(tag.Endpoint, new SandboxEndpoint(
                         link.Name,
                         [.. inside.Addresses.Where(a => a.Link == new LinkName(state.Netns, link.Name)).Select(a => a.Address).Order()],
                         gateways.FirstOrDefault(g => g is { IsIPv6: false }),
                         gateways.FirstOrDefault(g => g is { IsIPv6: true }),
                         // Its wish is not known yet: until it is, the route stays where it is.
                         int.MaxValue), null, null);
        state.Places = state.Places.AddRange(places);
        foreach (var place in state.Places) _endpoints[place.Id] = state.Wanted.Id;
    }

    /// <summary>What is known of an adopted endpoint's links before anybody says what is wanted: enough to remove them.</summary>
    private Wanted LeftoverOf(SandboxState state, Place place)
    {
        if (place.Endpoint is null || Startup.Host.Links.GetValueOrDefault(Naming.HostLink(place.Id)) is not { } host) return Wanted.Nothing;
        return new Wanted
        {
            Links = [new WantedVeth(host.Name, host.MtuBytes, host.Alias, host.Group) { Master = host.Master ?? "", Isolated = host.Isolated, Peer = new(state.Netns, place.Endpoint.Link), PeerMac = default }],
        };
    }

    private async Task InSandboxAsync(ContainerId container, Func<SandboxState, Task> work, CancellationToken cancel)
    {
        var state = await EnterAsync(container, cancel);
        await ReleasingAsync(state.Gate, () => work(state));
    }

    private async Task<SandboxState> EnterAsync(ContainerId id, CancellationToken cancel)
    {
        _ = Startup;
        while (true)
        {
            var state = _sandboxes.GetOrAdd(id, key => new SandboxState(key, Naming.Sandbox(key)));
            await state.Gate.WaitAsync(cancel);
            if (!state.Removed) return state;
            state.Gate.Release();
        }
    }
}
