using System.Text.RegularExpressions;

namespace NetworkCluster.Configuration;

/// <summary>Everything that is wrong with how the host was started, at once, each in one line that says what to do. What is wrong is quoted, but for passwords: this goes to a terminal and into logs.</summary>
internal sealed partial class ConfigurationProblemException : Exception
{
    public ConfigurationProblemException(IReadOnlyList<string> problems) : base(string.Join(Environment.NewLine, problems.Select(Masked))) => Problems = [.. problems.Select(Masked)];

    public IReadOnlyList<string> Problems { get; }

    // As connection strings name it, up to the next part.
    [GeneratedRegex("""\b(password|pwd|passphrase|secret|token)(\s*[=:]\s*)("[^"]*"?|'[^']*'?|[^;'"\r\n]*)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Secrets();

    private static string Masked(string problem) => Secrets().Replace(problem, "$1$2***");
}
