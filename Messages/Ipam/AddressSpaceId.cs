using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using NetworkCluster.Addressing;
using NetworkCluster.Hosts;

namespace NetworkCluster.Ipam;

/// <summary>The set in which names and subnets must be unique: <c>global</c>, or one per host under the host's id.</summary>
[JsonConverter(typeof(ParsableJsonConverter<AddressSpaceId>))]
public readonly record struct AddressSpaceId : IParsable<AddressSpaceId>
{
    private readonly string? _value;

    private AddressSpaceId(string value) => _value = value;

    /// <summary>The cluster's space.</summary>
    public static AddressSpaceId Global => default;

    /// <summary>Whether this is the cluster's space.</summary>
    public bool IsGlobal => _value is null;

    /// <summary>The space of one host.</summary>
    public static AddressSpaceId Of(HostId host) => new(host.ToString());

    /// <inheritdoc/>
    public override string ToString() => _value ?? "global";

    /// <summary>Parses <c>global</c> or a host id.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static AddressSpaceId Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is neither 'global' nor a host id");

    /// <summary>Parses <c>global</c> or a host id; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out AddressSpaceId result)
    {
        result = default;
        if (s == "global") return true;
        if (!HostId.TryParse(s, provider, out var host)) return false;
        result = Of(host);
        return true;
    }
}
