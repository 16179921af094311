using NetworkCluster.Dns;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster.Agents;

/// <summary>What a message about a network was to us.</summary>
internal enum ViewNews
{
    /// <summary>Known already.</summary>
    Old,
    /// <summary>New, and known now.</summary>
    Taken,
    /// <summary>New, and this host takes no part in the network any more: nothing is known of it from now on.</summary>
    Forgotten,
    /// <summary>Changes before it were missed: the whole view is needed.</summary>
    Missed,
}

/// <summary>
/// What this host knows of the networks it takes part in, and at which revision: it feeds the name table, and says when a change was missed.
/// Owned by the agent; not thread-safe.
/// </summary>
internal sealed class KnownViews(HostId host, NameTable names)
{
    private readonly Dictionary<NetworkId, Known> _networks = [];

    private sealed class Known
    {
        public long Revision { get; set; }
        public HashSet<EndpointId> Ours { get; } = [];
        // With the revision that they came at; 0 for those who were there before us.
        public Dictionary<EndpointId, (HostId Host, long Since)> Others { get; } = [];
    }

    /// <summary>The revision we know of a network; -1 where we know nothing.</summary>
    public long RevisionOf(NetworkId network) => _networks.TryGetValue(network, out var known) ? known.Revision : -1;

    /// <summary>Endpoints of other hosts in a network; none where we know nothing of it.</summary>
    public ICollection<EndpointId>? OthersOf(NetworkId network) => _networks.TryGetValue(network, out var known) ? known.Others.Keys : null;

    /// <summary>The other hosts that took part in a network before a revision.</summary>
    public IEnumerable<HostId> HostsBefore(NetworkId network, long revision) =>
        _networks.TryGetValue(network, out var known) ? known.Others.Values.Where(other => other.Since < revision).Select(other => other.Host) : [];

    /// <summary>Takes a whole view; an older one than ours changes nothing.</summary>
    public ViewNews Take(NetworkView view)
    {
        if (RevisionOf(view.Spec.Id) > view.Revision) return ViewNews.Old;
        var known = _networks[view.Spec.Id] = new() { Revision = view.Revision };
        foreach (var endpoint in view.Endpoints) Add(known, endpoint, since: 0);
        names.SetNetwork(view);
        return ForgetIfIdle(view.Spec.Id, known);
    }

    /// <summary>Takes one change.</summary>
    public ViewNews Take(ViewChanged change)
    {
        var network = change.Spec.Id;
        if (!_networks.TryGetValue(network, out var known) || change.Revision > known.Revision + 1) return ViewNews.Missed;
        if (change.Revision <= known.Revision) return ViewNews.Old;
        known.Revision = change.Revision;
        if (change.Attached is { } attached)
        {
            names.AddEndpoint(network, attached);
            // One whose host has moved came when it came.
            Add(known, attached, known.Others.TryGetValue(attached.Id, out var before) ? before.Since : change.Revision);
        }

        if (change.Detached is { } detached)
        {
            names.RemoveEndpoint(network, detached);
            known.Ours.Remove(detached);
            known.Others.Remove(detached);
        }

        return ForgetIfIdle(network, known);
    }

    private void Add(Known known, AttachedEndpoint endpoint, long since)
    {
        if (endpoint.Spec.Host == host) known.Ours.Add(endpoint.Id);
        else known.Others[endpoint.Id] = (endpoint.Spec.Host, since);
    }

    // A host without endpoints in a network takes no part in it: it gets no more changes, so what it knows grows old.
    private ViewNews ForgetIfIdle(NetworkId network, Known known)
    {
        if (known.Ours.Count > 0) return ViewNews.Taken;
        _networks.Remove(network);
        names.RemoveNetwork(network);
        return ViewNews.Forgotten;
    }
}
