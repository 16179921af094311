namespace NetworkCluster.Gateway;

/// <summary>Reads what one entity has journaled, from its first fact. For people who ask what was; never on the way of a command. Safe for concurrent use.</summary>
public interface IJournalReader
{
    /// <summary>All facts of the entity that the journal holds when it is asked, in order; empty for an entity that never was. Read page by page, so that the longest history needs little memory.</summary>
    /// <exception cref="IOException">The journal could not be read; its cause is inside.</exception>
    IAsyncEnumerable<JournaledFact> ReadAsync(EntityKey entity, CancellationToken cancel = default);
}
