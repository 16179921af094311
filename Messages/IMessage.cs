namespace NetworkCluster;

/// <summary>Everything that travels between actors, is journaled, or answers a query. Immutable; written under a short permanent manifest, never under a type name.</summary>
public interface IMessage;

/// <summary>A wish that an entity may refuse. Sending the same command again (same ids) is the same command.</summary>
public interface ICommand : IAddressed;

/// <summary>A command with which something begins: whoever refuses it says that nothing was done. The other commands carry on what began.</summary>
public interface IRequest : ICommand;

/// <summary>What all requests have.</summary>
public abstract record Request : IRequest
{
    /// <summary>Whether the same was said before and not answered: then what that one has done is answered as done, where it would otherwise be refused because it is so already; and what it has begun is looked after.</summary>
    public bool? Again { get; init; }

    /// <summary>Which one it is, where it may be said again: the same each time, and no other's. When the second one has been answered, the first one, should it still be on its way, is not done any more. Chosen at random.</summary>
    public long? Number { get; init; }

    /// <summary>Whom it is for.</summary>
    protected abstract EntityKey Recipient { get; }
    EntityKey IAddressed.Entity => Recipient;
}

/// <summary>A command whose answer may take longer than others', because it waits for something that is not ours.</summary>
public interface ITakesTime
{
    /// <summary>How much longer.</summary>
    TimeSpan Extra { get; }
}

/// <summary>A question; changes nothing.</summary>
public interface IQuery : IAddressed;

/// <summary>A fact. Journaled, unless it is an <see cref="IEphemeralEvent"/>. Never refused, never changed.</summary>
public interface IEvent : IMessage
{
    /// <summary>How many facts it stands for.</summary>
    int Weight => 1;
}

/// <summary>A fact that lives in memory only: what is under way. After a recovery nothing is.</summary>
public interface IEphemeralEvent : IEvent;

/// <summary>The answer to a command that was carried out.</summary>
public interface IReply : IMessage;
