using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NetworkCluster.Pbm;

/// <summary>Where the host listens.</summary>
/// <param name="Name">A name or address; IPv6 in brackets.</param>
/// <param name="Port">1 to 65535.</param>
internal readonly record struct HostAddress(string Name, int Port)
{
    /// <summary>Where a host listens when nobody says otherwise.</summary>
    public static HostAddress Default { get; } = new("127.0.0.1", 9110);

    /// <summary>The root of the host's HTTP addresses.</summary>
    public Uri Root => new($"http://{this}/");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}:{Port}");

    /// <summary>Parses <c>host:port</c>; false for anything else. A word without a port is no address: it is a palette.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out HostAddress address)
    {
        address = default;
        if (text is null || text.LastIndexOf(':') is var colon && colon < 1) return false;
        var name = text[..colon];
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535) return false;
        if (Uri.CheckHostName(name) == UriHostNameType.Unknown) return false;
        if (name.Contains(':') && name[0] != '[') return false;
        address = new(name, port);
        return true;
    }
}
