using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using NetworkCluster.Addressing;
using NetworkCluster.Endpoints;

namespace NetworkCluster.Ipam;

/// <summary>Who holds an address: an endpoint's id, <c>gateway</c>, <c>aux:NAME</c>, or while nobody has it, <c>reserved:NAME</c>. Asking a pool again with the same handle gives the same address.</summary>
[JsonConverter(typeof(ParsableJsonConverter<AddressHandle>))]
public readonly record struct AddressHandle : IParsable<AddressHandle>
{
    private readonly string? _value;

    private AddressHandle(string value) => _value = value;

    /// <summary>The network's own address, its gateway.</summary>
    public static AddressHandle Gateway { get; } = new("gateway");

    /// <summary>An endpoint.</summary>
    public static AddressHandle Of(EndpointId endpoint) => new(endpoint.ToString());

    /// <summary>An auxiliary address that the operator keeps out of the pool under a name.</summary>
    public static AddressHandle Aux(string name) => new($"aux:{name}");

    /// <summary>An address that nobody has, kept for an owner.</summary>
    public static AddressHandle Reserved(string owner) => new($"reserved:{owner}");

    /// <summary>The endpoint, where this is one.</summary>
    public EndpointId? Endpoint => EndpointId.TryParse(_value, null, out var id) ? id : null;

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";

    /// <summary>From the end alone, which is where handles differ: an id is random all along.</summary>
    public override int GetHashCode() => string.GetHashCode(_value.AsSpan()[^Math.Min(16, _value?.Length ?? 0)..]);

    /// <summary>Parses any of the four forms.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static AddressHandle Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var handle) ? handle : throw new FormatException($"'{s}' is not an endpoint id, 'gateway', 'aux:NAME' or 'reserved:NAME'");

    /// <summary>Parses any of the four forms; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out AddressHandle result)
    {
        var valid = s == "gateway" || HexId.IsValid(s) || (s is not null && (s.StartsWith("aux:", StringComparison.Ordinal) || s.StartsWith("reserved:", StringComparison.Ordinal)));
        result = valid ? new(s!) : default;
        return valid;
    }
}
