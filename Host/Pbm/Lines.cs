namespace NetworkCluster.Pbm;

/// <summary>Text in lines.</summary>
internal static class Lines
{
    /// <summary>The text on one line: an error is one line, whatever it was made of.</summary>
    public static string One(string text) => text.ReplaceLineEndings(" ").Trim();

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
