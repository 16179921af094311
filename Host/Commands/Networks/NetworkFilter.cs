using System.Collections.Immutable;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary>Docker's filters for lists of networks.</summary>
internal sealed record NetworkFilter(FilterTerms Terms)
{
    /// <summary>The keys there are.</summary>
    public static readonly ImmutableArray<string> Keys = ["dangling", "driver", "id", "label", "name", "scope", "type"];

    /// <summary>Whether the filter asks which networks have containers: only then their views are needed.</summary>
    public bool NeedsViews => Terms.Has("dangling");

    /// <inheritdoc cref="FilterTerms.Parse"/>
    public static NetworkFilter Parse(IEnumerable<string> words) => new(FilterTerms.Parse(words, Keys, Wanted));

    /// <summary>Whether a network passes.</summary>
    /// <param name="network">The network.</param>
    /// <param name="inUse">Whether it has endpoints; only asked with <see cref="NeedsViews"/>.</param>
    public bool Matches(NetworkSpec network, bool inUse) => Terms.Match((key, value) => Matches(network, inUse, key, value));

    private static string? Wanted(string key, string value) => key switch
    {
        "type" => FilterTerms.OneOf(value, "custom", "builtin"),
        // Docker's swarm has networks of the third; here it is known, and there are none.
        "scope" => FilterTerms.OneOf(value, "local", "global", "swarm"),
        "dangling" => FilterTerms.OneOf(value, "true", "false", "1", "0"),
        "id" or "name" => FilterTerms.Expressed(value),
        _ => null,
    };

    private static bool Matches(NetworkSpec network, bool inUse, string key, string value) => key switch
    {
        "driver" => network.Driver == value,
        "id" => FilterTerms.HasPart(network.Id.ToString(), value),
        "name" => FilterTerms.HasPart(network.Name, value),
        "scope" => NetworkDocument.TextOf(network.Scope) == value,
        "type" => network.Predefined == (value == "builtin"),
        "dangling" => (!network.Predefined && !inUse) == value is "true" or "1",
        _ => FilterTerms.HasLabel(network.Labels, value),
    };
}
