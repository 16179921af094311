using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace NetworkCluster.Commands;

/// <summary>The <c>KEY=VALUE</c> words of <c>--filter</c>, as Docker reads them: values of one key widen, except labels, which must all be there; different keys narrow.</summary>
/// <param name="Terms">Key in lower case and value, in order.</param>
internal sealed record FilterTerms(ImmutableArray<(string Key, string Value)> Terms)
{
    private const RegexOptions Expression = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>Reads the words.</summary>
    /// <param name="words">As they were typed.</param>
    /// <param name="keys">The keys there are.</param>
    /// <param name="wanted">What a key's value has to be, where this is none; none: every value is one.</param>
    /// <exception cref="UsageException">A key or value is unknown; the text begins as Docker's and goes on with what there is.</exception>
    public static FilterTerms Parse(IEnumerable<string> words, ImmutableArray<string> keys, Func<string, string, string?>? wanted = null)
    {
        var terms = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (var word in words)
        {
            var equals = word.IndexOf('=');
            if (equals < 0) throw new UsageException($"invalid argument \"{word}\" for --filter: KEY=VALUE is wanted");
            var (key, value) = (word[..equals].Trim().ToLowerInvariant(), word[(equals + 1)..].Trim());
            if (!keys.Contains(key)) throw new UsageException($"Invalid filter '{key}': there are {string.Join(", ", keys)}");
            if (wanted?.Invoke(key, value) is { } instead) throw new UsageException($"invalid filter: '{key}'='{value}': {key} is {instead}");
            terms.Add((key, value));
        }

        return new(terms.ToImmutable());
    }

    /// <summary>How a word may begin, for completion.</summary>
    public static ImmutableArray<string> Beginnings(ImmutableArray<string> keys) => [.. keys.Select(key => $"{key}=")];

    /// <summary>Whether a key was given.</summary>
    public bool Has(string key) => Terms.Any(term => term.Key == key);

    /// <summary>All values of a key.</summary>
    public IEnumerable<string> Values(string key) => Terms.Where(term => term.Key == key).Select(term => term.Value);

    /// <summary>Whether for each key one of its values is true; for labels, all of them.</summary>
    public bool Match(Func<string, string, bool> isTrue) => Terms.GroupBy(term => term.Key).All(key => key.Key == "label"
        ? key.All(term => isTrue(term.Key, term.Value))
        : key.Any(term => isTrue(term.Key, term.Value)));

    /// <summary>Whether a text is the value, or has a part that the value describes as a regular expression, as in Docker. Takes time in proportion to the text, whatever the expression.</summary>
    public static bool HasPart(string text, string value) => text == value || Regex.IsMatch(text, value, Expression);

    /// <summary>What the value has to be, where it is none of these; none: it is one.</summary>
    public static string? OneOf(string value, params ReadOnlySpan<string> choices) => choices.Contains(value) ? null : $"one of {string.Join(", ", choices)}";

    /// <summary>The same where the value cannot be read as such an expression. As in Docker's, there are no look-arounds and no back references.</summary>
    public static string? Expressed(string value)
    {
        try
        {
            _ = new Regex(value, Expression);
            return null;
        }
        catch (Exception refusal) when (refusal is ArgumentException or NotSupportedException)
        {
            return "a text, or a regular expression without look-arounds and back references";
        }
    }

    /// <summary>Whether there is a label of this key, or of this <c>KEY=VALUE</c>.</summary>
    public static bool HasLabel(IReadOnlyDictionary<string, string> labels, string term)
    {
        var equals = term.IndexOf('=');
        return equals < 0 ? labels.ContainsKey(term) : labels.TryGetValue(term[..equals], out var value) && value == term[(equals + 1)..];
    }
}
