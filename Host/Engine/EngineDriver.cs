using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using NetworkCluster.Addressing;
using NetworkCluster.Commands;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Drivers;
using NetworkCluster.Endpoints;
using NetworkCluster.Gateway;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Engine;

/// <summary>
/// The engine's network driver: each of its networks is one of the cluster, each of its endpoints one of the cluster under the same id, each of its sandboxes a container that the engine runs.
/// Every call may come again, also after a restart of either side, and means the same then.
/// </summary>
internal sealed class EngineDriver(IClusterGateway gateway, EnginePools pools, EngineNotes notes, Naming naming, TimeProvider time)
{
    private const string OwnIpamOnly = "its addresses are given by another IPAM driver, and on every host anew: create it with --ipam-driver, too, of the same name as the driver";

    // Longer than an engine needs to forget a network.
    private static readonly TimeSpan MissedFor = TimeSpan.FromMinutes(1);

    /// <summary>What a network is called until the engine has said its name.</summary>
    public static string Nameless(NetworkId network) => $"engine-{network.Short}";

    // Networks of the cluster that an engine's create is about, and whether the engine will have them is not known yet.
    private readonly ConcurrentDictionary<NetworkId, NetworkId> _beingMade = new();
    // The engine's networks that the cluster keeps although the engine has removed them: some engines do not hear a refusal.
    private readonly ConcurrentDictionary<string, bool> _kept = new();

    // What the engine's networks were to be of whose subnets and cluster's names nobody said anything.
    private readonly ConcurrentDictionary<NetworkId, NetworkRequest> _plain = new();

    /// <summary>Whether the command that made a network at the engine says nothing that another network of the cluster is not, either.</summary>
    public bool CouldBe(NetworkId made, NetworkSpec other) => other is { Scope: NetworkScope.Global, IpamDriver: null } && _plain.TryGetValue(made, out var wish) && !Differences(other, wish, isNamed: false).Any();

    /// <summary>Whether the engine is about to have it.</summary>
    public bool IsBeingMade(NetworkId ours) => _beingMade.Values.Contains(ours);

    /// <summary>Whether its removal by the engine was refused. True once each time.</summary>
    public bool TakeKept(string engines) => _kept.TryRemove(engines, out _);

    /// <summary>Makes the network in the cluster, or sees that it is the one that is there.</summary>
    public async Task CreateAsync(NetworkBody body, CancellationToken cancel)
    {
        var id = Network(body.NetworkId);
        _beingMade[id] = id;
        try
        {
            await CreateAsync(id, body, cancel);
        }
        finally
        {
            _beingMade.TryRemove(id, out _);
        }
    }

    private async Task CreateAsync(NetworkId id, NetworkBody body, CancellationToken cancel)
    {
        var options = (body.Options?.Driver ?? ImmutableDictionary<string, string>.Empty).ToImmutableSortedDictionary(StringComparer.Ordinal);
        var subnets = (body.IPv4Data ?? []).Concat(body.IPv6Data ?? []).Select(Read).ToImmutableArray();
        var request = new NetworkRequest
        {
            Id = id,
            Name = options.GetValueOrDefault(EnginePools.NameOption) is { Length: > 0 } name ? name : Nameless(id),
            Driver = options.GetValueOrDefault(EnginePools.DriverOption) is { Length: > 0 } driver ? driver : "overlay",
            Internal = body.Options?.Internal ?? false,
            Attachable = true,
            EnableIPv6 = body.Options?.EnableIPv6 ?? false,
            Pools = [.. subnets.Select(subnet => subnet.Request)],
            Options = options.RemoveRange([EnginePools.NameOption, EnginePools.DriverOption]),
            Created = time.GetUtcNow(),
            Host = gateway.Host,
        };
        var space = pools.SpaceOf(options);
        var there = subnets.Select(subnet => subnet.Joins).FirstOrDefault(network => network is not null)
            ?? (options.ContainsKey(EnginePools.NameOption) ? await pools.FindAsync(space, request.Name, cancel) : null);
        if (there is not null && there.Id != id)
        {
            _beingMade[id] = there.Id;
            var differences = Differences(there, request, isNamed: options.ContainsKey(EnginePools.NameOption)).ToImmutableArray();
            if (!differences.IsEmpty) throw new RefusedException(new InvalidRequest([.. differences.Select(difference => $"network {there.Name} of the cluster {difference}")]));
        }
        else
        {
            if (subnets.Any(subnet => subnet.Space is { } other && other != space)) throw new RefusedException(new InvalidRequest($"{EnginePools.DriverOption} has to be said twice, and alike: as -o and as --ipam-opt"));
            var made = await gateway.CreateNetworkAsync(request, cancel);
            if (made is Rejected { Reason: PoolOverlap overlap } && subnets.All(subnet => subnet.Picked)) throw new RefusedException(new InvalidRequest($"{overlap.Text}: another host has taken it in this moment, try again"));
            there = made.Expect<NetworkSummary>().Spec;
            if (subnets.All(subnet => subnet.Picked) && request.Name == Nameless(id)) _plain[id] = request with { Pools = [] };
        }

        notes.Keep(id, there.Id);
        pools.Settle(there.Pools.Select(pool => pool.Id));
    }

