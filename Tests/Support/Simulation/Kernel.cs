using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Tests.Support.Simulation;

/// <summary>What outlives a process: networks, and sandboxes with the endpoints in them.</summary>
internal sealed class Kernel
{
    public HashSet<NetworkId> Networks { get; } = [];

    public Dictionary<ContainerId, Dictionary<EndpointId, AttachedEndpoint>> Sandboxes { get; } = [];

    public IEnumerable<AttachedEndpoint> Endpoints => Sandboxes.Values.SelectMany(sandbox => sandbox.Values);

    /// <summary>Why not, where it cannot be done.</summary>
    public string? Attach(AttachedEndpoint endpoint)
    {
        if (!Sandboxes.TryGetValue(endpoint.Spec.Container, out var sandbox)) return "no such sandbox";
        Networks.Add(endpoint.Spec.Network);
        sandbox[endpoint.Id] = endpoint;
        return null;
    }

    public void Detach(EndpointId endpoint)
    {
        foreach (var sandbox in Sandboxes.Values) sandbox.Remove(endpoint);
    }

    public void Sweep(HashSet<NetworkId> networks, HashSet<ContainerId> sandboxes, HashSet<EndpointId> endpoints)
    {
        Networks.RemoveWhere(network => !networks.Contains(network));
        foreach (var gone in Sandboxes.Keys.Where(id => !sandboxes.Contains(id)).ToList()) Sandboxes.Remove(gone);
        foreach (var gone in Endpoints.Select(endpoint => endpoint.Id).Where(id => !endpoints.Contains(id)).ToList()) Detach(gone);
    }
}
