using System.Collections.Immutable;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary>What an update changed, in words.</summary>
internal static class NetworkDifferences
{
    /// <summary>One line for each difference.</summary>
    public static IEnumerable<string> Between(NetworkSpec before, NetworkSpec after)
    {
        if (before.Name != after.Name) yield return $"name {before.Name} -> {after.Name}";
        foreach (var pool in after.Pools)
        {
            var known = before.Pools.FirstOrDefault(one => one.Id == pool.Id);
            if (known is null) yield return $"subnet {pool.Id.Subnet} added";
            foreach (var range in (pool.MoreRanges ?? []).Except(known?.MoreRanges ?? [])) yield return $"ip-range {range} added";
        }

        foreach (var text in Between("", before.Options, after.Options).Concat(Between("label ", before.Labels, after.Labels))) yield return text;
    }

    private static IEnumerable<string> Between(string what, ImmutableSortedDictionary<string, string> before, ImmutableSortedDictionary<string, string> after) =>
        from key in before.Keys.Union(after.Keys)
        let was = before.GetValueOrDefault(key)
        let now = after.GetValueOrDefault(key)
        where was != now
        select (was, now) switch
        {
            (_, null) => $"{what}{key}={was} removed",
            (null, _) => $"{what}{key}={now} added",
            _ => $"{what}{key}={was} -> {now}",
        };
}
