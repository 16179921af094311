using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace NetworkCluster.Pbm;

/// <summary>The values and functions of templates. A value is a text, a number, true or false, nothing, or a <see cref="JsonElement"/> that holds others.</summary>
internal static partial class TemplateFunctions
{
    private const string Nothing = "<no value>";

    private static readonly Dictionary<string, Func<IReadOnlyList<object?>, object?>> Known = new(StringComparer.Ordinal)
    {
        ["and"] = values => values.FirstOrDefault(value => !IsTrue(value), values[^1]),
        ["eq"] = values => values.Skip(1).Any(value => IsEqual(values[0], value)),
        ["index"] = values => values.Skip(1).Aggregate(values[0], Index),
        ["join"] = values => string.Join(Text(values[1]), Each(values[0]).Select(item => Text(item.Value))),
        ["json"] = values => Json(values[0]),
        ["len"] = values => (long)(values[0] is string text ? text.Length : Each(values[0]).Count()),
        ["lower"] = values => Text(values[0]).ToLowerInvariant(),
        ["ne"] = values => !IsEqual(values[0], values[1]),
        ["not"] = values => !IsTrue(values[0]),
        ["or"] = values => values.FirstOrDefault(IsTrue, values[^1]),
        ["print"] = values => string.Concat(values.Select(Text)),
        ["printf"] = values => Format(Text(values[0]), new Queue<object?>(values.Skip(1))),
        ["println"] = values => string.Join(' ', values.Select(Text)) + "\n",
        ["split"] = values => Open(JsonText.Element(writer => WriteList(writer, Text(values[0]).Split(Text(values[1]))))),
        ["title"] = values => string.Join(' ', Text(values[0]).Split(' ').Select(word => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..])),
        ["truncate"] = values => Text(values[0]) is var text && values[1] is long most && text.Length > most ? text[..(int)Math.Max(0, most)] : text,
        ["upper"] = values => Text(values[0]).ToUpperInvariant(),
    };

    // How many arguments each takes; the rest take one.
    private static readonly Dictionary<string, (int Least, int Most)> Arity = new(StringComparer.Ordinal)
    {
        ["and"] = (1, int.MaxValue),
        ["eq"] = (2, int.MaxValue),
        ["index"] = (1, int.MaxValue),
        ["join"] = (2, 2),
        ["ne"] = (2, 2),
        ["or"] = (1, int.MaxValue),
        ["print"] = (0, int.MaxValue),
        ["printf"] = (1, int.MaxValue),
        ["println"] = (0, int.MaxValue),
        ["split"] = (2, 2),
        ["truncate"] = (2, 2),
    };

    /// <summary>The functions there are.</summary>
    public static IEnumerable<string> Names => Known.Keys;

    /// <summary>Whether there is such a function.</summary>
    public static bool IsKnown(string name) => Known.ContainsKey(name);

    /// <summary>What a function makes of its arguments.</summary>
    /// <exception cref="UsageError">It does not take so many, or such ones.</exception>
    public static object? Call(string name, IReadOnlyList<object?> values)
    {
        var (least, most) = Arity.GetValueOrDefault(name, (1, 1));
        return values.Count >= least && values.Count <= most ? Known[name](values)
            : throw new UsageError($"template: {name} takes {least}{(most == least ? "" : most == int.MaxValue ? " or more" : $" to {most}")} arguments, not {values.Count}");
    }

    /// <summary>A value out of a document.</summary>
    public static object? Open(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? whole : element.GetDouble(),
        JsonValueKind.True or JsonValueKind.False => element.GetBoolean(),
        JsonValueKind.Object or JsonValueKind.Array => (object)element,
        _ => null,
    };

    /// <summary>What a path of fields leads to.</summary>
    /// <param name="value">Where it begins.</param>
    /// <param name="path">The fields' names.</param>
    /// <param name="isWhole">Whether that is the whole document: of what is inside it nobody knows here which names there may be.</param>
    /// <exception cref="UsageError">The document has no such field.</exception>
    public static object? Field(object? value, IReadOnlyList<string> path, bool isWhole)
    {
        foreach (var name in path)
        {
            if (value is JsonElement { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var inner)) value = Open(inner);
            else if (isWhole || value is not (null or JsonElement { ValueKind: JsonValueKind.Object })) throw new UsageError($"template: no field {name} in .{string.Join('.', path)}");
            else return null;
            isWhole = false;
        }

        return value;
    }

    /// <summary>One label, of a document or of a table's row.</summary>
    public static object? Label(object? of, string name) => of is not JsonElement { ValueKind: JsonValueKind.Object } found || !found.TryGetProperty("Labels", out var labels) ? throw new UsageError("template: no labels there")
        : labels.ValueKind == JsonValueKind.String
            ? labels.GetString()!.Split(',').Where(label => label.StartsWith($"{name}=", StringComparison.Ordinal)).Select(label => label[(name.Length + 1)..]).FirstOrDefault("")
            : Field(Open(labels), [name], isWhole: false) ?? "";

    /// <summary>What is in a value, with its key or its place; keys in order.</summary>
    /// <exception cref="UsageError">Nothing can be in it.</exception>
    public static IEnumerable<(object? Key, object? Value)> Each(object? value) => value switch
    {
        null => [],
        JsonElement { ValueKind: JsonValueKind.Array } array => array.EnumerateArray().Select((item, at) => ((object?)(long)at, Open(item))),
        JsonElement all => all.EnumerateObject().OrderBy(item => item.Name, StringComparer.Ordinal).Select(item => ((object?)item.Name, Open(item.Value))),
        _ => throw new UsageError($"template: {Text(value)} is neither a list nor a map"),
    };

    /// <summary>Whether it is neither nothing nor false, zero or empty.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or false or 0L or 0.0 or "" => false,
        JsonElement => Each(value).Any(),
        _ => true,
    };

    /// <summary>A value as it is printed.</summary>
    public static string Text(object? value) => value switch
    {
        null => Nothing,
        string text => text,
        bool truth => truth ? "true" : "false",
        JsonElement element => element.GetRawText(),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Json(object? value) => value switch
    {
        null => "null",
        string text => JsonText.Of(writer => writer.WriteStringValue(text)),
        _ => Text(value),
    };

    private static void WriteList(Utf8JsonWriter writer, string[] items)
    {
        writer.WriteStartArray();
        foreach (var item in items) writer.WriteStringValue(item);
        writer.WriteEndArray();
    }

    private static bool IsEqual(object? a, object? b) => a is JsonElement || b is JsonElement ? throw new UsageError("template: lists and maps cannot be compared") : Equals(a, b);

    private static object? Index(object? value, object? key) => (value, key) switch
    {
        (null, _) => null,
        (JsonElement { ValueKind: JsonValueKind.Object } map, string name) => map.TryGetProperty(name, out var found) ? Open(found) : "",
        (JsonElement { ValueKind: JsonValueKind.Array } list, long at) when at >= 0 && at < list.GetArrayLength() => Open(list[(int)at]),
        _ => throw new UsageError($"template: there is no {Text(key)} in {Text(value)}"),
    };

    [GeneratedRegex("%(-?[0-9]{0,3})([sdvqt%])")]
    private static partial Regex Verb { get; }

    private static string Format(string format, Queue<object?> values) => Verb.Replace(format, verb =>
    {
        if (verb.Groups[2].Value == "%") return "%";
        if (!values.TryDequeue(out var value)) throw new UsageError($"template: printf \"{format}\" wants more arguments");
        var text = verb.Groups[2].Value == "q" ? Json(Text(value)) : Text(value);
        return int.TryParse(verb.Groups[1].Value, CultureInfo.InvariantCulture, out var width) ? width < 0 ? text.PadRight(-width) : text.PadLeft(width) : text;
    });
}
