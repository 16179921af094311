using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;

namespace NetworkCluster.Commands.Containers;

/// <summary>Docker's words for names and servers: <c>--dns</c>, <c>--dns-search</c>, <c>--dns-option</c>, <c>--add-host NAME:ADDRESS</c>.</summary>
internal static class ResolverWords
{
    /// <summary>Docker's word for an address at which a container reaches its host.</summary>
    private const string HostGateway = "host-gateway";

    /// <summary>The options.</summary>
    public static ImmutableArray<OptionSpec> Options { get; } =
    [
        new() { Name = "add-host", ValueName = "name:ip", Repeatable = true, Description = $"Add a line to the container's hosts file; {HostGateway} stands for an address of the host" },
        new() { Name = "dns", ValueName = "ip", Repeatable = true, Description = "Server for names that are not of its networks, asked from the host", Default = "the host's own" },
        new() { Name = "dns-option", ValueName = "option", Repeatable = true, Description = "Option of the resolver, as resolv.conf has it" },
        new() { Name = "dns-search", ValueName = "domain", Repeatable = true, Description = "Domain in which names without a dot are looked for", Default = "none" },
    ];

    /// <summary>What words say; none where they say nothing.</summary>
    /// <param name="servers">Addresses.</param>
    /// <param name="search">Domains.</param>
    /// <param name="options">Of the resolver.</param>
    /// <param name="hosts">Names and addresses, with a colon or an equals sign between them, an IPv6 address in brackets or without.</param>
    /// <param name="gateway">Asked for the host's address where somebody wants it.</param>
    /// <exception cref="UsageException">A word makes no sense.</exception>
    public static async Task<ContainerResolver?> OfAsync(IEnumerable<string> servers, IEnumerable<string> search, IEnumerable<string> options, IEnumerable<string> hosts, Func<Task<InetAddress>> gateway)
    {
        var lines = new List<ExtraHost>();
        foreach (var word in hosts)
        {
            if (word.Split([':', '='], 2) is not [{ Length: > 0 } name, { Length: > 0 } text]) throw new UsageException($"bad format for add-host: \"{word}\"");
            lines.Add(new(name, text == HostGateway ? await gateway() : Address(text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text, $"invalid IP address in add-host: \"{text}\"")));
        }

        var resolver = new ContainerResolver
        {
            Servers = [.. servers.Select(server => Address(server, $"{server} is not an ip address"))],
            Search = [.. search],
            Options = [.. options],
            Hosts = [.. lines],
        };
        return resolver is { Servers.IsEmpty: true, Search.IsEmpty: true, Options.IsEmpty: true, Hosts.IsEmpty: true } ? null : resolver;
    }

    private static InetAddress Address(string text, string problem) => InetAddress.TryParse(text, out var address) ? address : throw new UsageException(problem);
}
