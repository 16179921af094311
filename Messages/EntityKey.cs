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
    private static readonly EntityKind[] Kinds = Enum.GetValues<EntityKind>();

    /// <summary>The cluster's list of hosts.</summary>
    public static EntityKey AllHosts { get; } = new(EntityKind.Hosts, "global");

    /// <summary>The journal's persistence id: <c>network/0123...</c>. Permanent.</summary>
    public string PersistenceId => Word(Kind) is { } word ? $"{word}/{Id}" : throw new InvalidOperationException($"{Kind} is not persistent");

    /// <summary>Whose facts a persistence id names; none: nobody's of ours.</summary>
    public static EntityKey? OfPersistenceId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id.IndexOf('/', StringComparison.Ordinal) is not (>= 0 and var end)) return null;
        foreach (var kind in Kinds)
        {
            if (Word(kind) is { } word && id.AsSpan(0, end).SequenceEqual(word)) return new(kind, id[(end + 1)..]);
        }

        return null;
    }

    private static string? Word(EntityKind kind) => kind switch
    {
        EntityKind.AddressSpace => "space",
        EntityKind.Network => "network",
        EntityKind.Pool => "pool",
        EntityKind.Endpoint => "endpoint",
        EntityKind.Host => "host",
        EntityKind.Hosts => "hosts",
        _ => null,
    };

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
