using System.Collections.Immutable;

namespace NetworkCluster.Serialization;

/// <summary>A snapshot is the shortest list of facts that gives the same state: no format of its own, and it may be thrown away at any time.</summary>
/// <param name="Facts">The facts, to be applied in order.</param>
internal sealed record EntitySnapshot(ImmutableArray<IEvent> Facts)
{
    /// <summary>How many facts a journal would have for it.</summary>
    public int Weight => Facts.Sum(fact => fact.Weight);
}
