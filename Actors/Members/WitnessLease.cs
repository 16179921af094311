using Akka.Actor;
using Akka.Cluster;
using Akka.Coordination;
using Akka.Event;
using NetworkCluster.Hosts;

namespace NetworkCluster.Services;

/// <summary>
/// Whether this side of a cluster that has fallen apart goes on, for Akka's resolver of split brains, which asks for a lease when it would remove those that cannot be reached. The majority has it, without a word; the
/// minority has not; of two halves the one has it that is the first to tell the journal. So of two hosts either outlives the other, as long as it reaches the journal.
/// </summary>
/// <param name="settings">Akka's.</param>
/// <param name="system">The member.</param>
internal sealed class WitnessLease(LeaseSettings settings, ExtendedActorSystem system) : Lease(settings)
{
    /// <summary>The actor's name, on every process that carries entities.</summary>
    public const string Witness = "witness";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public override Task<bool> Acquire() => Acquire(_ => { });

    /// <inheritdoc/>
    public override async Task<bool> Acquire(Action<Exception> leaseLostCallback)
    {
        var cluster = Cluster.Get(system);
        var state = cluster.State;
        var sides = state.Members.Where(member => member.HasRole(EntityShards.Role)).ToLookup(member => !state.Unreachable.Contains(member));
        switch (Carrier.Count(sides.SelectMany(side => side.Select(member => new Carrier(member.Status, side.Key, state.SeenBy.Contains(member.Address))))))
        {
            case Sides.Majority: return true;
            case Sides.Minority: return false;
        }

        var staying = sides[true].Where(member => member.Status == MemberStatus.Up).ToList();
        var own = staying.Find(member => member.UniqueAddress.Equals(cluster.SelfUniqueAddress)) ?? staying[0];
        try
        {
            var question = new AskWitness([.. Tokens(staying)], [.. Tokens(sides[false])]);
            return (await system.ActorSelection(new RootActorPath(own.Address) / "user" / Witness).Ask<WitnessAnswer>(question, Patience).ConfigureAwait(false)).Granted;
        }
        catch (AskTimeoutException)
        {
            system.Log.Warning("Half of the cluster cannot be heard, and the journal does not say which half goes on: this one does not");
            return false;
        }
    }

    private static IEnumerable<string> Tokens(IEnumerable<Member> members) => members.Select(member => EntityShards.TokenOf(member.UniqueAddress));

    /// <inheritdoc/>
    public override Task<bool> Release() => Task.FromResult(true);

    /// <summary>Never: it is asked anew for every decision.</summary>
    public override bool CheckLease() => false;
}
