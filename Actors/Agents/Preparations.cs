using NetworkCluster.Containers;
using NetworkCluster.Endpoints;

namespace NetworkCluster.Agents;

/// <summary>An endpoint that is put into the kernel while its network's journal writes.</summary>
internal sealed class Preparation(BindEndpoint bind)
{
    /// <summary>What is about to be said.</summary>
    public BindEndpoint Bind => bind;

    /// <summary>Whether the kernel has it. Written and read by work of its container's lane.</summary>
    public bool IsDone { get; set; }

    /// <summary>Whether what is said now is what was said then, as far as the kernel is concerned.</summary>
    public bool Is(BindEndpoint said) => bind.Revision == said.Revision && bind.Placed == said.Placed && bind.Endpoint with { Spec = said.Endpoint.Spec } == said.Endpoint;
}

/// <summary>What networks are about to say, until they say it, or something else, or it is too late. Owned by the agent; not thread-safe.</summary>
internal sealed class Preparations
{
    private readonly Dictionary<EndpointId, Preparation> _underway = [];

    /// <summary>Begins one; none where one is under way for the same endpoint.</summary>
    public Preparation? Begin(BindEndpoint bind)
    {
        var preparation = new Preparation(bind);
        return _underway.TryAdd(bind.Endpoint.Id, preparation) ? preparation : null;
    }

    /// <summary>An endpoint is told to come: whatever was under way for it is over. The one that was for this.</summary>
    public Preparation? End(BindEndpoint said) => _underway.Remove(said.Endpoint.Id, out var preparation) && preparation.Is(said) ? preparation : null;

    /// <summary>An endpoint is told to leave.</summary>
    public void End(EndpointId endpoint) => _underway.Remove(endpoint);

    /// <summary>A container ends, and with it whatever was to be in it.</summary>
    public void End(ContainerId container)
    {
        foreach (var (endpoint, preparation) in _underway)
        {
            // Removing is no change that ends the loop.
            if (preparation.Bind.Endpoint.Spec.Container == container) _underway.Remove(endpoint);
        }
    }

    /// <summary>It was not said in time. Whether it is still under way, and has to be taken back.</summary>
    public bool IsLate(Preparation preparation)
    {
        var endpoint = preparation.Bind.Endpoint.Id;
        return _underway.GetValueOrDefault(endpoint) == preparation && _underway.Remove(endpoint);
    }
}
