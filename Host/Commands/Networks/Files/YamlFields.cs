using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NetworkCluster.Commands.Networks.Files;

/// <summary>What is wrong with a document.</summary>
/// <param name="Line">Where, from 1.</param>
/// <param name="Text">One line for people.</param>
internal sealed record FileProblem(int Line, string Text);

/// <summary>
/// The keys of one mapping, read strictly: every scalar is a text until somebody wants something else of it, and what nobody knows, or is of another form, becomes a problem and reads as if it
/// were not there. So one pass finds everything.
/// </summary>
internal sealed class YamlFields
{
    private readonly ImmutableDictionary<string, YamlNode> _values;
    private readonly List<FileProblem> _problems;
    private readonly string _what;

    private YamlFields(int line, ImmutableDictionary<string, YamlNode> values, List<FileProblem> problems, string what) => (Line, _values, _problems, _what) = (line, values, problems, what);

    /// <summary>Where the mapping begins.</summary>
    public int Line { get; }

    /// <summary>A mapping with these keys and no others.</summary>
    /// <param name="node">What should be one; anything else is a problem and has no keys.</param>
    /// <param name="what">What it is, for people.</param>
    /// <param name="known">The keys there are.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static YamlFields Of(YamlNode node, string what, ImmutableArray<string> known, List<FileProblem> problems)
    {
        var values = ImmutableDictionary.CreateBuilder<string, YamlNode>(StringComparer.Ordinal);
        if (node is not YamlMappingNode mapping)
        {
            problems.Add(new(LineOf(node), $"{what} is not a mapping ({string.Join(", ", known)})"));
            return new(LineOf(node), values.ToImmutable(), problems, what);
        }

        foreach (var (key, value) in mapping)
        {
            if (key is YamlScalarNode { Value: { } name } && known.Contains(name)) values[name] = value;
            else problems.Add(new(LineOf(key), $"unknown key {(key as YamlScalarNode)?.Value ?? "that is no text"} in {what}: there are {string.Join(", ", known)}"));
        }

        return new(LineOf(node), values.ToImmutable(), problems, what);
    }

    /// <summary>The line of a node, from 1.</summary>
    public static int LineOf(YamlNode node) => (int)node.Start.Line;

    /// <summary>Whether the key is there.</summary>
    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>The line of a key's value; without one, the mapping's.</summary>
    public int LineOf(string key) => _values.TryGetValue(key, out var value) ? LineOf(value) : Line;

    /// <summary>The node of a key; none where it is not there, or nothing stands behind it.</summary>
    public YamlNode? Node(string key) => _values.TryGetValue(key, out var value) && !IsNothing(value) ? value : null;

    /// <summary>A text; none where the key is not there.</summary>
    public string? Text(string key) => _values.TryGetValue(key, out var value) ? TextOf(value, key) : null;

    /// <summary>A truth value; false where the key is not there.</summary>
    public bool Switch(string key)
    {
        if (Text(key) is not { } text) return false;
        if (text is not ("true" or "false")) _problems.Add(new(LineOf(key), $"{key} of {_what} is true or false, not {Shown(text)}"));
        return text is "true";
    }

    /// <summary>A text that parses as something; none where the key is not there.</summary>
    public T? Parsed<T>(string key, Func<string, T?> parse, Func<string, string> problem) where T : struct => Text(key) is { } text ? Parse(text, LineOf(key), parse, problem) : null;

    /// <summary>A list, or one alone, of texts with their lines.</summary>
    public IEnumerable<(string Text, int Line)> Texts(string key)
    {
        if (!_values.TryGetValue(key, out var value)) yield break;
        foreach (var item in value is YamlSequenceNode list ? list.Children : [value])
        {
            if (TextOf(item, key) is { } text) yield return (text, LineOf(item));
        }
    }

    /// <summary>A list of nodes.</summary>
    public IEnumerable<YamlNode> List(string key)
    {
        if (Node(key) is not { } value) return [];
        if (value is YamlSequenceNode list) return list.Children;
        _problems.Add(new(LineOf(value), $"{key} of {_what} is not a list"));
        return [];
    }

    /// <summary>Names with texts; a name with nothing behind it has the empty one.</summary>
    public ImmutableSortedDictionary<string, string> Pairs(string key)
    {
        var result = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (Node(key) is not { } value) return result.ToImmutable();
        if (value is not YamlMappingNode pairs)
        {
            _problems.Add(new(LineOf(value), $"{key} of {_what} is not a mapping of names to texts"));
            return result.ToImmutable();
        }

        foreach (var (name, text) in pairs)
        {
            if (name is not YamlScalarNode { Value: { Length: > 0 } written }) _problems.Add(new(LineOf(name), $"a name in {key} of {_what} is empty or no text"));
            else if (text is not YamlScalarNode scalar) _problems.Add(new(LineOf(text), $"{written} in {key} of {_what} is no text"));
            else result[written] = IsNothing(scalar) ? "" : scalar.Value ?? "";
        }

        return result.ToImmutable();
    }

    /// <summary>A text as something else, or a problem.</summary>
    public T? Parse<T>(string text, int line, Func<string, T?> parse, Func<string, string> problem) where T : struct
    {
        if (parse(text) is { } value) return value;
        _problems.Add(new(line, problem(text)));
        return null;
    }

    private string? TextOf(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value: { } text } && !IsNothing(node)) return text;
        _problems.Add(new(LineOf(node), IsNothing(node) ? $"{key} of {_what} has no value" : $"{key} of {_what} is no text"));
        return null;
    }

    private static bool IsNothing(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };

    private static string Shown(string text) => text.Length == 0 ? "\"\"" : text;
}
