using System.Collections.Immutable;
using System.Text.Json.Serialization;
using NetworkCluster.Endpoints;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Documents;

/// <summary>A network as Docker's <c>network inspect</c> prints it: its field order, its empty texts.</summary>
internal sealed record NetworkDocument
{
    public required string Name { get; init; }
    public required string Id { get; init; }
    public required string Created { get; init; }
    public required string Scope { get; init; }
    public required string Driver { get; init; }
    public required bool EnableIPv6 { get; init; }
    [JsonPropertyName("IPAM")]
    public required IpamDocument Ipam { get; init; }
    public required bool Internal { get; init; }
    public required bool Attachable { get; init; }
    public bool Ingress { get; init; }
    public ConfigFromDocument ConfigFrom { get; init; } = new();
    public bool ConfigOnly { get; init; }

    /// <summary>Attached endpoints by container id. Docker shows this host's only; we show the network's.</summary>
    public required IReadOnlyDictionary<string, NetworkContainerDocument> Containers { get; init; }
    public required IReadOnlyDictionary<string, string> Options { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>What Docker does not show; only where it was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NetworkVerboseDocument? Verbose { get; init; }

    /// <summary>Docker's word for a scope.</summary>
    public static string TextOf(NetworkScope scope) => scope == NetworkScope.Global ? "global" : "local";

    /// <summary>From a network's view.</summary>
    public static NetworkDocument From(NetworkView view) => From(view.Spec) with
    {
        Containers = view.Endpoints.OrderBy(e => e.Spec.Container.ToString(), StringComparer.Ordinal).ToDictionary(e => e.Spec.Container.ToString(), NetworkContainerDocument.From),
    };

    /// <summary>From a network's definition, without its containers, as Docker's list has it.</summary>
    public static NetworkDocument From(NetworkSpec spec) => new()
    {
        Name = spec.Name,
        Id = spec.Id.ToString(),
        Created = Rfc3339.Text(spec.Created),
        Scope = TextOf(spec.Scope),
        Driver = spec.Driver,
        EnableIPv6 = spec.EnableIPv6,
        Ipam = IpamDocument.From(spec),
        Internal = spec.Internal,
        Attachable = spec.Attachable,
        Containers = ImmutableDictionary<string, NetworkContainerDocument>.Empty,
        Options = spec.Options,
        Labels = spec.Labels,
    };
}

/// <summary>A network's subnets.</summary>
internal sealed record IpamDocument
{
    public string Driver { get; init; } = "default";

    /// <summary>Docker prints null for the predefined networks, and for those whose client spoke of no options; an empty object for all others.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }
    public required ImmutableArray<IpamConfigDocument> Config { get; init; }

    public static IpamDocument From(NetworkSpec spec) => new()
    {
        Driver = spec.IpamDriver ?? "default",
        Options = spec.Predefined || spec.BareIpam is true ? null : ImmutableDictionary<string, string>.Empty,
        // A further part of a subnet is an entry of its own: Docker's has room for one.
        Config = [.. spec.Pools.SelectMany(pool => (pool.MoreRanges ?? []).Select(range => new IpamConfigDocument { Subnet = pool.Id.Subnet.ToString(), IpRange = range.ToString() }).Prepend(IpamConfigDocument.From(pool)))],
    };
}

/// <summary>One subnet; parts that do not apply are left out.</summary>
internal sealed record IpamConfigDocument
{
    public required string Subnet { get; init; }
    [JsonPropertyName("IPRange"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IpRange { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Gateway { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? AuxiliaryAddresses { get; init; }

    public static IpamConfigDocument From(NetworkPool pool) => new()
    {
        Subnet = pool.Id.Subnet.ToString(),
        IpRange = pool.Id.SubPool?.ToString(),
        Gateway = pool.Gateway?.ToString(),
        AuxiliaryAddresses = pool.Auxiliary.IsEmpty ? null : AuxiliaryNames.Keyed(pool.Auxiliary).ToImmutableSortedDictionary(a => a.Key, a => a.Aux.Address.ToString(), StringComparer.Ordinal),
    };
}

/// <summary>The network a configuration was copied from: always none, the field is there because clients read it.</summary>
internal sealed record ConfigFromDocument
{
    public string Network { get; init; } = "";
}

/// <summary>One endpoint of a network.</summary>
internal sealed record NetworkContainerDocument
{
    public required string Name { get; init; }
    [JsonPropertyName("EndpointID")]
    public required string EndpointId { get; init; }
    public required string MacAddress { get; init; }
    public required string IPv4Address { get; init; }
    public required string IPv6Address { get; init; }

    public static NetworkContainerDocument From(AttachedEndpoint endpoint) => new()
    {
        Name = endpoint.Spec.ContainerName,
        EndpointId = endpoint.Id.ToString(),
        MacAddress = endpoint.Mac?.ToString() ?? "",
        IPv4Address = endpoint.IPv4 is { } v4 ? $"{v4}/{endpoint.IPv4Prefix}" : "",
        IPv6Address = endpoint.IPv6 is { } v6 ? $"{v6}/{endpoint.IPv6Prefix}" : "",
    };
}
