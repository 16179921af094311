using System.Collections.Immutable;
using System.Text.Json;
using NetworkCluster.Serialization;
using Xunit;

namespace NetworkCluster.Tests.Support;

/// <summary>Given facts, when a message comes, then a decision. Every decision is checked against a snapshot of the same facts too: it must be the same.</summary>
internal sealed class Scenario<TState>(IDecider<TState> decider, string id)
{
    private readonly List<IEvent> _facts = [];

    /// <summary>The last decision.</summary>
    public Decision Then { get; private set; } = Decision.Nothing;

    public TState State => _facts.Aggregate(decider.Empty(id), decider.Evolve);

    public Scenario<TState> Given(params IEnumerable<IEvent> facts)
    {
        _facts.AddRange(facts);
        return this;
    }

    /// <summary>Decides, and takes the facts it made as given from now on.</summary>
    public Scenario<TState> When(params IEnumerable<IAddressed> messages)
    {
        foreach (var message in messages)
        {
            Then = decider.Decide(State, message);
            _facts.AddRange(Then.Events);
        }

        return this;
    }

    /// <summary>What the journal holds, as after a death of the entity.</summary>
    public Scenario<TState> Recovered()
    {
        _facts.RemoveAll(fact => fact is IEphemeralEvent);
        var snapshot = decider.Compact(State);
        var again = snapshot.Aggregate(decider.Empty(id), decider.Evolve);
        Assert.Equal(Text(snapshot), Text(decider.Compact(again)));
        _facts.Clear();
        _facts.AddRange(snapshot);
        return this;
    }

    public ImmutableArray<IAddressed> Resumed() => decider.Resume(State);

    /// <summary>Facts by the names of their types, in order, without those that live in memory only.</summary>
    public void Journals(params string[] facts) =>
        Assert.Equal(facts, Then.Events.Where(fact => fact is not IEphemeralEvent).Select(fact => fact.GetType().Name));

    public TReply Replies<TReply>() where TReply : IReply => Assert.IsType<TReply>(Then.Reply);

    public TMessage Sends<TMessage>() where TMessage : IAddressed => Assert.IsType<TMessage>(Assert.Single(Then.Sends));

    /// <summary>A refusal in the answer: nothing else happens.</summary>
    public TReason Refuses<TReason>() where TReason : Rejection
    {
        Assert.Empty(Then.Events);
        Assert.Empty(Then.Sends);
        return Assert.IsType<TReason>(Replies<Rejected>().Reason);
    }

    /// <summary>Nothing at all, and no answer.</summary>
    public void DoesNothing()
    {
        Assert.Empty(Then.Events);
        Assert.Empty(Then.Sends);
        Assert.Null(Then.Reply);
        Assert.False(Then.Defer);
    }

    public static string Text(IEnumerable<IMessage> messages) =>
        string.Join('\n', messages.Select(message => $"{message.GetType().Name} {JsonSerializer.Serialize(message, message.GetType(), MessageJson.Default)}"));
}
