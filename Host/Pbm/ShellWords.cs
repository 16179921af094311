using System.Text;

namespace NetworkCluster.Pbm;

/// <summary>A line split into words as a shell does it: blanks, single and double quotes, backslash. A word that begins with <c>#</c> begins a comment.</summary>
internal static class ShellWords
{
    /// <summary>The words of a line.</summary>
    /// <exception cref="UsageError">A quote is not closed.</exception>
    public static List<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        var quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote != '\0' && c == quote) quote = '\0';
            else if (c == '\\' && quote != '\'' && i + 1 < line.Length && (quote == '\0' || line[i + 1] is '"' or '\\'))
            {
                word.Append(line[++i]);
                inWord = true;
            }
            else if (quote != '\0') word.Append(c);
            else if (c is '\'' or '"')
            {
                quote = c;
                inWord = true;
            }
            else if (char.IsWhiteSpace(c)) End();
            else if (c == '#' && !inWord) break;
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        if (quote != '\0') throw new UsageError($"a {quote} is not closed");
        End();
        return words;

        void End()
        {
            if (inWord) words.Add(word.ToString());
            word.Clear();
            inWord = false;
        }
    }
}
