namespace NetworkCluster.Gateway;

/// <summary>Tells what is journaled, as it happens or as it was. For people and programs that watch; never on the way of a command. Safe for concurrent use.</summary>
public interface IJournalFeed
{
    /// <summary>Where the journal ends now.</summary>
    Task<long> EndAsync(CancellationToken cancel = default);

    /// <summary>The place before the first fact that was journaled at this time or later; the journal's end, where there is none.</summary>
    Task<long> BeforeAsync(DateTimeOffset time, CancellationToken cancel = default);

    /// <summary>Every fact after a place once, of all entities, in the order they were journaled. Facts of one entity are in its order; those of two hosts may differ from their clocks by what those differ.</summary>
    /// <param name="place">See <see cref="EndAsync"/> and <see cref="BeforeAsync"/>.</param>
    /// <param name="follow">Whether to go on with what happens from now on, until cancelled; otherwise it ends with what the journal holds.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="IOException">The journal cannot be read; its cause is inside.</exception>
    IAsyncEnumerable<(EntityKey Entity, JournaledFact Fact)> FactsAsync(long place, bool follow, CancellationToken cancel = default);
}
