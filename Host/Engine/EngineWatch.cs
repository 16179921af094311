using System.Collections.Immutable;
using System.Globalization;
using System.Threading.Channels;
using NetworkCluster.Commands;
using NetworkCluster.Containers;
using NetworkCluster.Dns;
using NetworkCluster.Endpoints;
using NetworkCluster.Gateway;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Engine;

/// <summary>
/// Keeps this host's engine and the cluster in step, by the engine's own API: the cluster's networks are in the engine and have the names that they have there, what the engine calls its containers
/// is in DNS, and what the engine has no more is released. It compares, and does what is missing; the engine's events only say when to look. Whatever it misses, the next look finds. Lists of
/// networks are compared every two seconds; networks and containers one by one only when something has happened or is not settled, and otherwise twice a minute.
/// </summary>
internal sealed class EngineWatch(EngineApi engine, EngineSettings settings, IClusterGateway gateway, EngineDriver networks, EngineNotes notes, EmbeddedDns? dns, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2), LookIntoEvery = TimeSpan.FromSeconds(30);
    // An engine that is told of something has it in its lists a moment later, and the other way round.
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(10);

    // What one side has and the other does not, and since when.
    private readonly Dictionary<string, long> _missing = [];
    private readonly HashSet<string> _absent = [];
    private readonly Dictionary<ContainerId, string> _named = [];
    private readonly HashSet<string> _told = [];
    // Whether the engine has the store that the notes are about; not known before it was asked.
    private bool? _isSameStore;
    // Whether what the engine says could not all be noted.
    private bool _isUnsettled = true;
    private long _lookedInto;
    // That something has happened, once for however much.
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Watches until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var listening = ListenAsync(cancel);
        var (absent, isNews) = (false, true);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await LookAsync(isNews || _isUnsettled || _missing.Count > 0 || time.GetElapsedTime(_lookedInto) >= LookIntoEvery, cancel);
                absent = false;
            }
            catch (EngineException cause)
            {
                if (!absent) log.LogWarning("{Cause}; it is asked again until it does", cause.Message);
                (absent, _isUnsettled) = (true, true);
            }
            catch (RefusedException cause)
            {
                Once($"the cluster cannot be compared with the engine: {cause.Message}");
                _isUnsettled = true;
            }
            // A full disk, or a fault of ours: the next look may do better, and without any all goes stale.
            catch (Exception cause) when (cause is not OperationCanceledException)
            {
                if (_told.Add(cause.Message)) log.LogError(cause, "the engine and the cluster cannot be compared, that is tried again");
                _isUnsettled = true;
            }

            await Task.WhenAny(_news.Reader.WaitToReadAsync(cancel).AsTask(), Task.Delay(LookEvery, time, cancel));
            isNews = _news.Reader.TryRead(out _);
        }

        await listening;
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await foreach (var _ in engine.EventsAsync(cancel)) _news.Writer.TryWrite(true);
            }
            catch (Exception cause) when (cause is EngineException or System.Text.Json.JsonException)
            {
                // Whoever looks says so.
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(LookEvery, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(bool looksInto, CancellationToken cancel)
    {
        _absent.Clear();
        var theirs = await engine.NetworksAsync(settings.Driver, cancel);
        var spaces = await Task.WhenAll(gateway.AskAsync<NetworkList>(new ListNetworks(AddressSpaceId.Global), cancel), gateway.AskAsync<NetworkList>(new ListNetworks(AddressSpaceId.Of(gateway.Host)), cancel));
        var ours = spaces.SelectMany(space => space.Networks).ToDictionary(network => network.Id);
        foreach (var network in theirs) await CompareAsync(network, ours, cancel);
        _isSameStore ??= await engine.StoreAsync(cancel) is { } store && IsSame(store);
        foreach (var lost in notes.Networks.Keys.Except(theirs.Select(network => network.Id)).ToList())
        {
            if (networks.TakeKept(lost)) notes.Forget(NetworkId.Parse(lost, CultureInfo.InvariantCulture));
            else if (networks.TakeMissed() || (IsMissing(lost) && (WasRemoved(lost) || WasNeverMade(lost))))
            {
                ours.Remove(notes.Networks[lost]);
                await RemoveAsync(lost, cancel);
            }
            else if (IsMissing(lost)) notes.Forget(NetworkId.Parse(lost, CultureInfo.InvariantCulture));
        }

        // What this process found noted, and the same engine has no more, was removed while nobody was here to hear it. Another store says nothing.
        bool WasRemoved(string lost) => _isSameStore is true && notes.IsInherited(lost);

        bool WasNeverMade(string lost) => ours.TryGetValue(notes.Networks[lost], out var network) && network.Name == EngineDriver.Nameless(network.Id);

        var shared = notes.Networks.Values.ToHashSet();
        foreach (var network in ours.Values.Where(network => network.Scope == NetworkScope.Global && network.IpamDriver is null && !shared.Contains(network.Id) && !networks.IsBeingMade(network.Id)))
        {
            // Its own engine says in a moment what it is called.
            if (network.Name != EngineDriver.Nameless(network.Id) || IsMissing($"the name of {network.Id}")) await OfferAsync(network, cancel);
        }

        if (looksInto)
        {
            (_isUnsettled, _lookedInto) = (false, time.GetTimestamp());
            await CompareEndpointsAsync(theirs, cancel);
        }

        // What is there again was not missing.
        foreach (var found in _missing.Keys.Except(_absent).ToList()) _missing.Remove(found);
    }

    private async Task CompareAsync(ListedNetwork network, Dictionary<NetworkId, NetworkSpec> ours, CancellationToken cancel)
    {
        if (!NetworkId.TryParse(network.Id, null, out var id)) return;
        // The notes may be gone with a disk; the engine's ids are then what the cluster's networks were made under.
        if (!notes.Networks.TryGetValue(network.Id, out var known))
        {
            if (!ours.ContainsKey(id)) return;
            notes.Keep(id, known = id);
        }

        if (ours.TryGetValue(known, out var spec))
        {
            if (spec.Name == network.Name) return;
            if (network.Name == EngineDriver.Nameless(known)) await RenameAsync(network, known, spec, cancel);
            if (spec.Name != EngineDriver.Nameless(known)) return;
            var labels = network.Labels is { Count: > 0 } theirs ? theirs.ToImmutableSortedDictionary(StringComparer.Ordinal) : null;
            var reply = await gateway.UpdateNetworkAsync(new(spec.Space, spec.Id, gateway.Host) { Name = network.Name, Labels = labels }, cancel);
            if (reply is not Rejected refused) return;
            if (refused.Reason is NetworkNameTaken { Holder: var holder } && (!ours.TryGetValue(holder, out var first) || networks.CouldBe(known, first))) await JoinAsync(network, first, cancel);
            else Once($"network {network.Name} of the engine stays {spec.Name} in the cluster: {refused.Reason.Text}");
        }
        else if (IsMissing($"of the cluster {network.Id}"))
        {
            if (await engine.RemoveAsync(network.Id, cancel) is { } refusal) Once($"network {network.Name} is no more in the cluster, and the engine does not remove it: {refusal}");
        }
    }

    // Two engines were told the same at once: the one that was heard first has made the network, and the other's becomes the same, where nobody uses it yet.
    private async Task JoinAsync(ListedNetwork network, NetworkSpec? first, CancellationToken cancel)
    {
        // It got its name after it was listed: the next look sees all of it.
        if (first?.Name != network.Name) return;
        if (await engine.RemoveAsync(network.Id, cancel) is { } refusal) Once($"network {network.Name} of the engine is not the cluster's of that name: {refusal}");
        else await OfferAsync(first, cancel);
    }

    // It came before its name was known. An engine does not rename: where nobody uses it, it comes anew.
    private async Task RenameAsync(ListedNetwork network, NetworkId ours, NetworkSpec spec, CancellationToken cancel)
    {
        if (await engine.NetworkAsync(network.Id, cancel) is not { Containers: null or { Count: 0 } }) return;
        var id = NetworkId.Parse(network.Id, CultureInfo.InvariantCulture);
        // Without the note the engine's word that it goes is about nothing of the cluster's.
        notes.Forget(id);
        if (await engine.RemoveAsync(network.Id, cancel) is not { } refusal) return;
        notes.Keep(id, ours);
        Once($"network {spec.Name} of the cluster is called {network.Name} in the engine: {refusal}");
    }

    private bool IsSame(string store)
    {
        if (notes.Store == store) return true;
        notes.Store = store;
        return false;
    }

    // It was removed at the engine while nobody here was listening.
    private async Task RemoveAsync(string id, CancellationToken cancel)
    {
        try
        {
            await networks.DeleteAsync(new() { NetworkId = id }, cancel);
            log.LogInformation("network {Network} is not in the engine: it is removed from the cluster", id[..12]);
        }
        catch (RefusedException refused)
        {
            networks.TakeKept(id);
            notes.Forget(NetworkId.Parse(id, CultureInfo.InvariantCulture));
            log.LogWarning("network {Network} was removed at the engine, and stays in the cluster: {Reason}", id[..12], refused.Message);
        }
    }

    // What the cluster has and the engine does not.
    private async Task OfferAsync(NetworkSpec network, CancellationToken cancel)
    {
        var named = ImmutableDictionary<string, string>.Empty.Add(EnginePools.NameOption, network.Name);
        var refusal = await engine.CreateAsync(new()
        {
            Name = network.Name,
            Driver = settings.Driver,
            Internal = network.Internal,
            Attachable = network.Attachable,
            EnableIPv6 = network.EnableIPv6,
            Ipam = new(settings.Driver, named,
            [
                .. network.Pools.Select(pool => new EngineSubnetBody(
                    pool.Id.Subnet.ToString(), pool.Id.SubPool?.ToString(), pool.Gateway?.ToString(), pool.Auxiliary.ToDictionary(aux => aux.Name, aux => aux.Address.ToString()))),
            ]),
            Options = named.AddRange(network.Options),
            Labels = network.Labels,
        }, cancel);
        if (refusal is not null) Once($"network {network.Name} of the cluster is not in the engine: {refusal}");
    }

    private async Task CompareEndpointsAsync(IReadOnlyList<ListedNetwork> theirs, CancellationToken cancel)
    {
        var holders = new Dictionary<string, string>();
        foreach (var network in theirs)
        {
            if (await engine.NetworkAsync(network.Id, cancel) is { Containers: { } members }) foreach (var (container, member) in members) holders[member.EndpointId] = container;
        }

        var sandboxes = new Dictionary<ContainerId, string>();
        foreach (var (id, note) in notes.Endpoints())
        {
            if (holders.TryGetValue(id.ToString(), out var container))
            {
                if (note.Container is { } sandbox) sandboxes[sandbox] = container;
            }
            else if (IsMissing(id.ToString()))
            {
                log.LogInformation("endpoint {Endpoint} is no more in the engine: it is released", id.Short);
                await networks.DeleteEndpointAsync(new() { EndpointId = id.ToString() }, cancel);
            }
        }

        foreach (var (sandbox, container) in sandboxes) await DescribeAsync(sandbox, container, cancel);
        foreach (var gone in _named.Keys.Where(sandbox => !sandboxes.ContainsKey(sandbox)).ToList())
        {
            _named.Remove(gone);
            dns?.Close(gone);
        }
    }

    // Its names, and a resolver that knows those of the others.
    private async Task DescribeAsync(ContainerId sandbox, string id, CancellationToken cancel)
    {
        if (await engine.ContainerAsync(id, cancel) is not { State.Pid: > 0 and var pid } container) return;
        Serve(sandbox, pid);
        var name = container.Name.TrimStart('/');
        ImmutableArray<EndpointNames> names =
        [
            .. (container.NetworkSettings.Networks ?? ImmutableDictionary<string, EngineEndpoint>.Empty).Values
                .Where(endpoint => EndpointId.TryParse(endpoint.EndpointId, null, out var known) && notes.Find(known) is not null)
                .Select(endpoint => new EndpointNames(EndpointId.Parse(endpoint.EndpointId, CultureInfo.InvariantCulture),
                    [.. (endpoint.Aliases ?? []).Where(alias => IsGood(name, EndpointSettings.None with { Aliases = [alias] }))],
                    [.. (endpoint.Links ?? []).Select(Link).Where(link => IsGood(name, EndpointSettings.None with { Links = [link] }))])),
        ];
        var text = $"{name} {string.Join(' ', names.Select(one => $"{one.Endpoint}:{string.Join(',', one.Aliases)}:{string.Join(',', one.Links)}"))}";
        if (_named.GetValueOrDefault(sandbox) == text) return;
        var reply = await gateway.SendAsync(new NameEngineSandbox(gateway.Host, sandbox, name, names), cancel);
        if (reply is ContainerDone)
        {
            _named[sandbox] = text;
            return;
        }

        // What cannot be a name is none the next time either.
        if (reply is Rejected { Reason: InvalidRequest }) _named[sandbox] = text;
        else _isUnsettled = true;
        if (reply is Rejected { Reason: not ContainerNotFound } refused) Once($"container {name} of the engine has no name in the cluster: {refused.Reason.Text}");
    }

    // One that the engine takes and the cluster does not takes no other with it.
    private bool IsGood(string container, EndpointSettings settings)
    {
        if (EndpointRules.Problems(settings).ToImmutableArray() is not [var problem, ..]) return true;
        Once($"container {container} of the engine: {problem}");
        return false;
    }

    private void Serve(ContainerId sandbox, int pid)
    {
        if (dns is null) return;
        if (EngineResolver.Of(pid, ListenPort) is not { } resolver)
        {
            _isUnsettled = true;
            return;
        }

        try
        {
            dns.OpenBefore(sandbox, $"/proc/{pid}/ns/net", resolver);
        }
        catch (Exception cause) when (cause is IOException or System.Net.Sockets.SocketException)
        {
            Once($"names of the cluster are not served in container {sandbox.Short}: {cause.Message}");
        }
    }

    private static int ListenPort { get; } = new EmbeddedDnsOptions().ListenPort;

    private static ContainerLink Link(string text) => text.Split(':') is [var target, var alias] ? new(target, alias) : new(text, text);

    private bool IsMissing(string id)
    {
        _absent.Add(id);
        if (!_missing.TryGetValue(id, out var since)) since = _missing[id] = time.GetTimestamp();
        return time.GetElapsedTime(since) >= Doubt;
    }

    private void Once(string what)
    {
        if (_told.Add(what)) log.LogWarning("{What}", what);
    }
}
