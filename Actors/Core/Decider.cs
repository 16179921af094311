using System.Collections.Immutable;

namespace NetworkCluster;

/// <summary>
/// What an entity makes of a message, as data: facts to journal, then messages to send, then one reply. The shell does the three in this order.
/// No events and no refusal means that it was so already: the answer is the same as the first time.
/// </summary>
public sealed record Decision
{
    /// <summary>Nothing at all: a late or repeated message.</summary>
    public static Decision Nothing { get; } = new();

    /// <summary>Not now: something about the same thing is under way. The shell keeps the message and asks again when that is over.</summary>
    public static Decision Later { get; } = new() { Defer = true };

    /// <summary>Facts, journaled together or not at all; ephemeral ones only change the state in memory.</summary>
    public ImmutableArray<IEvent> Events { get; init; } = [];

    /// <summary>Entities that will be needed in a moment: their journals are read while the facts are being written.</summary>
    public ImmutableArray<EntityKey> Wakes { get; init; } = [];

    /// <summary>
    /// What will follow if the facts get to the journal, said to those who can begin with it meanwhile. They go out at once, perhaps on facts of others that are not safe yet, and whoever takes
    /// them undoes by himself what is not confirmed.
    /// </summary>
    public ImmutableArray<IAddressed> Hints { get; init; } = [];

    /// <summary>Messages that go out after the facts are safe. The original sender travels along.</summary>
    public ImmutableArray<IAddressed> Sends { get; init; } = [];

    /// <summary>Like <see cref="Sends"/>, but on the entity's own account: the original sender does not travel along, so that what comes of them is no answer to its question.</summary>
    public ImmutableArray<IAddressed> Orders { get; init; } = [];

    /// <summary>
    /// Whether the messages go out before the facts are safe. Only where whoever takes them may act even if the facts never get to the journal: because what drives the whole
    /// (a root's wish) is safe already, and will ask again or undo. There is no reply then.
    /// </summary>
    public bool SendsFirst { get; init; }

    /// <summary>The answer to the original sender, after the last fact is safe.</summary>
    public IReply? Reply { get; init; }

    /// <summary>Messages to the entity itself after a time; they must be harmless when they come late.</summary>
    public ImmutableArray<(TimeSpan Delay, IAddressed Message)> Timers { get; init; } = [];

    /// <summary>Whether the message has to wait. <see cref="Orders"/> go out all the same, each time that it is looked at.</summary>
    public bool Defer { get; init; }

    /// <summary>A refusal: nothing changes.</summary>
    public static Decision Refuse(Rejection reason) => new() { Reply = new Rejected(reason) };

    /// <summary>An answer; nothing changes.</summary>
    public static Decision Answer(IReply reply) => new() { Reply = reply };

    /// <summary>Messages to send; nothing changes here.</summary>
    public static Decision Send(params ImmutableArray<IAddressed> messages) => new() { Sends = messages };
}

/// <summary>One kind of entity as pure functions: no clock, no I/O, no random numbers. Times and ids arrive in the messages.</summary>
/// <typeparam name="TState">What the entity knows. States may be mutable inside for speed, but change in <see cref="Evolve"/> alone.</typeparam>
public interface IDecider<TState>
{
    /// <summary>The entity before its first event.</summary>
    /// <param name="id">Its key.</param>
    TState Empty(string id);

    /// <summary>What to do about a message. Changes nothing.</summary>
    Decision Decide(TState state, IAddressed message);

    /// <summary>The state after a fact. Never validates, never throws on facts it once made.</summary>
    TState Evolve(TState state, IEvent fact);

    /// <summary>Unfinished work, to be sent again after a recovery.</summary>
    ImmutableArray<IAddressed> Resume(TState state);

    /// <summary>The shortest list of journaled facts that gives the same state: this is what a snapshot holds, so that it needs no format of its own.</summary>
    ImmutableArray<IEvent> Compact(TState state);
}
