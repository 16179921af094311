using System.Collections.Immutable;

namespace NetworkCluster.Configuration;

/// <summary>The command line of the host process.</summary>
/// <param name="Files">Configuration files from the base up.</param>
/// <param name="Settings">path=value, the last one wins.</param>
/// <param name="Help">Whether only the usage is wanted.</param>
internal sealed record HostArguments(ImmutableArray<string> Files, ImmutableArray<string> Settings, bool Help)
{
    public const string Usage = """
        Usage: Akka.NetworkCluster.Host [--config FILE]... [--host-id NAME] [--data DIRECTORY] [--pbm ADDRESS:PORT] [--dataplane auto|linux|simulated] [--set PATH=VALUE]...

        Files lie over hocon/akka.conf in the order given; without any, hocon/standalone.conf is taken. Over the files lies the environment
        (NETWORK_CLUSTER__HOST_ID=h1, AKKA__...), over that the command line. All settings with their meaning: hocon/akka.conf.
        """;

    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["--host-id"] = "network-cluster.host-id",
        ["--data"] = "network-cluster.data-directory",
        ["--dataplane"] = "network-cluster.dataplane.mode",
    };

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ConfigurationProblemException">It does not make sense.</exception>
    public static HostArguments Parse(IReadOnlyList<string> args)
    {
        var hocon = Path.Combine(AppContext.BaseDirectory, "hocon");
        var (files, settings, help) = (new List<string>(), new List<string>(), false);
        for (var i = 0; i < args.Count; i++)
        {
            var (name, inline) = args[i].IndexOf('=') is var at && at > 0 && args[i].StartsWith("--", StringComparison.Ordinal) ? (args[i][..at], args[i][(at + 1)..]) : (args[i], null);
            if (name is "-h" or "--help") help = true;
            else if (name is not ("--config" or "--set" or "--pbm") && !Short.ContainsKey(name)) throw new ConfigurationProblemException([$"unknown argument {args[i]}", Usage]);
            else if ((inline ?? (i + 1 < args.Count ? args[++i] : null)) is not { } value) throw new ConfigurationProblemException([$"{name} takes a value", Usage]);
            else if (name == "--config") files.Add(value);
            else if (name == "--set") settings.Add(value);
            else if (name == "--pbm") settings.AddRange(Endpoint(value));
            else settings.Add($"{Short[name]}={value}");
        }

        return new([Path.Combine(hocon, "akka.conf"), .. files.Count > 0 ? files : [Path.Combine(hocon, "standalone.conf")]], [.. settings], help);
    }

    private static string[] Endpoint(string text) => text.LastIndexOf(':') is var colon && colon > 0
        ? [$"network-cluster.pbm.address={text[..colon].Trim('[', ']')}", $"network-cluster.pbm.port={text[(colon + 1)..]}"]
        : throw new ConfigurationProblemException([$"--pbm takes address:port, not '{text}'"]);
}
