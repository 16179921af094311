using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NetworkCluster.Commands;

/// <summary>The wire's JSON, generated at build time: the client is compiled ahead of time and has no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ImmutableArray<PaletteSpec>))]
[JsonSerializable(typeof(CommandRequest))]
[JsonSerializable(typeof(Frame))]
[JsonSerializable(typeof(ImmutableArray<string>))]
public sealed partial class PaletteJson : JsonSerializerContext;
