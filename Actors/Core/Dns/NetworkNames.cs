using System.Collections.Concurrent;
using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Drivers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Dns;

/// <summary>
/// The names and addresses of one network. One writer; any number of readers without locks. A reader may see an endpoint half
/// added (one name already, the next not yet), never an array half changed.
/// </summary>
internal sealed class NetworkNames
{
    private readonly ConcurrentDictionary<string, NamedEndpoint[]> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, NamedEndpoint[]>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly ConcurrentDictionary<InetAddress, NamedEndpoint> _byAddress = new();
    private readonly Dictionary<EndpointId, NamedEndpoint> _endpoints = [];
    private readonly ImmutableArray<Subnet> _subnets;
    private readonly string _name;
    private readonly uint? _ttlSeconds;
    private long _attached;

    public NetworkNames(NetworkView view)
    {
        _name = view.Spec.Name;
        _ttlSeconds = view.Spec.TtlSeconds();
        HasNames = view.Spec.HasNames;
        LeadsOutside = !view.Spec.Internal;
        _subnets = [.. view.Spec.Pools.Select(pool => pool.Id.Subnet)];
        _bySpan = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var endpoint in view.Endpoints) Add(endpoint);
    }

    /// <summary>Whether all names are visible to all that take part. In the predefined network only links are.</summary>
    public bool HasNames { get; }

    /// <summary>Whether the network is not <c>--internal</c>.</summary>
    public bool LeadsOutside { get; }

    /// <summary>Adds an endpoint behind the ones that share a name with it. One that is known by id keeps its place and gets the new facts.</summary>
    public void Add(AttachedEndpoint endpoint)
    {
        _endpoints.TryGetValue(endpoint.Id, out var old);
        var added = new NamedEndpoint(endpoint, _name, _ttlSeconds, old?.Order ?? _attached++);
        _endpoints[added.Id] = added;
        foreach (var name in added.Names)
            _byName[name] = _byName.TryGetValue(name, out var holders) ? With(holders, added) : [added];
        foreach (var address in Addresses(added)) _byAddress[address] = added;
        if (old is null) return;
        foreach (var name in old.Names.Except(added.Names, StringComparer.OrdinalIgnoreCase)) Forget(name, old.Id);
        Forget(old);
    }

    /// <summary>Removes an endpoint; nothing happens where it is not known.</summary>
    public void Remove(EndpointId id)
    {
        if (!_endpoints.Remove(id, out var gone)) return;
        foreach (var name in gone.Names) Forget(name, id);
        Forget(gone);
    }

    /// <summary>The endpoints with this name, first attached first; none where the name is unknown.</summary>
    public NamedEndpoint[]? Find(ReadOnlySpan<char> name) => _bySpan.TryGetValue(name, out var holders) ? holders : null;

    /// <summary>The endpoint with this address.</summary>
    public NamedEndpoint? Find(InetAddress address) => _byAddress.GetValueOrDefault(address);

    /// <summary>Whether the address lies in one of the network's subnets.</summary>
    public bool Covers(InetAddress address)
    {
        foreach (var subnet in _subnets)
            if (subnet.Contains(address)) return true;
        return false;
    }

    /// <summary>Splits <c>name.network</c>; false where the name does not end with this network's.</summary>
    public bool TryStrip(ReadOnlySpan<char> name, out ReadOnlySpan<char> stripped)
    {
        var dot = name.Length - _name.Length - 1;
        var ends = dot > 0 && name[dot] == '.' && name.EndsWith(_name, StringComparison.OrdinalIgnoreCase);
        stripped = ends ? name[..dot] : default;
        return ends;
    }

    private static NamedEndpoint[] With(NamedEndpoint[] holders, NamedEndpoint added) =>
        [.. holders.Where(holder => holder.Id != added.Id).Append(added).OrderBy(holder => holder.Order)];

    private void Forget(string name, EndpointId id)
    {
        if (!_byName.TryGetValue(name, out var holders)) return;
        NamedEndpoint[] left = [.. holders.Where(holder => holder.Id != id)];
        if (left.Length > 0) _byName[name] = left;
        else _byName.TryRemove(name, out _);
    }

    // Only where the address still points at this very object: it may have a new holder by now.
    private void Forget(NamedEndpoint gone)
    {
        foreach (var address in Addresses(gone)) _byAddress.TryRemove(KeyValuePair.Create(address, gone));
    }

    private static IEnumerable<InetAddress> Addresses(NamedEndpoint endpoint)
    {
        if (endpoint.IPv4 is { } v4) yield return v4;
        if (endpoint.IPv6 is { } v6) yield return v6;
    }
}
