using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using NetworkCluster.Addressing;
using NetworkCluster.Commands;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.DockerApi;

/// <summary>Texts of requests as values. Docker's clients send an empty text where they mean none.</summary>
internal static class DockerValues
{
    /// <summary>The subnets that were asked for.</summary>
    /// <exception cref="UsageException">One is no subnet, or an address of it is none.</exception>
    public static ImmutableArray<PoolRequest> Pools(IpamBody? ipam) =>
    [
        .. (ipam?.Config ?? []).Select(config => config ?? throw Invalid("invalid JSON: an entry of IPAM.Config is null")).Select(config => new PoolRequest
        {
            Subnet = Block(config.Subnet),
            IpRange = Block(config.IpRange),
            Gateway = Address(config.Gateway, "gateway"),
            Auxiliary = [.. (config.AuxiliaryAddresses ?? ImmutableDictionary<string, string>.Empty).OrderBy(aux => aux.Key, StringComparer.Ordinal).Select(aux => new AuxiliaryAddress(aux.Key, Address(aux.Value, "auxiliary address") ?? throw Invalid($"auxiliary address {aux.Key} is empty")))],
        }),
    ];

    /// <summary>The wishes for an endpoint.</summary>
    /// <exception cref="UsageException">One makes no sense.</exception>
    public static EndpointSettings Settings(EndpointBody? body)
    {
        if (body is null) return EndpointSettings.None;
        return new()
        {
            IPv4 = Address(body.Addresses?.IPv4Address, "IPv4 address"),
            IPv6 = Address(body.Addresses?.IPv6Address, "IPv6 address"),
            LinkLocal = body.Addresses?.LinkLocalIPs is { Count: > 0 } links ? [.. links.Select(Words.LinkLocal)] : null,
            Mac = body.MacAddress is { Length: > 0 } mac ? MacAddress.TryParse(mac, null, out var parsed) ? parsed : throw Invalid($"invalid MAC address: {mac}") : null,
            GatewayPriority = body.GwPriority is 0 ? null : body.GwPriority,
            Aliases = [.. body.Aliases ?? []],
            Links = [.. (body.Links ?? []).Select(Link)],
            DriverOptions = Sorted(body.DriverOpts),
        };
    }

    /// <summary>Docker's two encodings of filters, <c>{"key":["value"]}</c> and <c>{"key":{"value":true}}</c>, as <c>key=value</c> words.</summary>
    /// <exception cref="UsageException">It is neither.</exception>
    public static ImmutableArray<string> Filters(HttpContext http)
    {
        if (http.Request.Query["filters"] is not [{ Length: > 0 } text]) return [];
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Null) return [];
            return [.. document.RootElement.EnumerateObject().SelectMany(key => Values(key.Value).Select(value => $"{key.Name}={value}"))];
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            throw Invalid("invalid filter: filters is an object of lists, {\"key\":[\"value\"]}");
        }
    }

    private static IEnumerable<string> Values(JsonElement values) => values.ValueKind switch
    {
        JsonValueKind.Null => [],
        JsonValueKind.Array => values.EnumerateArray().Select(value => value.GetString()!),
        _ => values.EnumerateObject().Where(value => value.Value.GetBoolean()).Select(value => value.Name),
    };

    /// <summary>Whether a switch of the query is on.</summary>
    public static bool Flag(HttpContext http, string name) => Flag(http.Request.Query, name);

    /// <inheritdoc cref="Flag(HttpContext, string)"/>
    public static bool Flag(IQueryCollection query, string name) => query[name] is ["1" or "true" or "True" or "TRUE" or "t"];

    /// <summary>Whether the query says no.</summary>
    public static bool Denied(IQueryCollection query, string name) => query[name] is ["0" or "false" or "False" or "FALSE" or "f"];

    /// <summary>The size of a window: <c>h</c> rows, <c>w</c> columns.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static TerminalSize WindowSize(this HttpContext http) =>
        ushort.TryParse(http.Request.Query["h"], NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && ushort.TryParse(http.Request.Query["w"], NumberStyles.None, CultureInfo.InvariantCulture, out var columns)
            ? new(rows, columns)
            : throw new UsageException($"h and w are a terminal's rows and columns: '{http.Request.Query["h"]}' and '{http.Request.Query["w"]}' are not");

    /// <summary>Sorted; none: empty.</summary>
    public static ImmutableSortedDictionary<string, string> Sorted(IReadOnlyDictionary<string, string>? pairs) => (pairs ?? ImmutableDictionary<string, string>.Empty).ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value ?? "", StringComparer.Ordinal);

    private static ContainerLink Link(string text)
    {
        if (text is not { Length: > 0 }) throw Invalid("empty string specified for links");
        var parts = text.Split(':');
        return parts is [{ Length: > 0 } target, ..] && parts.Length <= 2 && parts[^1].Length > 0 ? new(target, parts[^1]) : throw Invalid($"bad format for links: {text}");
    }

    private static Subnet? Block(string? text)
    {
        if (text is not { Length: > 0 }) return null;
        if (Subnet.TryParse(text, out var subnet)) return subnet;
        throw Invalid(Subnet.TrySplit(text, out var address, out var prefix) ? $"invalid network config: invalid subnet {text}: it should be {Subnet.Around(address, prefix)}" : $"invalid network config: invalid CIDR address: {text}");
    }

    private static InetAddress? Address(string? text, string what) =>
        text is not { Length: > 0 } ? null : InetAddress.TryParse(text, out var address) ? address : throw Invalid($"invalid {what}: {text}");

    private static UsageException Invalid(string message) => new(message);
}
