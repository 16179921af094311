using NetworkCluster.Addressing;
using NetworkCluster.Endpoints;

namespace NetworkCluster.Dns;

/// <summary>What DNS needs to know of one attached endpoint.</summary>
internal sealed class NamedEndpoint
{
    public NamedEndpoint(AttachedEndpoint endpoint, string networkName, uint? ttlSeconds, long order)
    {
        TtlSeconds = ttlSeconds;
        Order = order;
        Id = endpoint.Id;
        IPv4 = endpoint.IPv4;
        IPv6 = endpoint.IPv6;
        var spec = endpoint.Spec;
        // An alias that no query can carry (spaces, empty labels) is shown to people but takes no part in DNS.
        Names = [.. spec.Settings.Aliases
            .Prepend(spec.ContainerName).Append(spec.Container.Short)
            .Where(DnsName.IsName)
            .Append(spec.Container.ToString())
            .Distinct(StringComparer.OrdinalIgnoreCase)];
        Reverse = DnsName.ToWire($"{spec.ContainerName}.{networkName}") ?? DnsName.ToWire(spec.ContainerName);
    }

    public EndpointId Id { get; }

    /// <summary>How long its answers may be kept, where its network says so.</summary>
    public uint? TtlSeconds { get; }

    /// <summary>Grows with each attach in the network: those who share a name are answered in this order.</summary>
    public long Order { get; }

    public InetAddress? IPv4 { get; }

    public InetAddress? IPv6 { get; }

    /// <summary>
    /// Container name, aliases, short id, full id; without repetition. The full id is for links alone: its 64 digits are one more than a label can have,
    /// so no query can carry it.
    /// </summary>
    public string[] Names { get; }

    /// <summary>Wire form of <c>name.network.</c>, the answer to a reverse look-up; only the name where both together are too long.</summary>
    public byte[]? Reverse { get; }
}

/// <summary>Takes the endpoints that a look-up finds, in the order they are to be answered.</summary>
internal interface IEndpointSink
{
    /// <summary>One more endpoint.</summary>
    void Add(NamedEndpoint endpoint);
}
