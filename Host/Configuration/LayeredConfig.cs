using System.Collections;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Akka.Configuration;
using NetworkCluster.Commands;
using NetworkCluster.Operations;

namespace NetworkCluster.Configuration;

/// <summary>
/// Puts the configuration together: files from the base up, then the environment, then the command line. Akka.NET's HOCON reads neither the environment nor
/// other files by itself.
/// </summary>
internal static partial class LayeredConfig
{
    // What everything else is built on.
    private static readonly ImmutableArray<string> Fixed = ["akka.actor.provider", "akka.persistence.journal.plugin", "akka.persistence.snapshot-store.plugin", "akka.log-config-on-start"];

    // That of Petabridge.Cmd is read in hosts that are built with it.
    private static readonly ImmutableArray<string> Plugins = ["akka", "petabridge"];

    private const string Ours = "network-cluster.";

    /// <summary>The layers as one.</summary>
    /// <param name="files">From the base up; the last one wins.</param>
    /// <param name="environment">The process's environment.</param>
    /// <param name="settings"><c>path=value</c> from the command line, the last one wins.</param>
    /// <exception cref="ConfigurationProblemException">A file does not parse, a setting of ours does not exist, or a value cannot be; all of it is told.</exception>
    public static Config Load(IEnumerable<string> files, IDictionary environment, IEnumerable<string> settings)
    {
        var paths = files.ToList();
        var (layers, unread) = Gathered(paths, Parse);
        var (given, strange) = Gathered(settings, Split);
        // What would stand in it is missing below, and would be complained of there.
        if (unread.Count > 0) throw new ConfigurationProblemException([.. unread, .. strange]);
        var flat = layers.Skip(1).SelectMany(layer => Keys(layer).Where(path => layers[0].GetValue(path)?.IsObject() == true).Select(path => (Layer: layer, Path: path))).ToList();
        foreach (var (layer, path) in flat) Remove(layer, path);
        var config = layers.Aggregate(Config.Empty, (below, layer) => layer.WithFallback(below));
        var known = Keys(layers[0]);
        var names = Names(environment);
        var overrides = names.Where(name => SettingOf(name) is not null).Select(name => (Path: SettingOf(name)!, Value: (string?)environment[name] ?? "")).Concat(given).ToList();
        var whole = overrides.Where(setting => layers.Any(layer => layer.GetValue(setting.Path)?.IsObject() == true)).ToList();
        // What stands for many, or for nothing, would hide what else is wrong.
        var all = overrides.Except(whole).Where(setting => IsKnown(setting.Path, known)).Aggregate(config, (below, setting) => ConfigurationFactory.ParseString($"{setting.Path} = {Written(setting.Path, setting.Value, layers[0])}").WithFallback(below));
        List<string> problems =
        [
            .. strange,
            .. flat.Select(one => $"{one.Path} is not one setting but many: one value cannot stand for all of them"),
            .. overrides.Select(setting => setting.Path).Concat(layers.Skip(1).SelectMany(Keys)).Where(path => !IsKnown(path, known)).Distinct().Select(path => $"there is no setting {path}{Meant(path, known)}"),
            .. names.Where(name => SettingOf(name) is null && !IsOfKubernetes(name, $"{environment[name]}")).Select(name => $"there is no setting for {name} in the environment: levels are joined by two underscores, as in NETWORK_CLUSTER__PBM__PORT"),
            .. overrides.Where(setting => IsList(setting.Path, layers[0]) && BracketedList.Looks(setting.Value) && BracketedList.Read(setting.Value) is null).Select(setting => $"{setting.Path}: '{setting.Value}' is not a list as [\"a\", \"b\"]: what has brackets, quotation marks or = in it stands in quotation marks"),
            .. whole.Select(setting => $"{setting.Path} is not one setting but many: '{setting.Value}' cannot stand for all of them"),
            .. AkkaValues.Problems([.. overrides.Concat(paths.Zip(layers).Skip(1).Where(one => !IsShipped(one.Item1)).SelectMany(one => Texts(one.Item2))).Where(setting => setting.Path.StartsWith("akka.", StringComparison.Ordinal) && BracketedList.Read(setting.Value) is null)], layers[0]),
            .. TraceExport.Problems(name => environment[name] as string),
            .. Fixed.Where(path => all.GetString(path) != layers[0].GetString(path)).Select(path => $"{path} is {layers[0].GetString(path)} in every host: '{all.GetString(path)}' cannot be"),
        ];
        return problems.Count == 0 ? all : throw new ConfigurationProblemException([.. problems, .. Wrong(all)]);
    }

    // All that can be read, and what is wrong with the others.
    private static (List<T> Read, List<string> Problems) Gathered<T>(IEnumerable<string> texts, Func<string, T> read)
    {
        var (all, problems) = (new List<T>(), new List<string>());
        foreach (var text in texts)
        {
            try
            {
                all.Add(read(text));
            }
            catch (ConfigurationProblemException wrong)
            {
                problems.AddRange(wrong.Problems);
            }
        }

        return (all, problems);
    }

    private static void Remove(Config layer, string path)
    {
        var levels = path.Split('.');
        var at = layer.Root.GetObject();
        foreach (var level in levels[..^1]) at = at.Items[level].GetObject();
        at.Items.Remove(levels[^1]);
    }

    private static IEnumerable<(string Path, string Value)> Texts(Config layer) => Keys(layer).Where(path => layer.GetValue(path)?.IsString() == true).Select(path => (path, layer.GetString(path)));

