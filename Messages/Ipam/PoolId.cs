using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using NetworkCluster.Addressing;

namespace NetworkCluster.Ipam;

/// <summary>A pool's key: <c>space/subnet[/sub-pool]</c>, for example <c>host1/172.25.0.0/16</c> or <c>global/10.0.0.0/16/10.0.1.0/24</c>.</summary>
/// <param name="Space">The address space the subnet is taken from.</param>
/// <param name="Subnet">The whole subnet.</param>
/// <param name="SubPool">The part that addresses are picked from (Docker's ip-range); none is the whole subnet.</param>
[JsonConverter(typeof(ParsableJsonConverter<PoolId>))]
public readonly record struct PoolId(AddressSpaceId Space, Subnet Subnet, Subnet? SubPool = null) : IParsable<PoolId>
{
    /// <inheritdoc/>
    public override string ToString() => SubPool is { } sub ? $"{Space}/{Subnet}/{sub}" : $"{Space}/{Subnet}";

    /// <summary>Parses <c>space/subnet[/sub-pool]</c>.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static PoolId Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not space/subnet[/sub-pool]");

    /// <summary>Parses <c>space/subnet[/sub-pool]</c>; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PoolId result)
    {
        result = default;
        var parts = s?.Split('/') ?? [];
        if (parts.Length is not (3 or 5)) return false;
        if (!AddressSpaceId.TryParse(parts[0], provider, out var space) || !Subnet.TryParse($"{parts[1]}/{parts[2]}", out var subnet)) return false;
        if (parts.Length == 3)
        {
            result = new(space, subnet);
            return true;
        }

        if (!Subnet.TryParse($"{parts[3]}/{parts[4]}", out var sub) || !subnet.Contains(sub)) return false;
        result = new(space, subnet, sub);
        return true;
    }
}
