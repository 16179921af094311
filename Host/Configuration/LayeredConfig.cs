using System.Collections;
using System.Collections.Immutable;
using Akka.Configuration;

namespace NetworkCluster.Configuration;

/// <summary>
/// Puts the configuration together: files from the base up, then the environment, then the command line. Akka.NET's HOCON reads neither the environment nor
/// other files by itself.
/// </summary>
internal static class LayeredConfig
{
    // What everything else is built on.
    private static readonly ImmutableArray<string> Fixed = ["akka.actor.provider", "akka.persistence.journal.plugin", "akka.persistence.snapshot-store.plugin", "akka.log-config-on-start"];

    /// <summary>The layers as one.</summary>
    /// <param name="files">From the base up; the last one wins.</param>
    /// <param name="environment">The process's environment.</param>
    /// <param name="settings"><c>path=value</c> from the command line, the last one wins.</param>
    /// <exception cref="ConfigurationProblemException">A file does not parse, or a setting of ours does not exist.</exception>
    public static Config Load(IEnumerable<string> files, IDictionary environment, IEnumerable<string> settings)
    {
        var layers = files.Select(Parse).ToList();
        var flat = layers.Skip(1).SelectMany(Keys).Where(path => layers[0].GetValue(path)?.IsObject() == true).Select(path => $"{path} is not one setting but many: one value cannot stand for all of them").ToList();
        if (flat.Count > 0) throw new ConfigurationProblemException(flat);
        var config = layers.Aggregate(Config.Empty, (below, layer) => layer.WithFallback(below));
        var known = Keys(layers[0]);
        var overrides = FromEnvironment(environment).Concat(settings.Select(Split)).ToList();
        var unknown = overrides.Select(setting => setting.Path).Concat(layers.Skip(1).SelectMany(Keys))
            .Where(path => path.StartsWith("network-cluster.", StringComparison.Ordinal) && !known.Contains(path)).Distinct().ToList();
        var whole = overrides.Where(setting => layers.Any(layer => layer.GetValue(setting.Path)?.IsObject() == true))
            .Select(setting => $"{setting.Path} is not one setting but many: '{setting.Value}' cannot stand for all of them").ToList();
        if (whole.Count > 0) throw new ConfigurationProblemException(whole);
        var all = overrides.Aggregate(config, (below, setting) => ConfigurationFactory.ParseString($"{setting.Path} = {Quote(setting.Value)}").WithFallback(below));
        var bent = Fixed.Where(path => all.GetString(path) != layers[0].GetString(path)).Select(path => $"{path} is {layers[0].GetString(path)} in every host: '{all.GetString(path)}' cannot be").ToList();
        if (bent.Count > 0) throw new ConfigurationProblemException(bent);
        return unknown.Count == 0 ? all : throw new ConfigurationProblemException([.. unknown.Select(path => $"there is no setting {path}{Nearest(path, known)}"), .. Wrong(all)]);
    }

    // What else is wrong is told with it.
    private static IReadOnlyList<string> Wrong(Config config)
    {
        try
        {
            HostSettings.From(config);
            return [];
        }
        catch (ConfigurationProblemException wrong)
        {
            return wrong.Problems;
        }
    }

    private static Config Parse(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            if (HoconBrackets.Problem(text) is { } problem) throw new ConfigurationProblemException([$"{path}: {problem}"]);
            return ConfigurationFactory.ParseString(text);
        }
        catch (NullReferenceException)
        {
            // So the parser ends at what it knows no way to follow.
            throw new ConfigurationProblemException([$"{path}: it cannot be read; include is not supported, give each file with --config"]);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or FormatException or ConfigurationException)
        {
            // The parser quotes the file, whatever is in it.
            throw new ConfigurationProblemException([$"{path}: {new string([.. cause.Message.Take(500).Select(c => char.IsControl(c) ? ' ' : c)])}"]);
        }
    }

    private static IEnumerable<(string Path, string Value)> FromEnvironment(IDictionary environment) =>
        environment.Keys.Cast<string>().Order(StringComparer.Ordinal)
            .Where(name => name.StartsWith("NETWORK_CLUSTER__", StringComparison.Ordinal) || name.StartsWith("AKKA__", StringComparison.Ordinal))
            .Select(name => (string.Join('.', name.Split("__").Select(level => level.ToLowerInvariant().Replace('_', '-'))), (string?)environment[name] ?? ""));

    private static (string Path, string Value) Split(string setting) => setting.IndexOf('=') is var at && at > 0
        ? (setting[..at], setting[(at + 1)..])
        : throw new ConfigurationProblemException([$"--set takes path=value, not '{setting}'"]);

    private static HashSet<string> Keys(Config config)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, value) in config.AsEnumerable()) Walk(path, value, keys);
        return keys;
    }

    private static void Walk(string path, Akka.Configuration.Hocon.HoconValue value, HashSet<string> keys)
    {
        if (!value.IsObject()) keys.Add(path);
        else foreach (var (name, inner) in value.GetObject().Items) Walk($"{path}.{name}", inner, keys);
    }

    // Lists keep their form; everything else is a string and cannot break out of its quotes.
    private static string Quote(string value) => value.StartsWith('[') && value.EndsWith(']') ? value : $"\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private static string Nearest(string path, HashSet<string> known)
    {
        const string Ours = "network-cluster.";
        var words = Words(path).ToHashSet();
        var nearest = known.Where(key => key.StartsWith(Ours, StringComparison.Ordinal)).MaxBy(key => Words(key).Count(words.Contains));
        return nearest is not null && Words(nearest).Any(words.Contains) ? $"; did you mean {nearest}?" : "";

        static string[] Words(string key) => key[Ours.Length..].Split('.', '-');
    }
}
