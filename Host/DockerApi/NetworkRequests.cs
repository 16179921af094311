using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NetworkCluster.Commands.Documents;

namespace NetworkCluster.DockerApi;

/// <summary>The body of <c>POST /networks/create</c>.</summary>
internal sealed record NetworkCreateBody
{
    public string? Name { get; init; }
    public string? Driver { get; init; }
    public string? Scope { get; init; }
    public bool? Internal { get; init; }
    public bool? Attachable { get; init; }
    public bool? Ingress { get; init; }
    public bool? ConfigOnly { get; init; }
    public ConfigFromDocument? ConfigFrom { get; init; }
    public bool? EnableIPv6 { get; init; }
    [JsonPropertyName("IPAM")]
    public IpamBody? Ipam { get; init; }
    public IReadOnlyDictionary<string, string>? Options { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>How addresses are given.</summary>
internal sealed record IpamBody
{
    public string? Driver { get; init; }
    public IReadOnlyDictionary<string, string>? Options { get; init; }
    public IReadOnlyList<IpamConfigBody>? Config { get; init; }
}

/// <summary>One subnet.</summary>
internal sealed record IpamConfigBody
{
    public string? Subnet { get; init; }
    [JsonPropertyName("IPRange")]
    public string? IpRange { get; init; }
    public string? Gateway { get; init; }
    public IReadOnlyDictionary<string, string>? AuxiliaryAddresses { get; init; }
}

/// <summary>The answer to it.</summary>
internal sealed record NetworkCreatedDocument(string Id, string Warning);

/// <summary>The body of <c>POST /networks/{id}/connect</c>.</summary>
internal sealed record ConnectBody
{
    public string? Container { get; init; }
    public EndpointBody? EndpointConfig { get; init; }
}

/// <summary>The wishes for one endpoint.</summary>
internal sealed record EndpointBody
{
    [JsonPropertyName("IPAMConfig")]
    public EndpointAddressesBody? Addresses { get; init; }
    public IReadOnlyList<string>? Links { get; init; }
    public IReadOnlyList<string>? Aliases { get; init; }
    public string? MacAddress { get; init; }
    public int? GwPriority { get; init; }
    public IReadOnlyDictionary<string, string>? DriverOpts { get; init; }
}

/// <summary>Fixed addresses.</summary>
internal sealed record EndpointAddressesBody
{
    public string? IPv4Address { get; init; }
    public string? IPv6Address { get; init; }
    public IReadOnlyList<string>? LinkLocalIPs { get; init; }
}

/// <summary>The body of <c>POST /networks/{id}/disconnect</c>.</summary>
internal sealed record DisconnectBody
{
    public string? Container { get; init; }
    public bool? Force { get; init; }
}

/// <summary>The answer to <c>POST /networks/prune</c>.</summary>
internal sealed record PrunedDocument(ImmutableArray<string>? NetworksDeleted);

/// <summary>The API's JSON: Docker's names, read in whatever case, as Go reads them.</summary>
[JsonSerializable(typeof(MessageDocument))]
[JsonSerializable(typeof(VersionDocument))]
[JsonSerializable(typeof(InfoDocument))]
[JsonSerializable(typeof(NetworkDocument))]
[JsonSerializable(typeof(ImmutableArray<NetworkDocument>))]
[JsonSerializable(typeof(NetworkCreateBody))]
[JsonSerializable(typeof(ImmutableArray<EngineNetwork>))]
[JsonSerializable(typeof(NetworkCreatedDocument))]
[JsonSerializable(typeof(ConnectBody))]
[JsonSerializable(typeof(DisconnectBody))]
[JsonSerializable(typeof(PrunedDocument))]
[JsonSerializable(typeof(ContainerCreateBody))]
[JsonSerializable(typeof(ContainerCreatedDocument))]
[JsonSerializable(typeof(ContainerDocument))]
[JsonSerializable(typeof(ImmutableArray<ContainerSummary>))]
[JsonSerializable(typeof(ImageDocument))]
[JsonSerializable(typeof(ImmutableArray<ImageDocument>))]
[JsonSerializable(typeof(PrunedContainersDocument))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(EventDocument))]
[JsonSerializable(typeof(WaitDocument))]
[JsonSerializable(typeof(ExecBody))]
[JsonSerializable(typeof(ExecCreatedDocument))]
[JsonSerializable(typeof(ExecStartBody))]
[JsonSerializable(typeof(ExecDocument))]
internal sealed partial class DockerJson : JsonSerializerContext
{
    /// <summary>Quotes and the like as they are: the answers are for programs, not for web pages.</summary>
    public static DockerJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNameCaseInsensitive = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new GoListConverter<string>(""), new GoListConverter<PortBindingBody>(new()) },
    });
}
