using System.Collections.Immutable;
using NetworkCluster.Hosts;

namespace NetworkCluster.Commands;

/// <summary>One process of the cluster as this process sees it.</summary>
/// <param name="Host">Its host; none: it is another service's.</param>
/// <param name="Address">Its address in the cluster, with the incarnation behind <c>#</c>.</param>
/// <param name="Status">Akka's word: Joining, Up, Leaving, Exiting, Down.</param>
/// <param name="Reachable">Whether it answers.</param>
/// <param name="Leader">Whether it leads.</param>
internal sealed record ClusterMember(HostId Host, string Address, string Status, bool Reachable, bool Leader)
{
    /// <summary>Whether it carries entities.</summary>
    public bool Control { get; init; } = true;
    /// <summary>Whether it has a data plane.</summary>
    public bool Agent { get; init; } = true;
    /// <summary>Roles of other services.</summary>
    public ImmutableArray<string> Others { get; init; } = [];
    /// <summary>Whether it is a process of a host; otherwise it is another service's.</summary>
    public bool IsHost => Host != default;
    /// <summary>All that it does.</summary>
    public IEnumerable<string> Roles => [.. Control ? ["control"] : (string[])[], .. Agent ? ["agent"] : (string[])[], .. Others];
}

/// <summary>Who is in the cluster now, from this process's own gossip: no message is sent.</summary>
internal interface IClusterMembers
{
    /// <summary>The members, the oldest first.</summary>
    ImmutableArray<ClusterMember> Members { get; }
}
