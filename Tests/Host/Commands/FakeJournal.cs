using System.Runtime.CompilerServices;
using NetworkCluster.Gateway;

namespace NetworkCluster.Tests.Host.Commands;

/// <summary>A journal of lists.</summary>
internal sealed class FakeJournal : IJournalReader, IJournalFeed
{
    /// <summary>All facts, in order.</summary>
    public List<(EntityKey Entity, JournaledFact Fact)> Facts { get; } = [];

    public Task<long> EndAsync(CancellationToken cancel = default) => Task.FromResult((long)Facts.Count);

    public Task<long> BeforeAsync(DateTimeOffset time, CancellationToken cancel = default) => Task.FromResult((long)Facts.TakeWhile(fact => fact.Fact.At < time).Count());

    public async IAsyncEnumerable<(EntityKey Entity, JournaledFact Fact)> FactsAsync(long place, bool follow, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        foreach (var fact in Facts.Skip((int)place)) yield return fact;
        if (follow) await Task.Delay(Timeout.Infinite, cancel);
    }

    public async IAsyncEnumerable<JournaledFact> ReadAsync(EntityKey entity, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await Task.CompletedTask;
        foreach (var (of, fact) in Facts) if (of == entity) yield return fact;
    }
}
