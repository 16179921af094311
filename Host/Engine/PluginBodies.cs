using System.Text.Json.Serialization;

namespace NetworkCluster.Engine;

// What an engine asks and is answered, as libnetwork's remote drivers have it. Fields that nobody needs are left out.

/// <summary>What the plugin is.</summary>
internal sealed record ActivateAnswer(IReadOnlyList<string> Implements);

/// <summary>The network driver's: to the engine every network is its own, whatever it is in the cluster, because an engine without a store has no networks of scope global.</summary>
internal sealed record DriverCapabilities(string Scope, string ConnectivityScope);

/// <summary>The IPAM driver's.</summary>
internal sealed record IpamCapabilities([property: JsonPropertyName("RequiresMACAddress")] bool RequiresMacAddress, bool RequiresRequestReplay);

/// <summary>Where subnets are from when a network names none.</summary>
internal sealed record AddressSpacesAnswer(string LocalDefaultAddressSpace, string GlobalDefaultAddressSpace);

/// <summary><c>IpamDriver.RequestPool</c>: a subnet, or any.</summary>
internal sealed record PoolBody
{
    public string? AddressSpace { get; init; }
    public string? Pool { get; init; }
    public string? SubPool { get; init; }
    public IReadOnlyDictionary<string, string>? Options { get; init; }
    public bool V6 { get; init; }
}

/// <summary>The subnet, and what it is asked for by from then on.</summary>
internal sealed record PoolAnswer([property: JsonPropertyName("PoolID")] string PoolId, string Pool)
{
    public IReadOnlyDictionary<string, string> Data { get; init; } = new Dictionary<string, string>();
}

/// <summary><c>IpamDriver.ReleasePool</c>.</summary>
internal sealed record PoolReleaseBody([property: JsonPropertyName("PoolID")] string PoolId);

/// <summary><c>IpamDriver.RequestAddress</c> and <c>ReleaseAddress</c>.</summary>
internal sealed record AddressBody
{
    [JsonPropertyName("PoolID")]
    public string PoolId { get; init; } = "";
    public string? Address { get; init; }
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}

/// <summary>An address with its subnet's prefix.</summary>
internal sealed record AddressAnswer(string Address)
{
    public IReadOnlyDictionary<string, string> Data { get; init; } = new Dictionary<string, string>();
}

/// <summary><c>NetworkDriver.CreateNetwork</c>.</summary>
internal sealed record NetworkBody
{
    [JsonPropertyName("NetworkID")]
    public string NetworkId { get; init; } = "";
    public NetworkOptions? Options { get; init; }
    public IReadOnlyList<NetworkPoolBody>? IPv4Data { get; init; }
    public IReadOnlyList<NetworkPoolBody>? IPv6Data { get; init; }
}

/// <summary>Of those options, the ones that mean something here.</summary>
internal sealed record NetworkOptions
{
    [JsonPropertyName("com.docker.network.enable_ipv6")]
    public bool EnableIPv6 { get; init; }
    [JsonPropertyName("com.docker.network.internal")]
    public bool Internal { get; init; }
    [JsonPropertyName("com.docker.network.generic")]
    public IReadOnlyDictionary<string, string>? Driver { get; init; }
}

/// <summary>A subnet of the network with what its IPAM driver gave.</summary>
internal sealed record NetworkPoolBody
{
    public string? AddressSpace { get; init; }
    public string Pool { get; init; } = "";
    public string? Gateway { get; init; }
    public IReadOnlyDictionary<string, string>? AuxAddresses { get; init; }
}

/// <summary>What names a network, and an endpoint of it where there is one.</summary>
internal sealed record EndpointBody
{
    [JsonPropertyName("NetworkID")]
    public string NetworkId { get; init; } = "";
    [JsonPropertyName("EndpointID")]
    public string EndpointId { get; init; } = "";
    /// <summary><c>CreateEndpoint</c>: what the engine has for it.</summary>
    public InterfaceBody? Interface { get; init; }
    /// <summary><c>Join</c>: the sandbox's namespace, as a path of the engine's.</summary>
    public string? SandboxKey { get; init; }
    public EndpointOptions? Options { get; init; }
}

/// <summary>Of an endpoint's options, the ones that mean something here.</summary>
internal sealed record EndpointOptions
{
    [JsonPropertyName("com.docker.network.portmap")]
    public IReadOnlyList<PortMapBody>? PortMap { get; init; }
}

/// <summary>A port to be published.</summary>
internal sealed record PortMapBody(int Port, int HostPort);

/// <summary>Addresses with their prefixes.</summary>
internal sealed record InterfaceBody
{
    public string? Address { get; init; }
    [JsonPropertyName("AddressIPv6")]
    public string? AddressIPv6 { get; init; }
    public string? MacAddress { get; init; }
}

/// <summary>Only what the engine left open may be answered.</summary>
internal sealed record EndpointAnswer(InterfaceBody Interface);

/// <summary>What the engine is to fetch, and how the sandbox leaves by it.</summary>
internal sealed record JoinAnswer
{
    public required InterfaceName InterfaceName { get; init; }
    public string? Gateway { get; init; }
    [JsonPropertyName("GatewayIPv6")]
    public string? GatewayIPv6 { get; init; }
    public IReadOnlyList<string> StaticRoutes { get; init; } = [];
    /// <summary>Keeps the engine from giving the sandbox a further network of its own for the way out.</summary>
    public bool DisableGatewayService { get; init; } = true;
}

/// <summary>The link's name in the host's namespace, and how those in the sandbox are called.</summary>
internal sealed record InterfaceName(string SrcName, string DstPrefix);

/// <summary><c>EndpointOperInfo</c>.</summary>
internal sealed record InfoAnswer(IReadOnlyDictionary<string, string> Value);

/// <summary>Nothing to say.</summary>
internal sealed record NothingAnswer;

/// <summary>How a network driver refuses.</summary>
internal sealed record DriverRefusal(string Err);

/// <summary>How an IPAM driver refuses.</summary>
internal sealed record IpamRefusal(string Error);

/// <summary>Null is left out: an engine takes an empty address for one.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ActivateAnswer))]
[JsonSerializable(typeof(DriverCapabilities))]
[JsonSerializable(typeof(IpamCapabilities))]
[JsonSerializable(typeof(AddressSpacesAnswer))]
[JsonSerializable(typeof(PoolBody))]
[JsonSerializable(typeof(PoolAnswer))]
[JsonSerializable(typeof(PoolReleaseBody))]
[JsonSerializable(typeof(AddressBody))]
[JsonSerializable(typeof(AddressAnswer))]
[JsonSerializable(typeof(NetworkBody))]
[JsonSerializable(typeof(EndpointBody))]
[JsonSerializable(typeof(EndpointAnswer))]
[JsonSerializable(typeof(JoinAnswer))]
[JsonSerializable(typeof(InfoAnswer))]
[JsonSerializable(typeof(NothingAnswer))]
[JsonSerializable(typeof(DriverRefusal))]
[JsonSerializable(typeof(IpamRefusal))]
[JsonSerializable(typeof(EndpointNote))]
internal sealed partial class PluginJson : JsonSerializerContext;
