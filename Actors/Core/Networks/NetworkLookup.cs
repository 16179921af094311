using System.Collections.Immutable;

namespace NetworkCluster.Networks;

/// <summary>One answer out of two address spaces, a host's and the cluster's, in Docker's order: full id, then name, then unique id prefix, whichever space has it.</summary>
public static class NetworkLookup
{
    private enum Rank
    {
        Id,
        Name,
        Prefix,
        Nothing,
    }

    /// <summary>The better of both answers to <see cref="FindNetwork"/>; where they are equally good, the name or prefix is ambiguous and both are named.</summary>
    /// <param name="text">What was looked for.</param>
    /// <param name="local">The answer of the host's space.</param>
    /// <param name="global">The answer of the cluster's space.</param>
    public static IReply Choose(string text, IReply local, IReply global)
    {
        // Who does not know cannot say that there is none.
        if (RankOf(local) is not { } here) return local;
        if (RankOf(global) is not { } there) return global;
        if (here == Rank.Nothing || there < here) return global;
        if (here < there) return local;
        return new Rejected(new AmbiguousName("network", text, [.. Matches(local), .. Matches(global)], here == Rank.Prefix ? "ID prefix" : "name"));

        Rank? RankOf(IReply reply) => reply switch
        {
            NetworkSummary { Spec: var spec } => spec.Id.ToString() == text ? Rank.Id : spec.Name == text ? Rank.Name : Rank.Prefix,
            Rejected { Reason: AmbiguousName } => Rank.Prefix,
            Rejected { Reason: NetworkNotFound } => Rank.Nothing,
            _ => null,
        };
    }

    private static ImmutableArray<string> Matches(IReply reply) => reply switch
    {
        NetworkSummary { Spec: var spec } => [Text(spec)],
        Rejected { Reason: AmbiguousName many } => many.Matches,
        _ => [],
    };

    /// <summary>How an ambiguous one is named.</summary>
    public static string Text(NetworkSpec spec) => $"{spec.Name} ({spec.Id.Short}{(spec.Scope == NetworkScope.Global ? ", global" : "")})";
}