    // Unchanged, wherever it lies: what is in it need not be compared with all that Akka knows, at every start.
    private static bool IsShipped(string path)
    {
        var own = Path.Combine(AppContext.BaseDirectory, "hocon", Path.GetFileName(path));
        return File.Exists(own) && File.ReadAllText(own) == File.ReadAllText(path);
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
        // Which the system says as if it were a question of rights.
        if (Directory.Exists(path)) throw new ConfigurationProblemException([$"{path}: it is a directory"]);
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

    private static List<string> Names(IDictionary environment) =>
        [.. environment.Keys.Cast<string>().Where(name => name.StartsWith("NETWORK_CLUSTER", StringComparison.Ordinal) || name.StartsWith("AKKA__", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    // The path that a variable stands for; none, if it is no name of a setting.
    private static string? SettingOf(string name) =>
        (name.StartsWith("NETWORK_CLUSTER__", StringComparison.Ordinal) || name.StartsWith("AKKA__", StringComparison.Ordinal)) && string.Join('.', name.Split("__").Select(level => level.ToLowerInvariant().Replace('_', '-'))) is var path && Paths().IsMatch(path)
            ? path : null;

    // What a pod is told of a service whose name begins as ours do; and where the example of a service looks for its certificate.
    private static bool IsOfKubernetes(string name, string value) =>
        name == "NETWORK_CLUSTER_CERT_PATH" || name.Contains("_SERVICE_HOST", StringComparison.Ordinal) || name.Contains("_SERVICE_PORT", StringComparison.Ordinal) || Regex.IsMatch(name, "_PORT_[0-9]+_(TCP|UDP|SCTP)", RegexOptions.CultureInvariant)
        || (name.EndsWith("_PORT", StringComparison.Ordinal) && value.Contains("://", StringComparison.Ordinal));

    // Plug-ins of Akka's have settings of their own, which nobody here knows.
    private static bool IsKnown(string path, HashSet<string> known) => Plugins.Contains(path.Split('.')[0]) || known.Contains(path) || known.Any(key => key.StartsWith($"{path}.", StringComparison.Ordinal));

    private static (string Path, string Value) Split(string setting)
    {
        if (setting.IndexOf('=') is not (> 0 and var at)) throw new ConfigurationProblemException([$"--set takes path=value, not '{setting}'"]);
        return Paths().IsMatch(setting[..at]) ? (setting[..at], setting[(at + 1)..]) : throw new ConfigurationProblemException([$"--set takes path=value, as network-cluster.pbm.port=9110: '{setting[..at]}' is not the path of a setting"]);
    }

    // Levels with other characters, as types have them, stand in quotation marks.
    [GeneratedRegex("""^([\w-]+|"[^"\\]+")(\.([\w-]+|"[^"\\]+"))*$""", RegexOptions.CultureInvariant)]
    private static partial Regex Paths();

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

    // An empty one is no array to the parser.
    private static bool IsList(string path, Config ground) => ground.GetValue(path) is { } value ? value.IsArray() || (!value.IsObject() && !value.IsString()) : path.StartsWith("akka.", StringComparison.Ordinal);

    // Lists keep their form; everything else is a string and cannot break out of its quotes.
    private static string Written(string path, string value, Config ground) => IsList(path, ground) && BracketedList.Read(value) is { } items ? BracketedList.Write(items) : BracketedList.Quote(value);

    private static string Meant(string path, HashSet<string> known)
    {
        if (known.Contains(Ours + path)) return $": say {Ours}{path}";
        var plain = path.ToLowerInvariant().Replace('_', '-');
        // A slip in the first level: what is behind it says which was meant.
        var rest = plain.Contains('.', StringComparison.Ordinal) ? plain[(plain.IndexOf('.', StringComparison.Ordinal) + 1)..] : plain;
        foreach (var key in new[] { plain, Ours + plain, Ours + rest })
        {
            if (known.Contains(key)) return $"; did you mean {key}?";
        }

        return plain.StartsWith(Ours, StringComparison.Ordinal) ? Nearest(plain[Ours.Length..], known) : $": settings begin with {Ours[..^1]} or akka (all of them: hocon/akka.conf)";
    }

    // By the words that are right; among equals by how little has to be typed anew, which is the end alone where it was left out. Where its last level is like nothing, what there is instead.
    private static string Nearest(string path, HashSet<string> known)
    {
        var words = Words(path).ToHashSet();
        var nearest = known.Where(key => key.StartsWith(Ours, StringComparison.Ordinal)).Select(key => key[Ours.Length..])
            .Select(key => (Key: key, Right: Words(key).Count(words.Contains), Distance: Suggestion.Distance(path, key)))
            .OrderByDescending(key => key.Right).ThenBy(key => !key.Key.StartsWith(path, StringComparison.Ordinal)).ThenBy(key => key.Distance).First();
        var name = path[(path.LastIndexOf('.') + 1)..];
        if (nearest.Key.StartsWith(path, StringComparison.Ordinal) || path.StartsWith($"{nearest.Key}.", StringComparison.Ordinal)
            || nearest.Distance <= Math.Max(1, name.Length / 2) || Words(nearest.Key).Intersect(Words(name)).Any()) return $"; did you mean {Ours}{nearest.Key}?";
        var level = Ours + path[..^name.Length];
        var names = known.Where(key => level != Ours && key.StartsWith(level, StringComparison.Ordinal)).Select(key => key[level.Length..].Split('.')[0]).Distinct().Order(StringComparer.Ordinal).ToArray();
        return names.Length > 0 ? $"; {level[..^1]} has {string.Join(", ", names)}" : "";

        static string[] Words(string key) => key.Split('.', '-');
    }
}
