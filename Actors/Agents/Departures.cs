using NetworkCluster.Endpoints;

namespace NetworkCluster.Agents;

/// <summary>
/// Endpoints that were told to leave in this life of the host, the last ones. What is said again of a place that was left has been overtaken on its way: it brings nothing back. Owned by the agent; not thread-safe.
/// </summary>
internal sealed class Departures
{
    // Of more than are told to leave while a message is on its way.
    private const int Most = 10_000;
    private const long ForGood = long.MaxValue;

    private readonly Dictionary<EndpointId, long> _places = [];
    private readonly Dictionary<EndpointId, long> _left = [];
    private readonly Queue<EndpointId> _order = [];

    /// <summary>It is told to come. Whether it may: it was not told to leave this very place meanwhile.</summary>
    public bool Comes(BindEndpoint bind)
    {
        var endpoint = bind.Endpoint.Id;
        if (HasLeft(bind)) return false;
        _places[endpoint] = bind.Placed ?? _places.GetValueOrDefault(endpoint);
        return true;
    }

    /// <summary>It is said that it will come. Whether that is still to happen: it neither came nor left since.</summary>
    public bool MayCome(BindEndpoint bind) => !_places.ContainsKey(bind.Endpoint.Id) && !HasLeft(bind);

    private bool HasLeft(BindEndpoint bind) => _left.TryGetValue(bind.Endpoint.Id, out var left) && (left == ForGood || bind.Placed <= left);

    /// <summary>It is told to leave.</summary>
    public void Leaves(UnbindEndpoint unbind)
    {
        var endpoint = unbind.Endpoint.Id;
        _places.Remove(endpoint, out var place);
        var left = unbind.Forget ? ForGood : Math.Max(place, _left.GetValueOrDefault(endpoint));
        if (!_left.TryAdd(endpoint, left))
        {
            _left[endpoint] = left;
            return;
        }

        _order.Enqueue(endpoint);
        if (_order.Count > Most) _left.Remove(_order.Dequeue());
    }
}
