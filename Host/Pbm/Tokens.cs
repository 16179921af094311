using NetworkCluster.Commands;

namespace NetworkCluster.Pbm;

/// <summary>
/// Brings the words of one command into the form that the parser wants, keeping the habits of Docker's command line: <c>-eA=B</c>, <c>-itd</c>,
/// <c>--ipv6=true</c>, and everything from somebody else's command line on passed as it is. The parser would take an unknown option for a positional word.
/// </summary>
internal static class Tokens
{
    /// <summary>One word for each option and each value, switches without values, and <c>--</c> before the verbatim tail.</summary>
    /// <exception cref="UsageError">An option is unknown.</exception>
    public static IReadOnlyList<string> Normalise(CommandSpec command, IReadOnlyList<string> words)
    {
        var result = new List<string>();
        Add(command, words, result);
        result.RemoveAll(word => ReferenceEquals(word, Withdrawn));
        return result;
    }

    // In the place of a switch that was switched off later: the last one counts, as in Docker.
    private static readonly string Withdrawn = new('-', 1);

    private static void Add(CommandSpec command, IReadOnlyList<string> words, List<string> result)
    {
        var switches = new Dictionary<string, List<int>>();
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
                return;
            }

            if (!IsOption(word))
            {
                positional++;
                result.Add(word);

                // Docker stops looking for its own options at the first positional word of such a command.
                if (positional != leading) continue;
                result.Add("--");
                result.AddRange(words.Skip(i + 1));
                return;
            }

            i += AddOption(command, words, i, result, switches);
        }
    }

    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-';

    /// <returns>How many further words belong to the option.</returns>
    private static int AddOption(CommandSpec command, IReadOnlyList<string> words, int at, List<string> result, Dictionary<string, List<int>> switches)
    {
        var word = words[at];
        return word.StartsWith("--", StringComparison.Ordinal) ? AddLong(command, words, at, result, switches) : AddShort(command, words, at, result, switches);
    }

    private static int AddLong(CommandSpec command, IReadOnlyList<string> words, int at, List<string> result, Dictionary<string, List<int>> switches)
    {
        var equals = words[at].IndexOf('=');
        var name = equals < 0 ? words[at] : words[at][..equals];
        var value = equals < 0 ? null : words[at][(equals + 1)..];
        var option = ClientOptions.Find(command, name[2..]) ?? throw Unknown(command, name);
        if (option.IsSwitch && value is not (null or "true" or "false")) throw new UsageError($"option {name} takes true or false, or no value");
        if (option.IsSwitch)
        {
            if (value != "false") Switch(name, option, result, switches);
            else foreach (var on in switches.GetValueOrDefault(option.Name, [])) result[on] = Withdrawn;
            return 0;
        }

        result.Add(name);
        if (value is null) return AddValue(words, at, result);
        result.Add(value);
        return 0;
    }

    private static int AddShort(CommandSpec command, IReadOnlyList<string> words, int at, List<string> result, Dictionary<string, List<int>> switches)
    {
        var word = words[at];
        for (var i = 1; i < word.Length; i++)
        {
            var option = ClientOptions.Find(command, word[i]) ?? throw Unknown(command, word);
            if (option.IsSwitch)
            {
                Switch($"-{word[i]}", option, result, switches);
                continue;
            }

            result.Add($"-{word[i]}");
            if (i == word.Length - 1) return AddValue(words, at, result);
            result.Add(word[i + 1] == '=' ? word[(i + 2)..] : word[(i + 1)..]);
            return 0;
        }

        return 0;
    }

    private static void Switch(string word, OptionSpec option, List<string> result, Dictionary<string, List<int>> switches)
    {
        if (!switches.TryGetValue(option.Name, out var places)) switches[option.Name] = places = [];
        places.Add(result.Count);
        result.Add(word);
    }

    private static int AddValue(IReadOnlyList<string> words, int at, List<string> result)
    {
        // "--link -- name" is a forgotten value, which the parser reports.
        if (at + 1 >= words.Count || words[at + 1] == "--") return 0;
        result.Add(words[at + 1]);
        return 1;
    }

    private static UsageError Unknown(CommandSpec command, string word) =>
        new($"unknown option: {word}{Suggestion.For(word, command.Options.Concat(ClientOptions.For(command)).Select(o => $"--{o.Name}"))}");
}
