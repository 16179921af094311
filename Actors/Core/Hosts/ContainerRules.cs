using NetworkCluster.Containers;

namespace NetworkCluster.Hosts;

/// <summary>What makes sense for a container by itself.</summary>
public static class ContainerRules
{
    /// <summary>Everything that is wrong with the container by itself.</summary>
    public static IEnumerable<string> Problems(ContainerSpec spec)
    {
        if (!IsName(spec.Name)) yield return $"Invalid container name ({spec.Name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, 2 to 63 characters";
        if (spec.Hostname is { } hostname && !IsHostname(hostname)) yield return $"invalid hostname {hostname}: 1 to 63 letters, digits, dots and dashes";
        foreach (var variable in spec.Environment.Where(variable => variable.IndexOf('=') <= 0)) yield return $"invalid environment variable: {variable}";
    }

    private static bool IsName(string name) =>
        name is { Length: >= 2 and <= 63 } && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static bool IsHostname(string name) =>
        name is { Length: >= 1 and <= 63 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-') && name[0] != '-';
}
