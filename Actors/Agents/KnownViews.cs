using NetworkCluster.Dns;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster.Agents;

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
    }

    /// <summary>The revision we know of a network; -1 where we know nothing.</summary>
    public long RevisionOf(NetworkId network) => _networks.TryGetValue(network, out var known) ? known.Revision : -1;

    /// <summary>Takes a whole view; an older one than ours changes nothing.</summary>
    public void Take(NetworkView view)
    {
        if (RevisionOf(view.Spec.Id) > view.Revision) return;
        var known = _networks[view.Spec.Id] = new() { Revision = view.Revision };
        known.Ours.UnionWith(view.Endpoints.Where(endpoint => endpoint.Spec.Host == host).Select(endpoint => endpoint.Id));
        names.SetNetwork(view);
        ForgetIfIdle(view.Spec.Id, known);
    }

    /// <summary>Takes one change. False: changes before it were missed, the whole view is needed.</summary>
    public bool Take(ViewChanged change)
    {
        var network = change.Spec.Id;
        if (!_networks.TryGetValue(network, out var known) || change.Revision > known.Revision + 1) return false;
        if (change.Revision <= known.Revision) return true;
        known.Revision = change.Revision;
        if (change.Attached is { } attached)
        {
            names.AddEndpoint(network, attached);
            if (attached.Spec.Host == host) known.Ours.Add(attached.Id);
        }

        if (change.Detached is { } detached)
        {
            names.RemoveEndpoint(network, detached);
            known.Ours.Remove(detached);
        }

        ForgetIfIdle(network, known);
        return true;
    }

    // A host without endpoints in a network takes no part in it: it gets no more changes, so what it knows grows old.
    private void ForgetIfIdle(NetworkId network, Known known)
    {
        if (known.Ours.Count > 0) return;
        _networks.Remove(network);
        names.RemoveNetwork(network);
    }
}
