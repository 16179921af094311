namespace NetworkCluster.Pbm;

/// <summary>What a shell needs to complete our command lines: it asks this program, which asks the host.</summary>
internal static class ShellCompletion
{
    /// <summary>For <c>eval "$(pbm --completion bash)"</c>.</summary>
    private const string Bash = """
        _pbm() {
            local IFS=$'\n'
            COMPREPLY=($("${COMP_WORDS[0]}" --complete "${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
            [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
        }
        complete -o default -F _pbm pbm ./pbm
        """;

    /// <summary>What the shell runs.</summary>
    /// <exception cref="UsageError">There is nothing for that shell.</exception>
    public static string Script(IReadOnlyList<string> shells) =>
        shells is ["bash"] ? Bash : throw new UsageError($"--completion takes the name of a shell, and there is only bash{(shells is [var other, ..] ? $", not {other}" : "")}: eval \"$(pbm --completion bash)\"");

    /// <summary>The words before the command (which host, by which certificate), and the command as far as it was typed.</summary>
    public static (List<string> Before, string Command) Split(string line)
    {
        var before = new List<string>();
        var rest = After(line);
        while (Own(rest) is var count and > 0)
        {
            for (var i = 0; i < count; i++, rest = After(rest)) before.Add(First(rest));
        }

        return (before, rest);
    }

    // How many words at the beginning are not the command's. One that is still being typed is none.
    private static int Own(string text) => !text.Contains(' ', StringComparison.Ordinal) ? 0
        : First(text) == Target.CertPath ? (After(text).Contains(' ', StringComparison.Ordinal) ? 2 : 0)
        : Target.HasCertPath(First(text)) || HostAddress.TryParse(First(text), out _) ? 1
        : 0;

    private static string First(string text) => text.Split(' ', 2)[0];

    private static string After(string text) => text.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var at ? text[(at + 1)..].TrimStart(' ') : "";
}
