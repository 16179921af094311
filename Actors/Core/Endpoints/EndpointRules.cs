using NetworkCluster.Addressing;

namespace NetworkCluster.Endpoints;

/// <summary>What makes sense for an endpoint by itself, whatever network it is for.</summary>
public static class EndpointRules
{
    private static readonly Subnet[] LinkLocal = [Subnet.Parse("169.254.0.0/16"), Subnet.Parse("fe80::/10")];

    /// <summary>Whether it is a link-local address as the kernel makes them for every link, out of its link-layer address: with ff:fe in the middle of the last 64 bits (RFC 4291, appendix A).</summary>
    public static bool IsKernels(InetAddress address) => LinkLocal[1].Contains(address) && ((ulong)address.Value >> 24 & 0xffff) == 0xfffe;

    /// <summary>Everything that is wrong with the settings by themselves.</summary>
    public static IEnumerable<string> Problems(EndpointSettings settings)
    {
        if (settings.IPv4 is { IsIPv6: true } notV4) yield return $"Invalid IPv4 address: {notV4}";
        if (settings.IPv6 is { IsIPv6: false } notV6) yield return $"Invalid IPv6 address: {notV6}";
        foreach (var address in settings.LinkLocal ?? [])
        {
            if (!LinkLocal.Any(block => block.Contains(address))) yield return $"invalid link local IP address: {address}";
            else if (LinkLocal.Any(block => block.Address == address || (block is { IsIPv6: false } && block.Last == address))) yield return $"invalid link local IP address: {address} (it is the first or the last of its block)";
            else if (IsKernels(address)) yield return $"{address} is of the form that the kernel gives to links itself (EUI-64)";
        }

        if (settings.Mac is { } mac && (mac.IsMulticast || mac.Value == 0)) yield return $"{mac} is not a MAC address that an interface can have";
        foreach (var alias in settings.Aliases.Where(alias => !IsName(alias))) yield return $"invalid alias \"{alias}\": 1 to 253 letters, digits, dots, dashes or underscores, and 1 to 63 between two dots";
        foreach (var link in settings.Links)
        {
            if (link.Target.Length == 0) yield return "empty string specified for links";
            else if (!IsName(link.Alias) || !IsTarget(link.Target)) yield return $"bad format for links: {link.Target}:{link.Alias}";
        }
    }

    /// <summary>Which of the settings have no effect where there is no link: with the host and null drivers.</summary>
    public static IEnumerable<string> WithoutLink(EndpointSettings settings)
    {
        if (settings.Mac is not null) yield return "MAC address";
        if (settings.LinkLocal is { IsEmpty: false }) yield return "link-local addresses";
        if (!settings.Links.IsEmpty) yield return "links";
        if (settings.GatewayPriority is not (null or 0)) yield return "gateway priority";
        if (!settings.DriverOptions.IsEmpty) yield return "driver options";
    }

    /// <summary>Whether a driver option speaks to Docker's networks. Others are kept and shown, as Docker does.</summary>
    public static bool IsOurs(string option) => option.StartsWith("com.docker.network.", StringComparison.Ordinal);

    // A container's name or id can be so.
    private static bool IsTarget(string text) => char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    // What a query can ask for: no other would ever be answered.
    private static bool IsName(string text) =>
        text.Length <= 253 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && text.Split('.').All(label => label.Length is >= 1 and <= 63);
}
