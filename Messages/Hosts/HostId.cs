using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using NetworkCluster.Addressing;

namespace NetworkCluster.Hosts;

/// <summary>The name of a host: 1 to 63 of <c>a-z A-Z 0-9 . - _</c>, beginning with a letter or digit, and not <c>global</c> (that is an address space).</summary>
[JsonConverter(typeof(ParsableJsonConverter<HostId>))]
public readonly record struct HostId : IParsable<HostId>
{
    private readonly string? _value;

    private HostId(string value) => _value = value;

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";

    /// <summary>Parses the host's name.</summary>
    /// <exception cref="FormatException">The text is no host name.</exception>
    public static HostId Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a host id: 1 to 63 letters, digits, dots, dashes or underscores, first a letter or digit, not 'global'");

    /// <summary>Parses the host's name; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out HostId result)
    {
        result = default;
        if (s is not { Length: >= 1 and <= 63 } || !char.IsAsciiLetterOrDigit(s[0]) || s == "global") return false;
        if (s.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_'))) return false;
        result = new(s);
        return true;
    }
}
