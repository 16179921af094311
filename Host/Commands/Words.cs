using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Endpoints;

namespace NetworkCluster.Commands;

/// <summary>Words that several commands take, turned into values.</summary>
internal static class Words
{
    /// <summary><c>KEY=VALUE</c> words; a key alone has the empty value, a key given twice its last one.</summary>
    public static ImmutableSortedDictionary<string, string> KeyValues(this Invocation invocation, string option)
    {
        var result = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var word in invocation.Values(option))
        {
            var equals = word.IndexOf('=');
            if (equals == 0 || word.Length == 0) throw new UsageException($"invalid value '{word}' for --{option}: KEY=VALUE is wanted");
            result[equals < 0 ? word : word[..equals]] = equals < 0 ? "" : word[(equals + 1)..];
        }

        return result.ToImmutable();
    }

    /// <summary>The wishes for one endpoint.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="aliasOption"><c>alias</c> with connect, <c>network-alias</c> with run.</param>
    public static EndpointSettings EndpointSettings(this Invocation invocation, string aliasOption) => new()
    {
        IPv4 = Address(invocation.Value("ip"), isIPv6: false),
        IPv6 = Address(invocation.Value("ip6"), isIPv6: true),
        LinkLocal = invocation.Values("link-local-ip") is { IsEmpty: false } links ? [.. links.Select(LinkLocal)] : null,
        Mac = invocation.Value("mac-address") is { } mac ? Mac(mac) : null,
        GatewayPriority = invocation.Parsed<int>("gw-priority"),
        Aliases = invocation.Values(aliasOption),
        Links = [.. invocation.Values("link").Select(Link)],
        DriverOptions = invocation.KeyValues("driver-opt"),
    };

    /// <summary>The options behind <see cref="EndpointSettings"/>.</summary>
    public static ImmutableArray<OptionSpec> EndpointOptions(string aliasOption) =>
    [
        new() { Name = aliasOption, ValueName = "name", Repeatable = true, Description = "Add network-scoped alias for the container" },
        new() { Name = "driver-opt", ValueName = "key=value", Repeatable = true, Description = "Driver options for the network" },
        new() { Name = "gw-priority", ValueName = "int", Description = "The default route and the published ports go by the network with the highest; among equals by the first", Default = "0" },
        new() { Name = "ip", ValueName = "address", Description = "IPv4 address (e.g., 172.30.100.104) of a network with a subnet of your own", Default = "the lowest free one" },
        new() { Name = "ip6", ValueName = "address", Description = "IPv6 address (e.g., 2001:db8::33)", Default = "the lowest free one" },
        new() { Name = "link", ValueName = "container[:alias]", Repeatable = true, Description = "Add link to another container: a private name for it", CompletedBy = "container" },
        new() { Name = "link-local-ip", ValueName = "address", Repeatable = true, Description = "Further address of the link itself, of 169.254.0.0/16 or fe80::/10" },
        new() { Name = "mac-address", ValueName = "mac", Description = "Link-layer address (e.g., 92:d0:c6:0a:29:33)", Default = "made from the IPv4 address" },
    ];

    private static InetAddress? Address(string? word, bool isIPv6) => word is null ? null
        : InetAddress.TryParse(word, out var address) && address.IsIPv6 == isIPv6 ? address
        : throw new UsageException($"Invalid IPv{(isIPv6 ? 6 : 4)} address: {word}");

    private static MacAddress Mac(string word) => MacAddress.TryParse(word, null, out var mac) ? mac : throw new UsageException($"{word} is not a valid mac address");

    /// <summary>A link-local address; whether it is one is for its network to say.</summary>
    /// <exception cref="UsageException">It is no address.</exception>
    public static InetAddress LinkLocal(string word) => InetAddress.TryParse(word, out var address) ? address : throw new UsageException($"Invalid link-local IP address: [{word}]");

    private static ContainerLink Link(string word)
    {
        if (word.Length == 0) throw new UsageException("empty string specified for links");
        // To Docker a container is /NAME.
        var named = word[0] == '/' ? word[1..] : word;
        var colon = named.IndexOf(':');
        var (target, alias) = colon < 0 ? (named, named) : (named[..colon], named[(colon + 1)..]);
        return target.Length > 0 && alias.Length > 0 && !alias.Contains(':')
            ? new(target, alias)
            : throw new UsageException($"bad format for links: {word}");
    }
}
