using System.Collections.Concurrent;
using System.Text.Json;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Engine;

/// <summary>What the engine has said of an endpoint; it says each thing once.</summary>
internal sealed record EndpointNote
{
    /// <summary>The cluster's network.</summary>
    public required NetworkId Network { get; init; }
    /// <summary>Its addresses as the engine got them, without prefixes.</summary>
    public string? Address { get; init; }
    public string? AddressIPv6 { get; init; }
    public string? MacAddress { get; init; }
    /// <summary>Since it has joined: in whose sandbox.</summary>
    public ContainerId? Container { get; init; }
}

/// <summary>
/// What this host's engine calls the cluster's networks, and what it has said of its endpoints: one small file each. They are as lasting as the engine's own store, which is on the same disk.
/// An engine says these things once and not again after a restart of this process. Thread-safe for different ids; the engine does one thing at a time with each.
/// </summary>
internal sealed class EngineNotes
{
    // A process that dies in the middle leaves one.
    private const string Unfinished = ".new";

    private readonly string _networks, _endpoints, _store;
    private readonly ConcurrentDictionary<string, NetworkId> _known = new(), _inherited = new();

    /// <summary>Reads what there is.</summary>
    public EngineNotes(string dataDirectory)
    {
        (_networks, _endpoints) = (Path.Combine(dataDirectory, "engine", "networks"), Path.Combine(dataDirectory, "engine", "endpoints"));
        _store = Path.Combine(dataDirectory, "engine", "store");
        Directory.CreateDirectory(_networks);
        Directory.CreateDirectory(_endpoints);
        foreach (var directory in (string[])[_networks, _endpoints])
        {
            foreach (var unfinished in Directory.EnumerateFiles(directory, $"*{Unfinished}")) File.Delete(unfinished);
        }

        foreach (var path in Directory.EnumerateFiles(_networks))
        {
            if (NetworkId.TryParse(Path.GetFileName(path), null, out _) && NetworkId.TryParse(File.ReadAllText(path), null, out var network)) _inherited[Path.GetFileName(path)] = _known[Path.GetFileName(path)] = network;
        }
    }

    /// <summary>Which store of an engine the notes are about; none before it is known.</summary>
    public string? Store
    {
        get => File.Exists(_store) ? File.ReadAllText(_store) : null;
        set => Write(_store, value ?? "");
    }

    /// <summary>The engine's networks that are ours, by the engine's ids.</summary>
    public IReadOnlyDictionary<string, NetworkId> Networks => _known;

    /// <summary>Whether an earlier life of this process has noted it, and the engine has not spoken of it since.</summary>
    public bool IsInherited(string engines) => _inherited.ContainsKey(engines);

    /// <summary>The engine's network of that id is this one of ours.</summary>
    public void Keep(NetworkId engines, NetworkId ours)
    {
        Write(Path.Combine(_networks, engines.ToString()), ours.ToString());
        _known[engines.ToString()] = ours;
        _inherited.TryRemove(engines.ToString(), out _);
    }

    /// <summary>The engine has it no more.</summary>
    public void Forget(NetworkId engines)
    {
        _known.TryRemove(engines.ToString(), out _);
        File.Delete(Path.Combine(_networks, engines.ToString()));
    }

    /// <summary>What is noted of an endpoint.</summary>
    public EndpointNote? Find(EndpointId endpoint) => Read(Path.Combine(_endpoints, endpoint.ToString()));

    /// <summary>All endpoints that the engine has here.</summary>
    public IEnumerable<(EndpointId Id, EndpointNote Note)> Endpoints()
    {
        foreach (var path in Directory.EnumerateFiles(_endpoints))
        {
            if (EndpointId.TryParse(Path.GetFileName(path), null, out var id) && Read(path) is { } note) yield return (id, note);
        }
    }

    /// <summary>Notes it.</summary>
    public void Keep(EndpointId endpoint, EndpointNote note) => Write(Path.Combine(_endpoints, endpoint.ToString()), JsonSerializer.Serialize(note, PluginJson.Default.EndpointNote));

    /// <summary>The engine has it no more.</summary>
    public void Forget(EndpointId endpoint) => File.Delete(Path.Combine(_endpoints, endpoint.ToString()));

    private static EndpointNote? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), PluginJson.Default.EndpointNote);
        }
        catch (Exception cause) when (cause is FileNotFoundException or JsonException)
        {
            return null;
        }
    }

    // Whole or not at all, whenever this process dies; if the machine does, so does the engine, and what it had.
    private static void Write(string path, string text)
    {
        var unfinished = path + Unfinished;
        File.WriteAllText(unfinished, text);
        File.Move(unfinished, path, overwrite: true);
    }
}
