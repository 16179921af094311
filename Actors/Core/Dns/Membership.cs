using NetworkCluster.Addressing;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Dns;

/// <summary>A network's place in the table: sandboxes hold on to it while snapshots of the network come and go.</summary>
internal sealed class NetworkSlot
{
    private volatile NetworkNames? _names;

    /// <summary>What is known of the network; none before its first snapshot and after its removal.</summary>
    public NetworkNames? Names
    {
        get => _names;
        set => _names = value;
    }

    /// <summary>Sandboxes joined; for the writer alone.</summary>
    public int Members { get; set; }
}

/// <summary>One sandbox's part in one network, with the private names that its links give. Immutable.</summary>
internal sealed class Membership
{
    private readonly Dictionary<string, string[]>? _links;
    private readonly HashSet<string> _targets = [];

    public Membership(NetworkId network, NetworkSlot slot, EndpointSettings settings)
    {
        Network = network;
        Slot = slot;
        if (settings.Links.IsDefaultOrEmpty) return;
        _links = settings.Links
            .GroupBy(link => link.Alias, link => link.Target, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.Distinct(StringComparer.OrdinalIgnoreCase).ToArray(), StringComparer.OrdinalIgnoreCase);
        _targets = settings.Links.Select(link => link.Target).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    public NetworkId Network { get; }

    public NetworkSlot Slot { get; }

    /// <summary>What the links say, where the network itself has no names.</summary>
    public IEnumerable<HostsEntry> PrivateNames => _links is null || Slot.Names is not { HasNames: false } names ? [] :
        from link in _links
        from target in link.Value
        from endpoint in names.Find(target) ?? []
        from address in new[] { endpoint.IPv4, endpoint.IPv6 }.OfType<InetAddress>()
        select new HostsEntry(address, string.Equals(link.Key, endpoint.Names[0], StringComparison.OrdinalIgnoreCase) ? link.Key : $"{link.Key} {endpoint.Names[0]}");

    /// <summary>Finds what this sandbox's links call so; true where a link has that alias, even if its target is not there (yet).</summary>
    public bool Linked<TSink>(ReadOnlySpan<char> name, ref TSink sink, ref bool found)
        where TSink : IEndpointSink, allows ref struct
    {
        if (_links is null || Slot.Names is not { } names) return false;
        var lookup = _links.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(name, out var targets) || (names.TryStrip(name, out var stripped) && lookup.TryGetValue(stripped, out targets)))
        {
            foreach (var target in targets) found |= Add(names.Find(target), ref sink);
            return true;
        }

        // Links in the predefined network always made the target's own name known too, which elsewhere everybody knows anyway.
        if (names.HasNames || !_targets.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name)) return false;
        found |= Add(names.Find(name), ref sink);
        return true;
    }

    /// <summary>Finds what everybody in the network calls so.</summary>
    public bool Named<TSink>(ReadOnlySpan<char> name, ref TSink sink)
        where TSink : IEndpointSink, allows ref struct
    {
        if (Slot.Names is not { HasNames: true } names) return false;
        return Add(names.Find(name), ref sink) || (names.TryStrip(name, out var stripped) && Add(names.Find(stripped), ref sink));
    }

    private static bool Add<TSink>(NamedEndpoint[]? endpoints, ref TSink sink)
        where TSink : IEndpointSink, allows ref struct
    {
        if (endpoints is null) return false;
        foreach (var endpoint in endpoints) sink.Add(endpoint);
        return true;
    }
}
