using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;

namespace NetworkCluster.Networks;

/// <summary>One endpoint of a network.</summary>
/// <param name="Endpoint">Its facts; of a stopped container only the addresses held for it.</param>
/// <param name="Attached">Whether it has its place; false: a stopped container's wish.</param>
/// <param name="Revision">The revision that brought it: the order of attaching.</param>
public sealed record NetworkMember(AttachedEndpoint Endpoint, bool Attached, long Revision);

/// <summary>What a network knows. Immutable; everything a command needs is one look-up.</summary>
public sealed record NetworkState
{
    // Far more than leave one network while a message is under way.
    private const int MostDeparted = 1000;

    /// <summary>What it is; none before it is made.</summary>
    public NetworkSpec? Spec { get; init; }
    /// <summary>Whether it is no more.</summary>
    public bool Deleted { get; init; }
    /// <summary>Grows with every attach and detach.</summary>
    public long Revision { get; init; }
    /// <summary>All endpoints, of running and of stopped containers.</summary>
    public ImmutableDictionary<EndpointId, NetworkMember> Members { get; init; } = ImmutableDictionary<EndpointId, NetworkMember>.Empty;
    /// <summary>Attached endpoints by container name, and by the name that the container may get in a moment.</summary>
    public ImmutableDictionary<string, EndpointId> Names { get; init; } = ImmutableDictionary.Create<string, EndpointId>(StringComparer.OrdinalIgnoreCase);
    /// <summary>Endpoints by link-layer address: attached ones, and stopped containers' that asked for one of their own.</summary>
    public ImmutableDictionary<MacAddress, EndpointId> Macs { get; init; } = ImmutableDictionary<MacAddress, EndpointId>.Empty;
    /// <summary>Endpoints by the link-local addresses they ask for, those of stopped containers too.</summary>
    public ImmutableDictionary<InetAddress, EndpointId> LinkLocals { get; init; } = ImmutableDictionary<InetAddress, EndpointId>.Empty;
    /// <summary>Hosts that take part, with how many attached endpoints.</summary>
    public ImmutableDictionary<HostId, int> Hosts { get; init; } = ImmutableDictionary<HostId, int>.Empty;

    /// <summary>The last removal that was refused.</summary>
    public NetworkKept? Kept { get; init; }
    /// <summary>The last change that was settled.</summary>
    public NetworkChangeSettled? Settled { get; init; }

    /// <summary>Endpoints whose addresses are being asked for, with the attempts that count. In memory only: after a recovery every earlier attempt begins again.</summary>
    public ImmutableDictionary<EndpointId, ImmutableHashSet<long>> Attempts { get; init; } = ImmutableDictionary<EndpointId, ImmutableHashSet<long>>.Empty;
    /// <summary>The last attempt's number.</summary>
    public long LastAttempt { get; init; }

    /// <summary>The life of its host that asked last for an endpoint's place. In memory only, for as long as what an earlier life has set off may be on its way.</summary>
    public ImmutableDictionary<EndpointId, Incarnation> Lives { get; init; } = ImmutableDictionary<EndpointId, Incarnation>.Empty;

    /// <summary>The last endpoints that have left for good, in their order: what comes late must not bring them back.</summary>
    public ImmutableQueue<EndpointId> Departed { get; init; } = [];
    private ImmutableHashSet<EndpointId> DepartedIds { get; init; } = [];

    /// <summary>Whether it is made and not removed.</summary>
    public bool Exists => Spec is not null && !Deleted;

    /// <summary>The view: attached endpoints in the order of attaching.</summary>
    public NetworkView View => new(Spec!, Revision, [.. InOrder.Where(member => member.Attached).Select(member => member.Endpoint)]);

    /// <summary>All members in the order in which they came; a wish has the revision of the last place before it.</summary>
    public IEnumerable<NetworkMember> InOrder => Members.OrderBy(member => member.Value.Revision).ThenBy(member => !member.Value.Attached).ThenBy(member => member.Key.ToString(), StringComparer.Ordinal).Select(member => member.Value);

    /// <summary>The endpoint, if it is known here.</summary>
    public NetworkMember? Find(EndpointId id) => Members.GetValueOrDefault(id);

