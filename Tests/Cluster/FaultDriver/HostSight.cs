using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;

namespace NetworkCluster.Tests.Cluster.FaultDriver;

/// <summary>A network as one host tells it: its endpoints by container.</summary>
internal sealed record NetworkSight(string Name, bool Global, SortedDictionary<string, (string Endpoint, string Address)> Members);

/// <summary>A container as its host tells it.</summary>
internal sealed record BoxSight(string Name, string Id, bool Running, SortedSet<string> Networks)
{
    /// <summary>The addresses it asked for, by network.</summary>
    public required ImmutableSortedDictionary<string, string> Fixed { get; init; }

    /// <summary>A further name of its own, by network.</summary>
    public required ImmutableSortedDictionary<string, string> Aliases { get; init; }
}

/// <summary>Everything that one host says, and everything that its kernel has, through other programs' eyes than ours.</summary>
internal sealed record HostSight(int Host, string Prefix, List<NetworkSight> Networks, List<BoxSight> Boxes, List<string> Sandboxes, List<string> Links)
{
    private static readonly string[] Predefined = ["host", "none"];
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    /// <summary>Looks.</summary>
    /// <exception cref="NotSeenException">It does not answer, or something came or went meanwhile.</exception>
    public static async Task<HostSight> LookAsync(int number, HostUnderTest host)
    {
        var (networks, boxes) = (await NetworksAsync(host.Operator), await BoxesAsync(host.Operator));
        // Where links come and go meanwhile it says so first.
        var shown = Underlay.On(number, "ip -j link show");
        if (!shown.StartsWith('[')) throw new NotSeenException($"the links of host {number} change while they are listed");
        var links = JsonDocument.Parse(shown).RootElement.EnumerateArray().Select(link => link.GetProperty("ifname").GetString()!).Where(name => name.StartsWith(host.Prefix[..2], StringComparison.Ordinal));
        return new(number, host.Prefix, networks, boxes, Kernel.Sandboxes(host.Prefix), [.. links.Order(StringComparer.Ordinal)]);
    }

    /// <summary>Looks again and again until nothing is wrong or the time is over; a host that does not say what there is, is wrong.</summary>
    /// <param name="patience">How long.</param>
    /// <param name="look">What is wrong, a line each.</param>
    public static async Task<(IReadOnlyList<string> Wrong, TimeSpan Took)> UntilRightAsync(TimeSpan patience, Func<Task<IReadOnlyList<string>>> look)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            await Task.Delay(LookAgain);
            IReadOnlyList<string> wrong;
            try
            {
                wrong = await look();
            }
            catch (NotSeenException cause)
            {
                wrong = [cause.Message];
            }

            var took = Stopwatch.GetElapsedTime(since);
            if (wrong.Count == 0 || took >= patience) return (wrong, took);
        }
    }

    private static async Task<List<NetworkSight>> NetworksAsync(Operator host) =>
    [
        .. (await DocumentsAsync(host, "network", ("quiet", "true"), ("no-trunc", "true"))).Select(network => new NetworkSight(network.GetProperty("Name").GetString()!, network.GetProperty("Scope").GetString() == "global", new(network.GetProperty("Containers").EnumerateObject().ToDictionary(
            member => member.Value.GetProperty("Name").GetString()!, member => (member.Value.GetProperty("EndpointID").GetString()!, member.Value.GetProperty("IPv4Address").GetString()!)), StringComparer.Ordinal)))
            .Where(network => !Predefined.Contains(network.Name)),
    ];

    private static async Task<List<BoxSight>> BoxesAsync(Operator host) =>
    [
        .. (await DocumentsAsync(host, "container", ("all", "true"), ("quiet", "true"), ("no-trunc", "true"))).Select(Box),
    ];

    private static BoxSight Box(JsonElement box)
    {
        var networks = box.GetProperty("NetworkSettings").GetProperty(nameof(Networks)).EnumerateObject().ToList();
        return new(box.GetProperty("Name").GetString()!.TrimStart('/'), box.GetProperty("Id").GetString()!, box.GetProperty("State").GetProperty("Running").GetBoolean(), new(networks.Select(network => network.Name), StringComparer.Ordinal))
        {
            Fixed = networks.SelectMany(network => network.Value.GetProperty("IPAMConfig") is { ValueKind: JsonValueKind.Object } asked && asked.TryGetProperty("IPv4Address", out var address) ? [(network.Name, address.GetString()!)] : Array.Empty<(string, string)>()).ToImmutableSortedDictionary(pair => pair.Item1, pair => pair.Item2),
            Aliases = networks.SelectMany(network => network.Value.GetProperty("Aliases") is { ValueKind: JsonValueKind.Array } names ? names.EnumerateArray().Select(name => (network.Name, name.GetString()!)).Take(1) : []).ToImmutableSortedDictionary(pair => pair.Item1, pair => pair.Item2),
        };
    }

    private static async Task<List<JsonElement>> DocumentsAsync(Operator host, string palette, params (string, string)[] list)
    {
        var ids = await host.RunAsync(palette, "ls", list);
        if (!ids.Done) throw new NotSeenException($"{palette} ls at {host.Address} is answered {ids.Kind} {ids.Error}");
        if (ids.Out.Length == 0) return [];
        var documents = await host.RunAsync(palette, "inspect", [.. ids.Out.Split('\n').Select(id => (palette, id))]);
        return documents.Done ? [.. JsonDocument.Parse(documents.Out).RootElement.EnumerateArray()] : throw new NotSeenException($"{palette} inspect at {host.Address} is answered {documents.Kind} {documents.Error}");
    }
}

/// <summary>A host does not say what there is.</summary>
internal sealed class NotSeenException(string message) : Exception(message);
