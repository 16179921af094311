using System.Collections.Immutable;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary>Docker's filters for lists of networks: values of one key widen, different keys narrow.</summary>
/// <param name="Terms">Key and value, for example <c>driver</c> and <c>bridge</c>.</param>
internal sealed record NetworkFilter(ImmutableArray<(string Key, string Value)> Terms)
{
    private static readonly ImmutableArray<string> Keys = ["dangling", "driver", "id", "label", "name", "scope", "type"];

    /// <summary>Whether the filter asks which networks have containers: only then their views are needed.</summary>
    public bool NeedsViews => Terms.Any(t => t.Key == "dangling");

    /// <summary>Reads <c>KEY=VALUE</c> words.</summary>
    /// <exception cref="UsageException">A key or value is unknown; the text is Docker's.</exception>
    public static NetworkFilter Parse(IEnumerable<string> words)
    {
        var terms = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (var word in words)
        {
            var equals = word.IndexOf('=');
            if (equals < 0) throw new UsageException($"invalid argument \"{word}\" for --filter: KEY=VALUE is wanted");
            var (key, value) = (word[..equals].Trim().ToLowerInvariant(), word[(equals + 1)..].Trim());
            if (!Keys.Contains(key)) throw new UsageException($"Invalid filter '{key}'");
            if (!IsValue(key, value)) throw new UsageException($"invalid filter: '{key}'='{value}'");
            terms.Add((key, value));
        }

        return new(terms.ToImmutable());
    }

    /// <summary>Whether a network passes.</summary>
    /// <param name="network">The network.</param>
    /// <param name="inUse">Whether it has endpoints; only asked with <see cref="NeedsViews"/>.</param>
    public bool Matches(NetworkSpec network, bool inUse) => Terms.GroupBy(t => t.Key).All(key => key.Any(term => Matches(network, inUse, term.Key, term.Value)));

    private static bool IsValue(string key, string value) => key switch
    {
        "type" => value is "custom" or "builtin",
        "dangling" => value is "true" or "false" or "1" or "0",
        _ => true,
    };

    private static bool Matches(NetworkSpec network, bool inUse, string key, string value) => key switch
    {
        "driver" => network.Driver == value,
        "id" => network.Id.ToString().StartsWith(value, StringComparison.Ordinal),
        "name" => network.Name.Contains(value, StringComparison.Ordinal),
        "scope" => (network.Scope == NetworkScope.Global ? "global" : "local") == value,
        "type" => network.Predefined == (value == "builtin"),
        "dangling" => (!network.Predefined && !inUse) == value is "true" or "1",
        _ => HasLabel(network.Labels, value),
    };

    private static bool HasLabel(ImmutableSortedDictionary<string, string> labels, string term)
    {
        var equals = term.IndexOf('=');
        return equals < 0 ? labels.ContainsKey(term) : labels.TryGetValue(term[..equals], out var value) && value == term[(equals + 1)..];
    }
}
