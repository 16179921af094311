namespace NetworkCluster.Tests.Cluster.FaultDriver;

/// <summary>A network as the clients know it.</summary>
internal sealed record NetworkModel(string Name, int Owner, int? Host)
{
    /// <summary>Whether nobody knows if it is there.</summary>
    public bool Unsure { get; init; }
}

/// <summary>A container as the clients know it, with the networks it is to be in whenever it runs.</summary>
internal sealed record BoxModel(string Name, int Owner, int Host, SortedSet<string> Networks)
{
    public string Id { get; init; } = "";

    public bool Running { get; init; }

    /// <summary>Whether nobody knows if it is there, runs, or where it is connected.</summary>
    public bool Unsure { get; init; }
}

/// <summary>What must be so, by what was answered. Clients and faults write to it; a check compares it with what is.</summary>
internal sealed class FaultModel(int hosts)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, NetworkModel> _networks = [];
    private readonly Dictionary<string, BoxModel> _boxes = [];
    private readonly int[] _boots = new int[hosts + 1];
    private readonly SortedSet<string> _gone = new(StringComparer.Ordinal);

    public List<NetworkModel> Networks
    {
        get
        {
            lock (_gate) return [.. _networks.Values];
        }
    }

    public List<BoxModel> Boxes
    {
        get
        {
            lock (_gate) return [.. _boxes.Values.Select(box => box with { Networks = [.. box.Networks] })];
        }
    }

    /// <summary>Names of containers that were removed.</summary>
    public List<string> Gone
    {
        get
        {
            lock (_gate) return [.. _gone];
        }
    }

    /// <summary>How often a machine has started: what was asked before is not what is known after.</summary>
    public int BootOf(int host)
    {
        lock (_gate) return _boots[host];
    }

    public void Put(NetworkModel network)
    {
        lock (_gate) _networks[network.Name] = network;
    }

    /// <summary>What an answer says about a container, if its machine has not started anew since it was asked.</summary>
    public void Put(BoxModel box, int boot)
    {
        lock (_gate) _boxes[box.Name] = boot == _boots[box.Host] ? box : box with { Unsure = true };
    }

    public void RemoveNetwork(string name)
    {
        lock (_gate)
        {
            _networks.Remove(name);
            foreach (var box in _boxes.Values) box.Networks.Remove(name);
        }
    }

    public void RemoveBox(string name)
    {
        lock (_gate)
        {
            if (_boxes.Remove(name)) _gone.Add(name);
        }
    }

    /// <summary>The machine went down, with every sandbox on it.</summary>
    public void Boot(int host)
    {
        lock (_gate)
        {
            _boots[host]++;
            foreach (var box in _boxes.Values.Where(box => box.Host == host).ToList()) _boxes[box.Name] = box with { Running = false };
        }
    }
}
