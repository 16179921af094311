using NetworkCluster.Commands;

namespace NetworkCluster.Pbm;

/// <summary>The options that may stand before the palette.</summary>
internal static class GlobalOptions
{
    /// <summary>Takes them off the front.</summary>
    /// <exception cref="UsageError">One is unknown, or has no value.</exception>
    public static (ViewOptions View, IReadOnlyList<string> Words) Split(IReadOnlyList<string> words)
    {
        var view = new ViewOptions();
        var at = 0;
        for (; at < words.Count && words[at].StartsWith('-') && words[at] is not ("--help" or "-h"); at++)
        {
            if (words[at] == "--json") view = view with { Json = true };
            else if (words[at] == "--no-color") view = view with { NoColor = true };
            else if (words[at] == "--format") view = view with { Format = ++at < words.Count ? words[at] : throw new UsageError("--format needs a template") };
            else if (words[at].StartsWith("--format=", StringComparison.Ordinal)) view = view with { Format = words[at]["--format=".Length..] };
            else if (words[at] == Target.CertPath || Target.HasCertPath(words[at])) throw new UsageError($"{words[at]} comes first, before other options");
            else throw new UsageError($"unknown option: {words[at]}{Suggestion.For(words[at], ["--json", "--no-color", "--format", "--help"])}");
        }

        // Where a host was given already, or none can be: somebody else's would be asked.
        if (at < words.Count && HostAddress.TryParse(words[at], out _)) throw new UsageError($"{words[at]} stands where a palette is to be: the host comes first, before options");
        return (view, [.. words.Skip(at)]);
    }
}
