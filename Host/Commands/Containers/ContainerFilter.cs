using System.Collections.Immutable;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Containers;

namespace NetworkCluster.Commands.Containers;

/// <summary>Docker's filters for lists of containers, as far as a container here has such parts: values of one key widen, different keys narrow.</summary>
internal sealed record ContainerFilter(ImmutableArray<(string Key, string Value)> Terms)
{
    private static readonly ImmutableArray<string> Keys = ["id", "label", "name", "network", "status"];

    /// <summary>Whether the filter itself says which states to show.</summary>
    public bool AsksForStatus => Terms.Any(t => t.Key == "status");

    /// <summary>Reads <c>KEY=VALUE</c> words.</summary>
    /// <exception cref="UsageException">A key or value is unknown.</exception>
    public static ContainerFilter Parse(IEnumerable<string> words)
    {
        var terms = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (var word in words)
        {
            var equals = word.IndexOf('=');
            if (equals < 0) throw new UsageException($"invalid argument \"{word}\" for --filter: KEY=VALUE is wanted");
            var (key, value) = (word[..equals].Trim().ToLowerInvariant(), word[(equals + 1)..].Trim());
            if (!Keys.Contains(key)) throw new UsageException($"Invalid filter '{key}'");
            if (key == "status" && value is not ("created" or "running" or "exited")) throw new UsageException($"invalid filter: '{key}'='{value}'");
            terms.Add((key, value));
        }

        return new(terms.ToImmutable());
    }

    /// <summary>Whether a container passes.</summary>
    public bool Matches(ContainerView container) => Terms.GroupBy(t => t.Key).All(key => key.Any(term => Matches(container, term.Key, term.Value)));

    private static bool Matches(ContainerView container, string key, string value) => key switch
    {
        "id" => container.Spec.Id.ToString().StartsWith(value, StringComparison.Ordinal),
        "name" => container.Spec.Name.Contains(value, StringComparison.Ordinal),
        "network" => container.Endpoints.Any(e => e.Spec.NetworkName == value || e.Spec.Network.ToString() == value),
        "status" => ContainerDocument.StatusText(container.Status) == value,
        _ => value.IndexOf('=') is var equals && equals < 0
            ? container.Spec.Labels.ContainsKey(value)
            : container.Spec.Labels.TryGetValue(value[..equals], out var label) && label == value[(equals + 1)..],
    };
}
