using System.Text.RegularExpressions;
using Akka.Configuration;
using Akka.Coordination;
using Akka.Persistence;
using Akka.Remote;
using Akka.Streams;
using NetworkCluster.Commands;
using NetworkCluster.Hosting;

namespace NetworkCluster.Configuration;

/// <summary>
/// Akka's own settings, compared with their defaults. Akka itself finds out what a value is not when it comes to need it, and some of that in the start of an actor, of which the log alone tells.
/// </summary>
internal static partial class AkkaValues
{
    // Where a plug-in has not said otherwise.
    private static readonly (string Of, string Fallback)[] Plugins =
    [
        ("akka.persistence.journal.sql.", "akka.persistence.journal-plugin-fallback."),
        ("akka.persistence.snapshot-store.sql.", "akka.persistence.snapshot-store-plugin-fallback."),
    ];

    /// <summary>What cannot be: settings of parts that Akka does not have, and words where a number, a time, a size or a switch belongs.</summary>
    /// <param name="given">Settings whose paths begin with <c>akka.</c>.</param>
    /// <param name="ours">What lies over Akka's own defaults.</param>
    public static IReadOnlyList<string> Problems(IReadOnlyCollection<(string Path, string Value)> given, Config ours)
    {
        if (given.Count == 0) return [];
        var defaults = ours.WithFallback(Defaults());
        var parts = defaults.GetConfig("akka").AsEnumerable().Select(part => part.Key).Order(StringComparer.Ordinal).ToList();
        return [.. given.Select(setting => Problem(setting.Path, setting.Value, defaults, parts)).OfType<string>().Distinct()];
    }

    private static string? Problem(string path, string value, Config defaults, List<string> parts)
    {
        var levels = path.Split('.');
        if (!parts.Contains(levels[1]))
        {
            var nearest = parts.MinBy(part => Suggestion.Distance(levels[1], part))!;
            return $"there is no setting {path}{(Suggestion.Distance(levels[1], nearest) <= Math.Max(1, levels[1].Length / 3) ? $"; did you mean akka.{string.Join('.', [nearest, .. levels[2..]])}?" : $": Akka has {string.Join(", ", parts.Select(part => $"akka.{part}"))}")}";
        }

        return Default(path, defaults) is { } usual && Measure().IsMatch(usual) && !Measure().IsMatch(value) ? $"{path}: '{value}' cannot be its value, which is {usual} where nobody says otherwise" : null;
    }

    private static string? Default(string path, Config defaults)
    {
        // Levels in quotation marks are names of types, which have no defaults.
        if (path.Contains('"', StringComparison.Ordinal)) return null;
        var places = Plugins.Where(plugin => path.StartsWith(plugin.Of, StringComparison.Ordinal)).Select(plugin => plugin.Fallback + path[plugin.Of.Length..]).Prepend(path);
        return places.Select(place => defaults.GetValue(place)).FirstOrDefault(found => found?.IsString() == true)?.GetString();
    }

    private static Config Defaults() => HostNode.Defaults
        .WithFallback(Persistence.DefaultConfig())
        .WithFallback(ActorMaterializer.DefaultConfig())
        .WithFallback(ConfigurationFactory.FromResource("Akka.Coordination.reference.conf", typeof(LeaseProvider).Assembly))
        .WithFallback(ConfigurationFactory.FromResource("Akka.Cluster.Configuration.Cluster.conf", typeof(Akka.Cluster.Cluster).Assembly))
        .WithFallback(ConfigurationFactory.FromResource("Akka.Remote.Configuration.Remote.conf", typeof(RemoteActorRefProvider).Assembly))
        .WithFallback(ConfigurationFactory.Default());

    // A number, alone or with a unit; a switch; or that there is none.
    [GeneratedRegex("^([+-]?[0-9]+([.][0-9]+)?\\s*(ns|us|ms|s|m|h|d|(nano|micro|milli)(s|seconds?)|seconds?|minutes?|hours?|days?|[kKmMgG]?i?[bB]?|([kmg]ilo|mega|giga)?bytes?)|on|off|true|false|yes|no|infinite|infinity|unlimited|none|null|undefined|auto|default)$", RegexOptions.CultureInvariant)]
    private static partial Regex Measure();
}