    private (PoolRequest Request, NetworkSpec? Joins, bool Picked, AddressSpaceId? Space) Read(NetworkPoolBody? body)
    {
        if (body is null) throw new RefusedException(new InvalidRequest("a subnet of the network is null"));
        if (!Subnet.TryParse(body.Pool, out var subnet)) throw new RefusedException(new InvalidRequest($"invalid subnet {body.Pool}"));
        if (body.AddressSpace is { } space && !AddressSpaces.Contains(space)) throw new RefusedException(new InvalidRequest(OwnIpamOnly));
        var draft = pools.DraftOf(subnet);
        return (new()
        {
            Subnet = subnet,
            IpRange = draft?.Id.SubPool,
            Gateway = body.Gateway is { Length: > 0 } gateway ? Address(gateway) : null,
            Auxiliary = [.. (body.AuxAddresses ?? ImmutableDictionary<string, string>.Empty).OrderBy(aux => aux.Key, StringComparer.Ordinal).Select(aux => new AuxiliaryAddress(aux.Key, Address(aux.Value)))],
        }, draft?.Draft.Joins, draft?.Draft.Picked ?? false, draft?.Id.Space);
    }

    /// <summary>What engines call the spaces of our pools.</summary>
    public static readonly ImmutableArray<string> AddressSpaces = ["network-cluster", "network-cluster-global"];

    private static IEnumerable<string> Differences(NetworkSpec there, NetworkRequest wish, bool isNamed)
    {
        if (isNamed && there.Name != wish.Name) yield return $"is not called {wish.Name}";
        if (there.Driver != wish.Driver) yield return $"has the driver {there.Driver}, and not {wish.Driver}";
        if (there.Internal != wish.Internal) yield return there.Internal ? "is internal" : "is not internal";
        if (wish.EnableIPv6 && !there.EnableIPv6) yield return "has no IPv6";
        foreach (var pool in wish.Pools)
        {
            if (there.Pools.FirstOrDefault(known => known.Id.Subnet == pool.Subnet) is not { } known) yield return $"has no subnet {pool.Subnet} but {string.Join(", ", there.Pools.Select(one => one.Id.Subnet))}";
            else if (pool.Gateway is { } gateway && gateway != known.Gateway) yield return $"has the gateway {known.Gateway} in {pool.Subnet}, and not {gateway}";
            else if (!pool.Auxiliary.IsEmpty && !pool.Auxiliary.ToHashSet().SetEquals(known.Auxiliary)) yield return $"has other auxiliary addresses in {pool.Subnet}: {string.Join(", ", known.Auxiliary.Select(aux => $"{aux.Name}={aux.Address}"))}";
        }

        foreach (var key in wish.Options.Keys.Union(there.Options.Keys).Order(StringComparer.Ordinal))
        {
            if (wish.Options.GetValueOrDefault(key) != there.Options.GetValueOrDefault(key)) yield return there.Options.TryGetValue(key, out var had) ? $"has the option {key}={had}" : $"does not have the option {key}";
        }
    }

