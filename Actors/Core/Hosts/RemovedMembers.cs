using System.Collections.Immutable;

namespace NetworkCluster.Hosts;

/// <summary>What the journal as witness knows: which lives were removed by the other half of their cluster.</summary>
public sealed record RemovedMembers
{
    /// <summary>Nobody was.</summary>
    public static RemovedMembers None { get; } = new();

    private ImmutableHashSet<string> Members { get; init; } = ImmutableHashSet<string>.Empty;

    /// <summary>What is so after the fact.</summary>
    public RemovedMembers After(MembersRemoved fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        return this with { Members = Members.Union(fact.Members) };
    }

    /// <summary>Whether that side goes on; and what is to be journaled before it is told so, if it is not yet there.</summary>
    public (bool Granted, MembersRemoved? Fact) Decide(AskWitness ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        if (ask.Staying.Any(Members.Contains)) return (false, null);
        ImmutableArray<string> news = [.. ask.Leaving.Where(member => !Members.Contains(member))];
        return (true, news.IsEmpty ? null : new MembersRemoved(news));
    }
}
