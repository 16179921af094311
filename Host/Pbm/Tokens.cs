using NetworkCluster.Commands;

namespace NetworkCluster.Pbm;

/// <summary>
/// Brings the words of one command into the form that the parser wants, keeping the habits of Docker's command line: <c>-eA=B</c>, <c>--ipv6=true</c>,
/// and everything from somebody else's command line on passed as it is.
/// </summary>
internal static class Tokens
{
    /// <summary>The words with attached short values split off, switches without values, and <c>--</c> before the verbatim tail.</summary>
    public static IReadOnlyList<string> Normalise(CommandSpec command, IReadOnlyList<string> words)
    {
        var result = new List<string>();
        var positional = 0;
        var leading = command.HasVerbatimTail ? command.Arguments.Length - 1 : int.MaxValue;
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            var ends = word == "--";
            if (ends || (positional == leading && !IsOption(word)))
            {
                result.Add("--");
                result.AddRange(words.Skip(ends ? i + 1 : i));
                return result;
            }

            if (!IsOption(word))
            {
                positional++;
                result.Add(word);

                // Docker stops looking for its own options at the first positional word of such a command.
                if (positional != leading) continue;
                result.Add("--");
                result.AddRange(words.Skip(i + 1));
                return result;
            }

            i += AddOption(command, words, i, result);
        }

        return result;
    }

    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-';

    /// <returns>How many further words belong to the option.</returns>
    private static int AddOption(CommandSpec command, IReadOnlyList<string> words, int at, List<string> result)
    {
        var word = words[at];
        if (word.StartsWith("--", StringComparison.Ordinal))
        {
            var (name, value) = word.IndexOf('=') is var equals && equals > 0 ? (word[2..equals], word[(equals + 1)..]) : (word[2..], null);
            if (ClientOptions.Find(command, name) is { IsSwitch: true } && value is "true" or "false")
            {
                if (value == "true") result.Add($"--{name}");
                return 0;
            }

            return Take(command, ClientOptions.Find(command, name), value is not null, word, words, at, result);
        }

        for (var letter = 1; letter < word.Length; letter++)
        {
            var option = ClientOptions.Find(command, word[letter]);
            if (option is null) break;
            if (option.IsSwitch) continue;
            if (letter > 1) result.Add(word[..letter]);
            if (letter == word.Length - 1) return Take(command, option, false, $"-{word[letter]}", words, at, result);
            result.Add($"-{word[letter]}");
            result.Add(word[letter + 1] == '=' ? word[(letter + 2)..] : word[(letter + 1)..]);
            return 0;
        }

        result.Add(word);
        return 0;
    }

    private static int Take(CommandSpec command, OptionSpec? option, bool hasValue, string word, IReadOnlyList<string> words, int at, List<string> result)
    {
        result.Add(word);
        if (option is null or { IsSwitch: true } || hasValue || at + 1 >= words.Count) return 0;

        // "--link -- name" is a forgotten value, which the parser reports.
        if (words[at + 1] == "--" && command.HasVerbatimTail) return 0;
        result.Add(words[at + 1]);
        return 1;
    }
}
