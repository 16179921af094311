using System.Collections.Immutable;
using System.Text;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;

namespace NetworkCluster.Dataplane;

/// <summary>One endpoint as its sandbox sees it.</summary>
/// <param name="Link">The name of its link there, <c>ethN</c>.</param>
/// <param name="Addresses">Its addresses.</param>
/// <param name="GatewayIPv4">Where it can lead the sandbox's IPv4 traffic; none for internal networks.</param>
/// <param name="GatewayIPv6">The same for IPv6.</param>
/// <param name="Priority">The default route goes to the one with the highest, among equals to the one that came first.</param>
public sealed record SandboxEndpoint(string Link, ImmutableArray<InetAddress> Addresses, InetAddress? GatewayIPv4, InetAddress? GatewayIPv6, int Priority = 0);

/// <summary>A line of a hosts file.</summary>
/// <param name="Address">The address.</param>
/// <param name="Names">Its names, one space between them.</param>
public sealed record HostsEntry(InetAddress Address, string Names);

/// <summary>What a sandbox as a whole should look like, whatever its endpoints are: default routes, published ports, resolver and hosts file.</summary>
public static class SandboxShape
{
    /// <summary>The lowest <c>ethN</c> that is not in use.</summary>
    public static string FreeLink(IEnumerable<string> used)
    {
        var taken = used.ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(0, int.MaxValue).Select(n => $"eth{n}").First(name => !taken.Contains(name));
    }

    /// <summary>
    /// The sandbox with these endpoints, in the order they came. Its published ports of a family lead to the endpoint that has the family's default route, so that
    /// answers leave as the questions came; when that one goes, to the next.
    /// </summary>
    public static Wanted Describe(WantedSandbox sandbox, string hostname, IReadOnlyList<SandboxEndpoint> endpoints, IReadOnlyList<PublishedPort> ports, IReadOnlyList<HostsEntry> names, ContainerResolver? resolver = null)
    {
        var netns = new Netns(sandbox.Name);
        var v4 = endpoints.Where(e => e.GatewayIPv4 is not null).MaxBy(e => e.Priority);
        var v6 = endpoints.Where(e => e.GatewayIPv6 is not null).MaxBy(e => e.Priority);
        return new Wanted
        {
            Sandboxes = [sandbox],
            Routes =
            [
                .. v4 is null ? Array.Empty<Route>() : [Route.Default(netns, v4.GatewayIPv4!.Value, v4.Link)],
                .. v6 is null ? Array.Empty<Route>() : [Route.Default(netns, v6.GatewayIPv6!.Value, v6.Link)],
            ],
            Ports = [.. ports.SelectMany(port => MappingKey.Of(port.Host))],
            Mappings = [.. ports.SelectMany(port => MappingKey.Of(port.Host).SelectMany(key => Mapping(key, port.Port, key.IsIPv6 ? v6 : v4)))],
            Files =
            [
                new SandboxFile(sandbox.Name, "resolv.conf", ResolvConf(resolver ?? new())),
                new SandboxFile(sandbox.Name, "hosts", Hosts(hostname, endpoints.SelectMany(e => e.Addresses), [.. names, .. (resolver?.Hosts ?? []).Select(host => new HostsEntry(host.Address, host.Name))])),
            ],
        };
    }

    private static IEnumerable<PortMapping> Mapping(MappingKey key, int port, SandboxEndpoint? gateway) =>
        (gateway?.Addresses ?? []).Where(address => address.IsIPv6 == key.IsIPv6).Take(1).Select(address => new PortMapping(key, address, port));

    // Only our resolver, which asks others where that is wished; no search list of the host's; dots do not matter to names of containers.
    private static string ResolvConf(ContainerResolver resolver)
    {
        var search = resolver.Search is [] or ["."] ? "" : $"search {string.Join(' ', resolver.Search)}\n";
        string[] dots = resolver.Options.Any(option => option.StartsWith("ndots:", StringComparison.Ordinal)) ? [] : ["ndots:0"];
        return $"nameserver 127.0.0.11\n{search}options {string.Join(' ', [.. dots, .. resolver.Options])}\n";
    }

    private static string Hosts(string hostname, IEnumerable<InetAddress> own, IEnumerable<HostsEntry> names)
    {
        var text = new StringBuilder("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nff00::0\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n");
        foreach (var entry in names) text.Append($"{entry.Address}\t{entry.Names}\n");
        foreach (var address in own) text.Append($"{address}\t{hostname}\n");
        return text.ToString();
    }
}