    /// <summary>The network is so now; who is in it is in the network of the new name.</summary>
    internal NetworkState As(NetworkSpec spec) => this with
    {
        Spec = spec,
        Members = spec.Name == Spec?.Name ? Members : Members.ToImmutableDictionary(
            member => member.Key, member => member.Value with { Endpoint = member.Value.Endpoint with { Spec = member.Value.Endpoint.Spec with { NetworkName = spec.Name } } }),
    };

    internal NetworkState Attaching(EndpointId id, long attempt) => this with
    {
        Attempts = Attempts.SetItem(id, Attempts.GetValueOrDefault(id, []).Add(attempt)),
        LastAttempt = attempt,
    };

    /// <summary>What ends the attempts for an endpoint that is told to leave; nothing where there are none.</summary>
    internal ImmutableArray<IEvent> EndOfAttempts(EndpointId id) => Attempts.ContainsKey(id) ? [new EndpointAttachEnded(id)] : [];

    internal NetworkState WithoutAttempts(EndpointId id) => Attempts.ContainsKey(id) ? this with { Attempts = Attempts.Remove(id) } : this;

    /// <summary>That this life of its host asks for the endpoint's place; nothing where that is known.</summary>
    internal ImmutableArray<IEvent> Claim(EndpointId id, Incarnation life) => Lives.GetValueOrDefault(id).Value < life.Value ? [new EndpointClaimed(id, life)] : [];

    internal NetworkState With(AttachedEndpoint endpoint, bool attached, long revision)
    {
        var without = Without(endpoint.Id);
        // Who is there already keeps its place in the order.
        var order = Find(endpoint.Id) is { } before && before.Attached == attached ? before.Revision : revision;
        var next = without with { Revision = Math.Max(revision, Revision), Members = without.Members.Add(endpoint.Id, new(endpoint, attached, order)) };
        // What an engine runs brings its link's address with each start; journals of before have kept one.
        if (endpoint.Mac is { } mac && (attached || endpoint.Spec.Lent is not true)) next = next with { Macs = next.Macs.SetItem(mac, endpoint.Id) };
        if (endpoint.Spec.Settings.LinkLocal is { } links) next = next with { LinkLocals = next.LinkLocals.SetItems(links.Select(address => KeyValuePair.Create(address, endpoint.Id))) };
        return !attached ? next : next with
        {
            Names = NamesOf(endpoint).Aggregate(next.Names, (names, name) => names.SetItem(name, endpoint.Id)),
            Hosts = next.Hosts.SetItem(endpoint.Spec.Host, next.Hosts.GetValueOrDefault(endpoint.Spec.Host) + 1),
        };
    }

    private static ImmutableArray<string> NamesOf(AttachedEndpoint endpoint) => endpoint.Spec.NextName is { } next ? [endpoint.Spec.ContainerName, next] : [endpoint.Spec.ContainerName];

    /// <summary>Whether the endpoint has left for good.</summary>
    public bool HasDeparted(EndpointId id) => DepartedIds.Contains(id);

    internal NetworkState Departing(EndpointId id)
    {
        if (HasDeparted(id)) return Without(id);
        var gone = Without(id);
        var (departed, ids) = (Departed.Enqueue(id), DepartedIds.Add(id));
        if (ids.Count > MostDeparted)
        {
            departed = departed.Dequeue(out var oldest);
            ids = ids.Remove(oldest);
        }

        return gone with { Departed = departed, DepartedIds = ids, Lives = Lives.Remove(id) };
    }

    internal NetworkState Without(EndpointId id)
    {
        var idle = WithoutAttempts(id);
        if (Find(id) is not { } member) return idle;
        var next = idle with { Members = Members.Remove(id), Macs = member.Endpoint.Mac is { } mac && Macs.GetValueOrDefault(mac) == id ? Macs.Remove(mac) : Macs };
        if (member.Endpoint.Spec.Settings.LinkLocal is { } links) next = next with { LinkLocals = next.LinkLocals.RemoveRange(links) };
        if (!member.Attached) return next;
        var host = member.Endpoint.Spec.Host;
        return next with
        {
            Names = Names.RemoveRange(NamesOf(member.Endpoint)),
            Hosts = Hosts[host] == 1 ? Hosts.Remove(host) : Hosts.SetItem(host, Hosts[host] - 1),
        };
    }
}
