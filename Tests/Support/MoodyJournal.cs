using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Data.Common;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace NetworkCluster.Tests.Support;

/// <summary>A journal in memory that does for each entity what its <see cref="Mood"/> says.</summary>
public sealed class MoodyJournal : MemoryJournal
{
    private static readonly ConcurrentDictionary<(ActorSystem System, string Entity), Mood> Moods = new();

    private readonly ActorSystem _system = Context.System;

    /// <summary>What the journal does with an entity's facts.</summary>
    public static Mood Of(ActorSystem system, string entity) => Moods.GetOrAdd((system, entity), _ => new());

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        var mood = Of(_system, writes[0].PersistenceId);
        if (mood.Hold is { } held) await held.Task;
        mood.Writes++;
        if (mood.Conflicts) throw new NumberTakenException();
        // As PostgreSQL's does: the rollback fails, too.
        if (mood.Fails || mood.FailsAfter-- <= 0) throw new AggregateException("and the rollback failed", new InvalidOperationException("rolled back already"), new IOException("the disk is gone"));
        if (mood.Rejects) return [.. writes.Select(_ => new NotSupportedException("not this"))];
        return await base.WriteMessagesAsync(writes, cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task ReplayMessagesAsync(IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        var mood = Of(_system, persistenceId);
        mood.ReplayedFrom = fromSequenceNr;
        if (mood.IsUnreadable && mood.Hold is { } held) await held.Task;
        if (mood.IsUnreadable) throw new System.Runtime.Serialization.SerializationException("not a fact");
        await base.ReplayMessagesAsync(context, persistenceId, fromSequenceNr, toSequenceNr, max, recoveryCallback);
    }

    private sealed class NumberTakenException : DbException
    {
        public override string SqlState => "23505";
    }

    /// <summary>What the journal does with one entity's facts; may be changed at any time.</summary>
    public sealed class Mood
    {
        /// <summary>Writes wait for this, and the reading of what nobody can read.</summary>
        public TaskCompletionSource? Hold { get; set; }

        /// <summary>Nobody knows whether it was written.</summary>
        public bool Fails { get; set; }

        /// <summary>After so many writes more nobody knows whether they were written.</summary>
        public int? FailsAfter { get; set; }

        /// <summary>How many there were.</summary>
        public int Writes { get; set; }

        /// <summary>It was not written: somebody else has its sequence number.</summary>
        public bool Conflicts { get; set; }

        /// <summary>It was not written.</summary>
        public bool Rejects { get; set; }

        /// <summary>It holds what nobody can read.</summary>
        public bool IsUnreadable { get; set; }

        /// <summary>Where the last recovery began to read.</summary>
        public long ReplayedFrom { get; set; }
    }
}
