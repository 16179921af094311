using NetworkCluster.Addressing;
using NetworkCluster.Containers;

namespace NetworkCluster.Hosts;

/// <summary>What makes sense for the resolver of a container: its words are written into files that programs of the container read.</summary>
internal static class ResolverRules
{
    private const int MaxNameCharacters = 253;

    /// <summary>Everything that is wrong with it.</summary>
    public static IEnumerable<string> Problems(ContainerResolver resolver, SandboxMode mode)
    {
        var asks = !resolver.Servers.IsEmpty || !resolver.Search.IsEmpty || !resolver.Options.IsEmpty;
        if (mode == SandboxMode.Host) yield return "conflicting options: a container on the network host has the host's own names, and neither servers, search domains, options nor hosts besides";
        if (mode == SandboxMode.None && asks) yield return "conflicting options: a container on the network none reaches no server to ask";
        if (resolver.Servers.Length > ContainerResolver.MaxListed) yield return $"{resolver.Servers.Length} DNS servers (at most {ContainerResolver.MaxListed})";
        if (resolver.Search.Length > ContainerResolver.MaxListed) yield return $"{resolver.Search.Length} DNS search domains (at most {ContainerResolver.MaxListed})";
        if (resolver.Options.Length > ContainerResolver.MaxListed) yield return $"{resolver.Options.Length} DNS options (at most {ContainerResolver.MaxListed})";
        if (resolver.Hosts.Length > ContainerResolver.MaxHosts) yield return $"{resolver.Hosts.Length} extra hosts (at most {ContainerResolver.MaxHosts})";
        foreach (var server in resolver.Servers.Where(server => !IsAsked(server))) yield return $"invalid DNS server {server}: servers are asked from the host, and this is the container's own, nobody's or many's";
        foreach (var domain in resolver.Search.Where(domain => !IsName(domain) && domain != ".")) yield return $"invalid DNS search domain '{domain}'";
        if (resolver.Search.Length > 1 && resolver.Search.Contains(".")) yield return "DNS search domain '.' means none, and stands alone";
        foreach (var option in resolver.Options.Where(option => !IsOption(option))) yield return $"invalid DNS option '{option}': one word as resolv.conf has it, ndots:2";
        foreach (var host in resolver.Hosts.Where(host => !IsName(host.Name))) yield return $"invalid extra host '{host.Name}': letters, digits, dots, dashes and underscores, at most {MaxNameCharacters}";
    }

    private static bool IsAsked(InetAddress server) => server.IsIPv6
        ? !server.IsUnspecified && server.Value != 1 && server.Value >> 120 != 0xff && server.Value >> 118 != 0xfe80 >> 6
        : (int)(server.Value >> 24) is > 0 and < 224 and not 127;

    private static bool IsName(string name) =>
        name is { Length: >= 1 and <= MaxNameCharacters } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && name.Split('.').All(label => label.Length is >= 1 and <= 63);

    private static bool IsOption(string option) => option is { Length: >= 1 and <= 64 } && option.All(c => c is > ' ' and < (char)127 and not '#' and not ';');
}
