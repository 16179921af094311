namespace NetworkCluster.Configuration;

/// <summary>Akka.NET's parser takes a file that ends too early, or goes on after its end, for a shorter one. This finds it: every bracket outside texts and comments must have its partner.</summary>
internal static class HoconBrackets
{
    /// <summary>What is wrong with the text, with its line; nothing, when its brackets match.</summary>
    public static string? Problem(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // The parser looks for its end for ever.
        if (text.Contains("${?", StringComparison.Ordinal)) return "optional substitutions (${?...}) are not supported; the environment is laid over files by itself";
        var open = new Stack<(char Bracket, int Line)>();
        var line = 1;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\n':
                    line++;
                    break;
                case '#':
                case '/' when text.AsSpan(i).StartsWith("//"):
                    i = EndOfLine(text, i) - 1;
                    break;
                case '"':
                    if (EndOfText(text, i) is not { } end) return $"line {line}: a text that begins with \" does not end";
                    line += text.AsSpan(i, end - i).Count('\n');
                    i = end;
                    break;
                case '{' or '[':
                    open.Push((text[i], line));
                    break;
                case '}' or ']':
                    if (!open.TryPop(out var begun)) return $"line {line}: nothing is open that {text[i]} could close";
                    if (begun.Bracket == '{' != (text[i] == '}')) return $"line {line}: {text[i]} cannot close the {begun.Bracket} of line {begun.Line}";
                    break;
                case '\0' or '\uFFFD':
                    return $"line {line}: this is no text in UTF-8";
            }
        }

        return open.TryPeek(out var left) ? $"line {left.Line}: {left.Bracket} is never closed" : null;
    }

    private static int EndOfLine(string text, int from) => text.IndexOf('\n', from) is >= 0 and var end ? end : text.Length;

    // The last quotation mark of the text that begins here.
    private static int? EndOfText(string text, int from)
    {
        if (text.AsSpan(from).StartsWith("\"\"\"")) return text.IndexOf("\"\"\"", from + 3, StringComparison.Ordinal) is >= 0 and var end ? end + 2 : null;
        for (var i = from + 1; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '"') return i;
            else if (text[i] == '\n') return null;
        }

        return null;
    }
}
