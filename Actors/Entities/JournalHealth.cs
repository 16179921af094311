using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace NetworkCluster.Entities;

/// <summary>
/// What this process knows of its journal: whether it can be reached, and, while it cannot, what those entities knew that lost their place in memory by trying to write.
/// Somebody has to watch the journal; without a watcher it is never away. For all threads.
/// </summary>
public sealed class JournalHealth
{
    private readonly ConcurrentDictionary<EntityKey, object?> _remembered = new();
    private readonly ConditionalWeakTable<object, object> _answered = [];
    private readonly Lock _turn = new();
    private TaskCompletionSource _doubted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile JournalOutage? _outage;
    private volatile bool _watched;
    private volatile bool _full;
    private volatile bool _readable;

    /// <summary>That the journal is away; none while it can be reached.</summary>
    public JournalOutage? Outage => _outage;

    /// <summary>The watcher's promise that it says when the journal goes and comes back.</summary>
    public void Watch() => _watched = true;

    /// <summary>A write or a recovery failed: until the watcher has looked, the journal is taken to be away.</summary>
    public void Doubt(Exception cause, DateTimeOffset at)
    {
        if (!_watched) return;
        Lose(cause.GetBaseException().Message, at);
        lock (_turn) _doubted.TrySetResult();
    }

    /// <summary>A write was denied for want of room, which nobody sees who only reads: until the watcher has written, the journal takes no writes.</summary>
    public void Deny(string cause, DateTimeOffset at)
    {
        if (!_watched) return;
        lock (_turn)
        {
            _outage ??= new(at, cause);
            _full = _readable = true;
            _doubted.TrySetResult();
        }
    }

    /// <summary>Whether it is away for want of room: then it is not back before it has taken a write.</summary>
    public bool IsFull => _full;

    /// <summary>Whether entities can come into memory: it is there, or away for writes alone.</summary>
    public bool CanBeRead => _outage is null || _readable;

    /// <summary>The watcher did not reach it, or it takes no writes.</summary>
    public void Lose(string cause, DateTimeOffset at, bool readable = false)
    {
        lock (_turn)
        {
            _outage ??= new(at, cause);
            _readable = readable;
        }
    }

    /// <summary>The watcher reaches it, and has written where it <see cref="IsFull"/>.</summary>
    /// <returns>Who has to come into memory again.</returns>
    public IReadOnlyCollection<EntityKey> Regain()
    {
        JournalOutage? over;
        IReadOnlyCollection<EntityKey> lost;
        lock (_turn)
        {
            (over, _outage, _full, _readable) = (_outage, null, false, false);
            lost = [.. _remembered.Keys];
        }

        over?.End();
        return lost;
    }

    /// <summary>The next time that somebody doubts: taken before one looks, so that no doubt is overlooked.</summary>
    public Task NextDoubt()
    {
        lock (_turn)
        {
            if (_doubted.Task.IsCompleted) _doubted = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _doubted.Task;
        }
    }

    /// <summary>Keeps what an entity knew before the write that failed, until it has recovered; nothing when it did not get that far.</summary>
    public void Remember(EntityKey entity, object? state)
    {
        lock (_turn)
        {
            if (_watched && (state is not null || !_remembered.ContainsKey(entity))) _remembered[entity] = state;
        }
    }

    /// <summary>The entity has recovered: what it knew before is no longer of use.</summary>
    public void Forget(EntityKey entity)
    {
        if (!_remembered.IsEmpty) _remembered.TryRemove(entity, out _);
    }

    /// <summary>An entity that stops has answered what came while it wrote, or has sent it on: it comes to nobody again, although it lies among what the entity leaves behind.</summary>
    internal void Answer(object message) => _answered.AddOrUpdate(message, message);

    /// <summary>Whether that is so of this message, this very one.</summary>
    internal bool IsAnswered(object message) => _answered.TryGetValue(message, out _);

    /// <summary>What an entity knew before the write that failed, if it was one.</summary>
    public object? Recall(EntityKey entity) => _remembered.GetValueOrDefault(entity);
}

/// <summary>A time in which the journal cannot be reached.</summary>
/// <param name="Since">When that was found.</param>
/// <param name="Cause">How.</param>
public sealed record JournalOutage(DateTimeOffset Since, string Cause)
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it is over.</summary>
    public Task Over => _over.Task;

    /// <summary>The refusal of everything that begins now.</summary>
    public Rejected Refusal => new(new JournalUnavailable(Since, Cause));

    /// <summary>What is said with every answer that is given meanwhile.</summary>
    public string Notice => string.Create(CultureInfo.InvariantCulture, $"the journal cannot be reached since {Since.UtcDateTime:HH:mm:ss}Z: this is from memory");

    /// <summary>It is over.</summary>
    internal void End() => _over.TrySetResult();
}
