using System.Collections.Immutable;
using System.Text.Json.Serialization;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Documents;

/// <summary>What <c>network inspect --verbose</c> shows beyond Docker's form.</summary>
internal sealed record NetworkVerboseDocument
{
    /// <summary>Grows by one with every attach and detach.</summary>
    public required long Revision { get; init; }
    public required ImmutableArray<PoolUsageDocument> Pools { get; init; }

    /// <summary>In the order in which they came; stopped containers' wishes too.</summary>
    public required ImmutableArray<MemberDocument> Endpoints { get; init; }

    public static NetworkVerboseDocument From(NetworkMembers network, IEnumerable<PoolView> pools) => new()
    {
        Revision = network.Revision,
        Pools = [.. pools.Select(PoolUsageDocument.From)],
        Endpoints = [.. network.Members.Select(MemberDocument.From)],
    };
}

/// <summary>How full one pool is, in addresses.</summary>
internal sealed record PoolUsageDocument
{
    public required string Subnet { get; init; }

    /// <summary>Held by somebody, or the subnet's own.</summary>
    [JsonPropertyName("IPsInUse")]
    public required UInt128 InUse { get; init; }

    /// <summary>Still to be picked when nobody asks for a certain one.</summary>
    [JsonPropertyName("DynamicIPsAvailable")]
    public required UInt128 Free { get; init; }

    public static PoolUsageDocument From(PoolView pool)
    {
        var usage = PoolUsage.Of(pool);
        return new() { Subnet = pool.Id.Subnet.ToString(), InUse = usage.InUse, Free = usage.Free };
    }
}

/// <summary>One place in the network, or a stopped container's wish for one.</summary>
internal sealed record MemberDocument
{
    public required string Name { get; init; }
    [JsonPropertyName("ContainerID")]
    public required string ContainerId { get; init; }
    [JsonPropertyName("EndpointID")]
    public required string EndpointId { get; init; }
    public required string Host { get; init; }

    /// <summary><c>attached</c>, or <c>configured</c> while the container is stopped.</summary>
    public required string State { get; init; }
    public required string MacAddress { get; init; }

    /// <summary>Of a stopped container: what is held for it.</summary>
    public required string IPv4Address { get; init; }
    public required string IPv6Address { get; init; }
    public required ImmutableArray<string> Aliases { get; init; }

    /// <summary><c>target:alias</c>.</summary>
    public required ImmutableArray<string> Links { get; init; }

    public static MemberDocument From(NetworkMembership member)
    {
        var container = NetworkContainerDocument.From(member.Endpoint);
        var settings = member.Endpoint.Spec.Settings;
        return new()
        {
            Name = container.Name,
            ContainerId = member.Endpoint.Spec.Container.ToString(),
            EndpointId = container.EndpointId,
            Host = member.Endpoint.Spec.Host.ToString(),
            State = member.Attached ? "attached" : "configured",
            MacAddress = container.MacAddress,
            IPv4Address = container.IPv4Address,
            IPv6Address = container.IPv6Address,
            Aliases = settings.Aliases,
            Links = EndpointDocument.LinksOf(settings),
        };
    }
}
