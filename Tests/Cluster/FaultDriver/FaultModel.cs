using System.Collections.Immutable;

namespace NetworkCluster.Tests.Cluster.FaultDriver;

/// <summary>A network as the clients know it.</summary>
internal sealed record NetworkModel(string Name, int Owner, int? Host)
{
    /// <summary>Whether nobody knows if it is there.</summary>
    public bool Unsure { get; init; }

    /// <summary>The first three numbers of its addresses, where its owner chose them.</summary>
    public string? Prefix { get; init; }
}

/// <summary>A container as the clients know it, with the networks it is to be in whenever it runs.</summary>
internal sealed record BoxModel(string Name, int Owner, int Host, SortedSet<string> Networks)
{
    public string Id { get; init; } = "";

    /// <summary>The addresses it was promised, by network.</summary>
    public ImmutableSortedDictionary<string, string> Fixed { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Further names, by network.</summary>
    public ImmutableSortedDictionary<string, string> Aliases { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What it may be called by now, where nobody knows.</summary>
    public string? NextName { get; init; }

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
            foreach (var box in _boxes.Values.ToList())
            {
                box.Networks.Remove(name);
                _boxes[box.Name] = box with { Fixed = box.Fixed.Remove(name), Aliases = box.Aliases.Remove(name) };
            }
        }
    }

    /// <summary>A container is called so now, and otherwise as given.</summary>
    public void Rename(string from, BoxModel box, int boot)
    {
        lock (_gate)
        {
            if (_boxes.Remove(from)) _gone.Add(from);
            Put(box, boot);
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
