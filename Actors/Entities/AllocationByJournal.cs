using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using NetworkCluster.Membership;

namespace NetworkCluster.Entities;

/// <summary>
/// Who carries which entities: as Akka chooses, but none are left with a process that alone does not reach the journal. Those of such a process could only refuse; elsewhere they go on. When nobody reaches it,
/// everything stays where it is, and answers from memory.
/// </summary>
/// <param name="inner">Akka's choice.</param>
/// <param name="reach">Who reaches it.</param>
/// <param name="own">This process, as <c>ADDRESS:PORT</c>.</param>
internal sealed class AllocationByJournal(IShardAllocationStrategy inner, JournalReach reach, string own) : IActorSystemDependentAllocationStrategy
{
    // When it is away for all, all have said so by then.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public void Start(ActorSystem system) => (inner as IActorSystemDependentAllocationStrategy)?.Start(system);

    /// <inheritdoc/>
    public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        var away = currentShardAllocations.Keys.Where(region => reach.IsAway(PlaceOf(region))).ToList();
        return inner.AllocateShard(requester, shardId, away.Count == currentShardAllocations.Count ? currentShardAllocations : currentShardAllocations.RemoveRange(away));
    }

    /// <inheritdoc/>
    public Task<IImmutableSet<string>> Rebalance(IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        var away = currentShardAllocations.Where(region => reach.IsAway(PlaceOf(region.Key), Settled)).SelectMany(region => region.Value).ToImmutableHashSet();
        return away.IsEmpty || !currentShardAllocations.Keys.Any(region => reach.Reaches(PlaceOf(region)))
            ? inner.Rebalance(currentShardAllocations, rebalanceInProgress)
            : Task.FromResult<IImmutableSet<string>>(away.Except(rebalanceInProgress));
    }

    // That of this process has no address.
    private string PlaceOf(IActorRef region) => region.Path.Address is { Host: not null } address ? NodeRoles.PlaceOf(address) : own;
}
