using NetworkCluster.Containers;

namespace NetworkCluster.Hosts;

/// <summary>What makes sense for a container by itself.</summary>
public static class ContainerRules
{
    /// <summary>Everything that is wrong with the container by itself.</summary>
    public static IEnumerable<string> Problems(ContainerSpec spec)
    {
        if (NameProblem(spec.Name) is { } name) yield return name;
        if (spec.Hostname is { } hostname && !IsHostname(hostname)) yield return $"invalid hostname {hostname}: 1 to 63 letters, digits, dots and dashes";
        foreach (var problem in CommandProblems(spec.Command).Concat(CommandProblems(spec.Environment)).Concat(EnvironmentProblems(spec.Environment))) yield return problem;
        if (spec.WorkingDirectory is { } directory && (!directory.StartsWith('/') || directory.Contains('\0'))) yield return $"the working directory '{directory}' is invalid, it needs to be an absolute path";
        foreach (var problem in spec.Resolver is { } resolver ? ResolverRules.Problems(resolver, spec.Mode) : []) yield return problem;
        if (spec.Ports is not { } ports) yield break;
        if (spec.Mode != SandboxMode.Own) yield return $"conflicting options: a container on the network {(spec.Mode == SandboxMode.Host ? "host" : "none")} has no ports to publish";
        foreach (var port in ports.Exposed.Concat(ports.Bindings.Select(binding => binding.Port)).Where(port => !IsPort(port.Number)).Distinct()) yield return $"invalid containerPort: {port.Number} (1 to 65535)";
        foreach (var binding in ports.Bindings)
        {
            if ((binding.First, binding.Last) is not (0, 0) && !(IsPort(binding.First) && IsPort(binding.Last) && binding.First <= binding.Last)) yield return $"invalid hostPort: {binding.First}-{binding.Last} (1 to 65535)";
            if (binding.Address is { IsIPv6: true, Value: var value } && value == 1) yield return "ports cannot be published at ::1: the kernel does not route it to a container; 127.0.0.1 works";
        }

        for (var i = 0; i < ports.Bindings.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (a, b) = (Fixed(ports.Bindings[i]), Fixed(ports.Bindings[j]));
                if (a.Number > 0 && a.Overlaps(b)) yield return $"port {a} is published twice: for {ports.Bindings[j].Port} and for {ports.Bindings[i].Port}";
            }
        }
    }

    /// <summary>Words that no program can be told.</summary>
    public static IEnumerable<string> CommandProblems(IEnumerable<string> words) =>
        words.Where(word => word.Contains('\0')).Select(word => $"invalid word {word.Replace("\0", "\\0", StringComparison.Ordinal)}: a word has no NUL in it");

    /// <summary>Variables without a name, or without a value.</summary>
    public static IEnumerable<string> EnvironmentProblems(IEnumerable<string> environment) =>
        environment.Where(variable => variable.IndexOf('=') <= 0).Select(variable => $"invalid environment variable: {variable}");

    private static bool IsPort(int number) => number is >= 1 and <= 65535;

    private static HostPort Fixed(PortBinding binding) => new(binding.Address, binding.First == binding.Last ? binding.First : 0, binding.Port.Protocol);

    /// <summary>Why no container can be called so; otherwise nothing.</summary>
    public static string? NameProblem(string name) =>
        IsName(name) ? null : $"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, 2 to 63 characters";

    private static bool IsName(string name) =>
        name is { Length: >= 2 and <= 63 } && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static bool IsHostname(string name) =>
        name is { Length: >= 1 and <= 63 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-') && name[0] != '-';
}
