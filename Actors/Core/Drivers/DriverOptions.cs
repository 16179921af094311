using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Drivers;

/// <summary>Checks and reads option values by the form their <see cref="DriverOption"/> declares.</summary>
public static class DriverOptions
{
    private const int LongestTtlSeconds = 86_400;

    /// <summary>How long clients may keep the addresses of a network's containers.</summary>
    public static DriverOption DnsTtl { get; } = new("network-cluster.dns.ttl", OptionKind.Seconds, "how long clients may keep an answer about a container of the network, in seconds; network-cluster.dns.ttl of the host without it");

    /// <summary>How long clients may keep the addresses of the network's containers, where its options say so.</summary>
    public static uint? TtlSeconds(this NetworkSpec network) => network.Options.TryGetValue(DnsTtl.Name, out var text) ? ParseSeconds(text) : null;

    /// <summary>All that is wrong with a request's options.</summary>
    public static IEnumerable<DriverProblem> Check(string driver, ImmutableArray<DriverOption> known, NetworkRequest request)
    {
        var leastMtu = request.EnableIPv6 || request.Pools.Any(p => p.Subnet is { IsIPv6: true }) ? 1280 : 68;
        foreach (var (name, value) in request.Options)
        {
            if (known.FirstOrDefault(o => o.Name == name) is not { } option) yield return new UnknownOption(driver, name, [.. known.Select(o => o.Name)]);
            else if (Check(option, value, leastMtu) is { } problem) yield return problem;
        }
    }

    /// <summary>A truth value as Go's strconv.ParseBool reads it; none for anything else.</summary>
    public static bool? ParseBool(string value) => value switch
    {
        "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
        _ => null,
    };

    /// <summary>The option's truth value, or what it is without the option.</summary>
    public static bool Flag(this NetworkSpec network, string option, bool otherwise) =>
        network.Options.TryGetValue(option, out var value) ? ParseBool(value) ?? otherwise : otherwise;

    /// <summary>The option's number of bytes, or what it is without the option.</summary>
    public static int MtuBytes(this NetworkSpec network, int otherwise, params ReadOnlySpan<string> options)
    {
        foreach (var option in options)
        {
            if (network.Options.TryGetValue(option, out var value) && int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bytes)) return bytes;
        }

        return otherwise;
    }

    private static DriverProblem? Check(DriverOption option, string value, int leastMtu) => option.Kind switch
    {
        OptionKind.Bool => ParseBool(value) is null ? new BadBool(option.Name, value) : null,
        OptionKind.Mtu when !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => new BadNumber(option.Name, value),
        OptionKind.Mtu => long.Parse(value, CultureInfo.InvariantCulture) is var bytes && (bytes < leastMtu || bytes > 65535) ? new BadMtu(bytes, leastMtu) : null,
        OptionKind.LinkName when value.Length > 15 => new LinkNameTooLong(value),
        OptionKind.LinkName => value is "" or "." or ".." || value.Any(c => c is '/' or ':' || !char.IsAscii(c) || char.IsControl(c) || char.IsWhiteSpace(c)) ? new BadLinkName(option.Name, value) : null,
        OptionKind.IPv4 => InetAddress.TryParse(value, out var address) && !address.IsIPv6 ? null : new BadIPv4(option.Name, value),
        OptionKind.Seconds => ParseSeconds(value) is null ? new BadSeconds(option.Name, value, LongestTtlSeconds) : null,
        _ => throw new ArgumentOutOfRangeException(nameof(option)),
    };

    private static uint? ParseSeconds(string text) =>
        uint.TryParse(text.EndsWith('s') ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= LongestTtlSeconds ? seconds : null;
}
