using System.Runtime.CompilerServices;
using NetworkCluster.Gateway;

namespace NetworkCluster.Tests.Host.Commands;

/// <summary>A journal of lists.</summary>
internal sealed class FakeJournal : IJournalReader
{
    /// <summary>All facts, in order.</summary>
    public List<(EntityKey Entity, JournaledFact Fact)> Facts { get; } = [];

    public async IAsyncEnumerable<JournaledFact> ReadAsync(EntityKey entity, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await Task.CompletedTask;
        foreach (var (of, fact) in Facts) if (of == entity) yield return fact;
    }
}
