using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace NetworkCluster.Configuration;

/// <summary>A list as it is typed on a command line, <c>[10.9.0.1:4053, "b"]</c>: HOCON's parser takes a colon or an equals sign outside quotation marks for the beginning of an object, and some of what is left open for an endless one.</summary>
internal static partial class BracketedList
{
    /// <summary>Whether it is meant to be one.</summary>
    public static bool Looks(string text) => text.StartsWith('[') && text.EndsWith(']');

    /// <summary>What is in it; nothing where it cannot be read.</summary>
    public static ImmutableArray<string>? Read(string text)
    {
        if (!Looks(text)) return null;
        var items = ImmutableArray.CreateBuilder<string>();
        for (var rest = text.AsSpan(1, text.Length - 2).Trim(); rest.Length > 0;)
        {
            if ((rest[0] == '"' ? Quoted(rest) : Bare(rest)) is not var (item, length)) return null;
            items.Add(item);
            rest = rest[length..].TrimStart();
            if (rest.Length > 0 && rest[0] != ',') return null;
            if (rest.Length > 0) rest = rest[1..].TrimStart();
        }

        return items.ToImmutable();
    }

    /// <summary>The same in HOCON.</summary>
    public static string Write(IEnumerable<string> items) => $"[{string.Join(", ", items.Select(Quote))}]";

    /// <summary>A text in HOCON, which cannot break out of its quotes.</summary>
    public static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static (string Item, int Length)? Quoted(ReadOnlySpan<char> text)
    {
        var item = new StringBuilder();
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"') return (item.ToString(), i + 1);
            if (text[i] == '\\' && ++i == text.Length) return null;
            item.Append(text[i]);
        }

        return null;
    }

    private static (string Item, int Length)? Bare(ReadOnlySpan<char> text)
    {
        var length = text.IndexOf(',') is >= 0 and var comma ? comma : text.Length;
        var item = text[..length].TrimEnd();
        return item.Length > 0 && Plain().IsMatch(item) ? (item.ToString(), length) : null;
    }

    // Brackets only around the address of an IPv6 endpoint.
    [GeneratedRegex(@"^(\[[0-9A-Fa-f:.]+\])?[^""\\\[\]{}=$#,]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
