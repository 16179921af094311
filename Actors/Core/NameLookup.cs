using System.Collections.Immutable;

namespace NetworkCluster;

/// <summary>Docker's order of looking things up: full id, then name, then unique id prefix.</summary>
public static class NameLookup
{
    /// <summary>No ids, in the order that <see cref="ByPrefix"/> searches.</summary>
    public static ImmutableSortedSet<string> NoIds { get; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The ids that begin with the text, at most five: two are ambiguous, more only make the message longer. One binary search.</summary>
    public static ImmutableArray<string> ByPrefix(ImmutableSortedSet<string> ids, string prefix)
    {
        if (prefix.Length is 0 or > 64 || !prefix.All(char.IsAsciiHexDigitLower)) return [];
        var at = ids.IndexOf(prefix);
        var found = ImmutableArray.CreateBuilder<string>();
        for (var i = at < 0 ? ~at : at; i < ids.Count && found.Count < 5 && ids[i].StartsWith(prefix, StringComparison.Ordinal); i++) found.Add(ids[i]);
        return found.ToImmutable();
    }
}
