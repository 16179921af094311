using System.Collections.Immutable;
using NetworkCluster.Endpoints;
using NetworkCluster.Ipam;

namespace NetworkCluster.Networks;

/// <summary>What happened in a network.</summary>
public enum NetworkChange
{
    /// <summary>The network was made.</summary>
    Created,
    /// <summary>Its name, its options or its subnets were changed.</summary>
    Changed,
    /// <summary>A running container got its place.</summary>
    Connected,
    /// <summary>A container got another name.</summary>
    Renamed,
    /// <summary>A stopped container's wish was noted; a fixed address is held for it.</summary>
    Configured,
    /// <summary>A container stopped: its place is given up, its wish stays.</summary>
    Stopped,
    /// <summary>A container's place, or its wish, was given up for good.</summary>
    Disconnected,
    /// <summary>The network was removed.</summary>
    Removed,
}

/// <summary>One line of a network's history.</summary>
/// <param name="At">When the journal was told.</param>
/// <param name="Change">What happened.</param>
/// <param name="Network">The network as it was then.</param>
/// <param name="Endpoint">Whose place it was, with the addresses it had (or had until then); none where it is about the network.</param>
public sealed record NetworkHistoryEntry(DateTimeOffset At, NetworkChange Change, NetworkSpec Network, AttachedEndpoint? Endpoint)
{
    /// <summary>The network before it, where it was changed; otherwise none.</summary>
    public NetworkSpec? Before { get; init; }

    /// <summary>What the container was called before it, where it got another name; otherwise none.</summary>
    public string? FormerName { get; init; }
}

/// <summary>The past of networks, out of their own journals and those of the address spaces. Nothing is kept for it: the journal is the history.</summary>
public static class NetworkHistory
{
    private static readonly NetworkDecider Network = new();
    private static readonly AddressSpaceDecider Space = new();

    /// <summary>A network's history.</summary>
    /// <param name="facts">All facts of the network's journal, in order.</param>
    public static IEnumerable<NetworkHistoryEntry> Of(IEnumerable<JournaledFact> facts)
    {
        var state = Network.Empty("");
        foreach (var (at, fact) in facts)
        {
            var before = state;
            state = Network.Evolve(state, fact);
            if (state.Spec is { } spec && Entry(before, fact) is var (change, endpoint)) yield return new(at, change, spec, endpoint)
            {
                Before = change == NetworkChange.Changed ? before.Spec : null,
                FormerName = change == NetworkChange.Renamed ? before.Find(endpoint!.Id)!.Endpoint.Spec.ContainerName : null,
            };
        }
    }

    /// <summary>The network as it was at a time; none where it was not.</summary>
    /// <param name="facts">All facts of the network's journal, in order.</param>
    /// <param name="at">The time.</param>
    public static NetworkView? At(IEnumerable<JournaledFact> facts, DateTimeOffset at)
    {
        var state = facts.TakeWhile(fact => fact.At <= at).Aggregate(Network.Empty(""), (before, fact) => Network.Evolve(before, fact.Fact));
        return state.Exists ? state.View : null;
    }

    /// <summary>Who had the name, or the id, at a time: a <see cref="NetworkSummary"/> or a <see cref="Rejected"/>.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="facts">All facts of the space's journal, in order.</param>
    /// <param name="at">The time.</param>
    /// <param name="nameOrId">Full id, name, or unique id prefix.</param>
    public static IReply FindAt(AddressSpaceId space, IEnumerable<JournaledFact> facts, DateTimeOffset at, string nameOrId)
    {
        var state = facts.TakeWhile(fact => fact.At <= at).Aggregate(Space.Empty(space.ToString()), (before, fact) => Space.Evolve(before, fact.Fact));
        return Space.Decide(state, new FindNetwork(space, nameOrId)).Reply!;
    }

    /// <summary>All networks that ever had the full id, or else the name, or else an id that begins so, in the order in which they were made.</summary>
    /// <param name="spaces">All facts of the spaces' journals, each in order.</param>
    /// <param name="nameOrId">What is looked for.</param>
    public static ImmutableArray<NetworkSpec> Ever(IEnumerable<JournaledFact> spaces, string nameOrId)
    {
        var all = spaces.Select(fact => fact.Fact switch { NetworkRegistered made => made.Spec, NetworkUpdating changed => changed.Next, _ => null }).OfType<NetworkSpec>().ToList();
        return ((ImmutableArray<Func<NetworkSpec, bool>>)
            [
                spec => spec.Id.ToString() == nameOrId,
                spec => spec.Name == nameOrId,
                spec => nameOrId.Length > 0 && spec.Id.ToString().StartsWith(nameOrId, StringComparison.Ordinal),
            ])
            .Select(isIt => all.Where(isIt).DistinctBy(spec => spec.Id).ToImmutableArray()).FirstOrDefault(found => !found.IsEmpty, []);
    }

    private static (NetworkChange, AttachedEndpoint?)? Entry(NetworkState before, IEvent fact) => fact switch
    {
        NetworkCreated => (NetworkChange.Created, null),
        NetworkChanged => (NetworkChange.Changed, null),
        // That a name is asked for, or that its host has moved, is no change of who is there.
        EndpointAttached attached when before.Find(attached.Endpoint.Id) is { Attached: true } was => IsRenamed(was, attached.Endpoint) ? (NetworkChange.Renamed, attached.Endpoint) : null,
        EndpointAttached attached => (NetworkChange.Connected, attached.Endpoint),
        EndpointReserved reserved => before.Find(reserved.Endpoint.Id) is { Attached: true } was
            ? (NetworkChange.Stopped, was.Endpoint)
            : before.Find(reserved.Endpoint.Id) is { } known ? IsRenamed(known, reserved.Endpoint) ? (NetworkChange.Renamed, reserved.Endpoint) : null
            : (NetworkChange.Configured, reserved.Endpoint),
        EndpointDetached detached => before.Find(detached.Endpoint) is { } was ? (NetworkChange.Disconnected, was.Endpoint) : null,
        NetworkDeleted when before.Exists => (NetworkChange.Removed, null),
        _ => null,
    };

    private static bool IsRenamed(NetworkMember before, AttachedEndpoint after) => before.Endpoint.Spec.ContainerName != after.Spec.ContainerName;
}
