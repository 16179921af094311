namespace NetworkCluster.Pbm;

/// <summary>Text in lines.</summary>
internal static class Lines
{
    /// <summary>The text on one line: an error is one line, whatever it was made of.</summary>
    public static string One(string text) => Shown(text.ReplaceLineEndings(" ").Trim());

    /// <summary>The text with what would command a terminal, or have it read in another direction, written out as <c>\u001b</c>: it may come from somebody else.</summary>
    public static string Shown(string text, string allowed = "") =>
        text.Any(c => Commands(c, allowed)) ? string.Concat(text.Select(c => Commands(c, allowed) ? $"\\u{(int)c:x4}" : c.ToString())) : text;

    private static bool Commands(char c, string allowed) =>
        (char.IsControl(c) || c is '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069')) && !allowed.Contains(c);

    /// <summary>Breaks text at blanks so that no line is longer than the width, unless one word is.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        yield return line;
    }
}
