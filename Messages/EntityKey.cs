namespace NetworkCluster;

/// <summary>The kinds of actors that messages are addressed to.</summary>
public enum EntityKind
{
    /// <summary>Which names and subnets are taken.</summary>
    AddressSpace,
    /// <summary>One network.</summary>
    Network,
    /// <summary>The addresses of one subnet.</summary>
    Pool,
    /// <summary>The life of one endpoint.</summary>
    Endpoint,
    /// <summary>One host and its containers.</summary>
    Host,
    /// <summary>Not an entity: the process on a host that puts wishes into its kernel.</summary>
    Agent,
    /// <summary>Which hosts there are: one for the cluster.</summary>
    Hosts,
}

/// <summary>Whom a message is for.</summary>
/// <param name="Kind">The kind of entity.</param>
/// <param name="Id">Its key within the kind.</param>
public readonly record struct EntityKey(EntityKind Kind, string Id)
{
    /// <summary>The cluster's list of hosts.</summary>
    public static EntityKey AllHosts { get; } = new(EntityKind.Hosts, "global");

    /// <summary>The journal's persistence id: <c>network/0123...</c>. Permanent.</summary>
    public string PersistenceId => Kind switch
    {
        EntityKind.AddressSpace => $"space/{Id}",
        EntityKind.Network => $"network/{Id}",
        EntityKind.Pool => $"pool/{Id}",
        EntityKind.Endpoint => $"endpoint/{Id}",
        EntityKind.Host => $"host/{Id}",
        EntityKind.Hosts => $"hosts/{Id}",
        _ => throw new InvalidOperationException($"{Kind} is not persistent"),
    };

    /// <summary>Whose facts a persistence id names; none: nobody's of ours.</summary>
    public static EntityKey? OfPersistenceId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        var end = id.IndexOf('/', StringComparison.Ordinal);
        EntityKind? kind = end < 0 ? null : id[..end] switch
        {
            "space" => EntityKind.AddressSpace,
            "network" => EntityKind.Network,
            "pool" => EntityKind.Pool,
            "endpoint" => EntityKind.Endpoint,
            "host" => EntityKind.Host,
            "hosts" => EntityKind.Hosts,
            _ => null,
        };
        return kind is { } known ? new(known, id[(end + 1)..]) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Kind}/{Id}";
}

/// <summary>You will be needed in a moment: the entity's journal is read while others decide. Changes nothing.</summary>
/// <param name="Entity">Whom it wakes.</param>
public sealed record WakeEntity(EntityKey Entity) : IAddressed;

/// <summary>A message that knows whom it is for.</summary>
public interface IAddressed : IMessage
{
    /// <summary>Whom the message is for.</summary>
    EntityKey Entity { get; }
}