    // When it was said that a network is to go, and not which.
    private long _missed;

    /// <summary>A network of the engine is to go; which one was said to a process that has died, and is not said again. The engine has it no more in a moment, and whoever compares removes it then.</summary>
    public void MissDelete() => Interlocked.Exchange(ref _missed, time.GetTimestamp());

    /// <summary>Whether one is to go, and nobody has found it yet. True once each time.</summary>
    public bool TakeMissed() => Interlocked.Exchange(ref _missed, 0) is var since and not 0 && time.GetElapsedTime(since) < MissedFor;

    /// <summary>Removes it from the cluster, where nothing uses it. Others have removed it already: it is gone all the same.</summary>
    public async Task DeleteAsync(EndpointBody body, CancellationToken cancel)
    {
        var id = Network(body.NetworkId);
        // The engine may have it twice, under two names: it goes with the last of them.
        if (notes.Networks.TryGetValue($"{id}", out var ours) && !notes.Networks.Any(other => other.Value == ours && other.Key != $"{id}") && await SpecAsync(ours, cancel) is { } network)
        {
            var reply = await gateway.SendAsync(new RemoveNetwork(network.Space, network.Id), cancel);
            if (reply is Rejected { Reason: not NetworkNotFound })
            {
                _kept[$"{id}"] = true;
                reply.Expect<NetworkRemoved>();
            }
        }

        notes.Forget(id);
        _plain.TryRemove(id, out _);
    }

    /// <summary>Notes the endpoint; it gets its place when it is said in whose sandbox.</summary>
    public async Task<EndpointAnswer> CreateEndpointAsync(EndpointBody body, CancellationToken cancel)
    {
        var network = await OursAsync(body.NetworkId, cancel);
        if (body.Options?.PortMap is [{ } port, ..]) throw new RefusedException(new InvalidRequest($"port {port.Port} cannot be published on network {network.Name}: connect the container to a bridge network of the engine for that"));
        var wished = body.Interface ?? new();
        if (wished.Address is not { Length: > 0 } && wished.AddressIPv6 is not { Length: > 0 }) throw new RefusedException(new InvalidRequest(OwnIpamOnly));
        foreach (var text in (ReadOnlySpan<string?>)[wished.Address, wished.AddressIPv6])
        {
            if (text is { Length: > 0 } && !network.Pools.Any(pool => pool.Id.Subnet.Contains(Address(text))))
                throw new RefusedException(new AddressOutsideNetwork(Address(text), network.Name, [.. network.Pools.Select(pool => pool.Id.Subnet)]));
        }

        var mac = wished.MacAddress is { Length: > 0 } given ? MacAddress.Parse(given)
            : LinkLayer.For(Endpoint(body.EndpointId), wished.Address is { Length: > 0 } v4 ? Address(v4) : null, _ => false);
        notes.Keep(Endpoint(body.EndpointId), new()
        {
            Network = network.Id,
            Address = wished.Address is { Length: > 0 } address ? Address(address).ToString() : null,
            AddressIPv6 = wished.AddressIPv6 is { Length: > 0 } ipv6 ? Address(ipv6).ToString() : null,
            MacAddress = mac.ToString(),
        });
        return new(new() { MacAddress = wished.MacAddress is { Length: > 0 } ? null : mac.ToString() });
    }

