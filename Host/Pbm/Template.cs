using System.Text;
using System.Text.Json;

namespace NetworkCluster.Pbm;

/// <summary>The part of Go's templates that people use with Docker: text, <c>{{.Path.To.Field}}</c>, <c>{{.}}</c> and <c>{{json .Path}}</c>.</summary>
internal sealed class Template
{
    private readonly List<(string Text, bool IsField, bool AsJson)> _parts = [];

    /// <summary>Reads a template.</summary>
    /// <exception cref="UsageError">It has something else in braces.</exception>
    public Template(string text)
    {
        text = text.Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);
        while (text.IndexOf("{{", StringComparison.Ordinal) is var open && open >= 0)
        {
            var close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0) throw new UsageError($"template: '{{{{' without '}}}}' in {text}");
            if (open > 0) _parts.Add((text[..open], false, false));
            _parts.Add(Action(text[(open + 2)..close].Trim()));
            text = text[(close + 2)..];
        }

        if (text.Length > 0) _parts.Add((text, false, false));
    }

    /// <summary>One object by the template.</summary>
    /// <exception cref="UsageError">It has no such field.</exception>
    public string Apply(JsonElement value)
    {
        var result = new StringBuilder();
        foreach (var (text, isField, asJson) in _parts)
        {
            if (!isField) result.Append(text);
            else result.Append(Print(Field(value, text), asJson));
        }

        return result.ToString();
    }

    private static (string, bool, bool) Action(string action)
    {
        var json = action.StartsWith("json ", StringComparison.Ordinal);
        var path = json ? action[5..].Trim() : action;
        return path.StartsWith('.') && !path.Any(char.IsWhiteSpace)
            ? (path, true, json)
            : throw new UsageError($"template: only {{{{.Field}}}} and {{{{json .Field}}}} are understood, not {{{{{action}}}}}");
    }

    private static JsonElement Field(JsonElement value, string path)
    {
        foreach (var name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out var inner)) throw new UsageError($"template: no field {name} in {path}");
            value = inner;
        }

        return value;
    }

    private static string Print(JsonElement value, bool asJson) => value.ValueKind switch
    {
        _ when asJson => value.GetRawText(),
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "<no value>",
        _ => value.GetRawText(),
    };
}
