using Akka.Actor;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster.Agents;

/// <summary>
/// Endpoints of this host that the kernel has or is about to have, until it may be said that they are there: their names are known here, this host reaches the network's other
/// endpoints, and the other hosts have said that they reach the new one. Owned by the agent; not thread-safe.
/// </summary>
internal sealed class Arrivals(KnownViews views)
{
    // Of those that nobody has told us of yet: another host may be quicker than their way to us.
    private const int MostAhead = 1000;

    private readonly Dictionary<EndpointId, Arrival> _arrivals = [];
    private readonly Dictionary<EndpointId, List<EndpointReachable>> _ahead = [];
    private readonly Dictionary<NetworkId, long> _reached = [];

    private sealed class Arrival
    {
        public required BindEndpoint Bind { get; init; }
        public HashSet<HostId> ReachedBy { get; } = [];
        public IActorRef? Asker { get; set; }
        public bool GivenUp { get; set; }
        public bool Left { get; set; }

        public void Add(EndpointReachable reachable)
        {
            if (!(reachable.Revision < Bind.Revision)) ReachedBy.Add(reachable.By);
        }
    }

    /// <summary>It is on its way into the kernel. What other hosts have said of this place of it counts, too, when they were quicker.</summary>
    public void Expect(BindEndpoint bind)
    {
        var arrival = _arrivals[bind.Endpoint.Id] = new() { Bind = bind };
        if (!_ahead.Remove(bind.Endpoint.Id, out var said)) return;
        foreach (var reachable in said) arrival.Add(reachable);
    }

    /// <summary>Nobody waits for it any more.</summary>
    public void Forget(EndpointId endpoint)
    {
        _arrivals.Remove(endpoint);
        _ahead.Remove(endpoint);
    }

    /// <summary>The kernel has it. Whether all the rest is so too, and it may be said now.</summary>
    public bool Arrived(BindEndpoint bind, IActorRef asker)
    {
        if (!_arrivals.TryGetValue(bind.Endpoint.Id, out var arrival)) return true;
        arrival.Asker = asker;
        if (!IsThere(arrival)) return false;
        _arrivals.Remove(bind.Endpoint.Id);
        return true;
    }

    /// <summary>The network's view may have changed. Those that may be said to be there now.</summary>
    public IReadOnlyList<(BindEndpoint Bind, IActorRef Asker)> Seen(NetworkId network) => Take(arrival => arrival.Bind.Network.Id == network);

    /// <summary>The whole view of a network. What is not in it though it should be has lost its place on its way here: nothing more is waited for, and whoever hears that it came has it leave again.</summary>
    public IReadOnlyList<(BindEndpoint Bind, IActorRef Asker)> Seen(NetworkView view)
    {
        foreach (var arrival in _arrivals.Values.Where(arrival => arrival.Bind.Network.Id == view.Spec.Id && arrival.Bind.Revision <= view.Revision && view.Endpoints.All(endpoint => endpoint.Id != arrival.Bind.Endpoint.Id))) arrival.Left = true;
        return Seen(view.Spec.Id);
    }

    /// <summary>This host reaches what the network had at a revision; -1: it takes no part any more.</summary>
    public IReadOnlyList<(BindEndpoint Bind, IActorRef Asker)> Reaches(NetworkId network, long revision)
    {
        if (revision < 0) _reached.Remove(network);
        else _reached[network] = revision;
        return Seen(network);
    }

    /// <summary>Another host reaches one of this host's.</summary>
    public IReadOnlyList<(BindEndpoint Bind, IActorRef Asker)> ReachedBy(EndpointReachable reachable)
    {
        if (_arrivals.TryGetValue(reachable.Endpoint, out var arrival))
        {
            arrival.Add(reachable);
            return Take(one => one == arrival);
        }

        // Those of whom nobody ever tells us are few; whoever is forgotten with them waits a little longer.
        if (_ahead.Count >= MostAhead) _ahead.Clear();
        if (!_ahead.TryGetValue(reachable.Endpoint, out var said)) _ahead[reachable.Endpoint] = said = [];
        said.Add(reachable);
        return [];
    }

    /// <summary>The other hosts are not waited for any longer.</summary>
    public IReadOnlyList<(BindEndpoint Bind, IActorRef Asker)> GiveUp(EndpointId endpoint)
    {
        if (!_arrivals.TryGetValue(endpoint, out var arrival)) return [];
        arrival.GivenUp = true;
        return Take(one => one == arrival);
    }

    private List<(BindEndpoint, IActorRef)> Take(Func<Arrival, bool> which)
    {
        if (_arrivals.Count == 0) return [];
        var there = _arrivals.Values.Where(arrival => arrival.Asker is not null && which(arrival) && IsThere(arrival)).ToList();
        foreach (var arrival in there) _arrivals.Remove(arrival.Bind.Endpoint.Id);
        return [.. there.Select(arrival => (arrival.Bind, arrival.Asker!))];
    }

    // Who took part later was told of it with everything else, and says nothing of its own: its own endpoint's answer waits for that.
    private bool IsThere(Arrival arrival)
    {
        if (arrival.Left) return true;
        var (network, revision) = (arrival.Bind.Network, arrival.Bind.Revision);
        if (views.RevisionOf(network.Id) < revision) return false;
        if (network.Scope == NetworkScope.Local) return true;
        return _reached.GetValueOrDefault(network.Id, -1) >= revision
            && (!arrival.Bind.IsNews || arrival.GivenUp || views.HostsBefore(network.Id, revision).All(arrival.ReachedBy.Contains));
    }
}