    /// <summary>Gives the endpoint its place: when this is answered its link waits to be fetched.</summary>
    public async Task<JoinAnswer> JoinAsync(EndpointBody body, CancellationToken cancel)
    {
        var network = await OursAsync(body.NetworkId, cancel);
        var id = Endpoint(body.EndpointId);
        var note = notes.Find(id) ?? throw new RefusedException(new InvalidRequest($"endpoint {id.Short} is not known here: start the container again"));
        var container = ContainerOf(body.SandboxKey ?? "");
        notes.Keep(id, note with { Container = container });
        InetAddress? v4 = note.Address is { } four ? InetAddress.Parse(four) : null, v6 = note.AddressIPv6 is { } six ? InetAddress.Parse(six) : null;
        var name = Nameless(container);
        var sandbox = new ContainerSpec { Id = container, Name = name, Mode = SandboxMode.Engine, Created = time.GetUtcNow() };
        var done = (await gateway.SendAsync(new JoinEngineSandbox(gateway.Host, sandbox, new()
        {
            Id = id,
            Network = network.Id,
            NetworkName = network.Name,
            Container = container,
            ContainerName = name,
            Host = gateway.Host,
            Lent = true,
            ReservedAs = pools.Owner,
            HostBinding = BridgeDriver.HostBindingOf(network),
            Settings = new() { IPv4 = v4, IPv6 = v6, Mac = note.MacAddress is { } mac ? MacAddress.Parse(mac) : null },
        }), cancel)).Expect<ContainerDone>();
        var attached = done.Container.Endpoints.FirstOrDefault(endpoint => endpoint.Spec.Id == id)?.Attached ?? throw new RefusedException(new OutcomeUnknown($"endpoint {id.Short} has no place"));
        var leads = NetworkDrivers.Find(network.Driver)!.HasWayOut(network);
        return new() { InterfaceName = new(naming.LentLink(id), "eth"), Gateway = leads ? attached.GatewayIPv4?.ToString() : null, GatewayIPv6 = leads ? attached.GatewayIPv6?.ToString() : null };
    }

    /// <summary>Takes the endpoint's place back, if it has one.</summary>
    public async Task LeaveAsync(EndpointBody body, CancellationToken cancel)
    {
        if (notes.Find(Endpoint(body.EndpointId)) is not { Container: { } container } note) return;
        var reply = await gateway.SendAsync(new LeaveEngineSandbox(gateway.Host, container, note.Network, note.Network.Short), cancel);
        if (reply is Rejected { Reason: not (ContainerNotFound or NotConnected) }) reply.Expect<ContainerDone>();
    }

    /// <summary>What a container is called until the engine has said its name.</summary>
    public static string Nameless(ContainerId container) => $"engine-{container.Short}";

    /// <summary>The endpoint is no more.</summary>
    public async Task DeleteEndpointAsync(EndpointBody body, CancellationToken cancel)
    {
        await LeaveAsync(body, cancel);
        notes.Forget(Endpoint(body.EndpointId));
    }

    /// <summary>The container that stands for an engine's sandbox: its key is as random as an id.</summary>
    private ContainerId ContainerOf(string sandboxKey) => ContainerId.Parse(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{gateway.Host} {sandboxKey}"))));

    private async Task<NetworkSpec> OursAsync(string? engines, CancellationToken cancel) =>
        notes.Networks.TryGetValue($"{Network(engines)}", out var ours) && await SpecAsync(ours, cancel) is { } network ? network
            : throw new RefusedException(new InvalidRequest($"the cluster has no network {engines![..12]} any more: remove the engine's"));

    private async Task<NetworkSpec?> SpecAsync(NetworkId id, CancellationToken cancel) =>
        await pools.FindAsync(AddressSpaceId.Global, id.ToString(), cancel) ?? await pools.FindAsync(AddressSpaceId.Of(gateway.Host), id.ToString(), cancel);

    private static NetworkId Network(string? text) => NetworkId.TryParse(text, null, out var id) ? id : throw new RefusedException(new InvalidRequest($"invalid network id {text}"));

    private static EndpointId Endpoint(string? text) => EndpointId.TryParse(text, null, out var id) ? id : throw new RefusedException(new InvalidRequest($"invalid endpoint id {text}"));

    // With or without a prefix.
    private static InetAddress Address(string? text) => InetAddress.TryParse(text?.Split('/')[0], out var address) ? address : throw new RefusedException(new InvalidRequest($"invalid address {text}"));
}
