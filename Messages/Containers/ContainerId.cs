using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using NetworkCluster.Addressing;

namespace NetworkCluster.Containers;

/// <summary>The id of a container: 64 lower-case hexadecimal digits, chosen by whoever sends the creating command, so that a retry is the same command.</summary>
[JsonConverter(typeof(ParsableJsonConverter<ContainerId>))]
public readonly record struct ContainerId : IParsable<ContainerId>
{
    private readonly string? _value;

    private ContainerId(string value) => _value = value;

    /// <summary>The first 12 digits, as people see it.</summary>
    public string Short => ToString()[..12];

    /// <inheritdoc/>
    public override string ToString() => _value ?? HexId.Zero;

    /// <summary>Parses exactly 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static ContainerId Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not 64 hexadecimal digits");

    /// <summary>Parses exactly 64 lower-case hexadecimal digits; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ContainerId result)
    {
        result = HexId.IsValid(s) ? new(s) : default;
        return HexId.IsValid(s);
    }
}
