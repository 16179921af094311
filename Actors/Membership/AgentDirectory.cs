using Akka.Actor;
using Akka.Cluster;
using NetworkCluster.Hosts;

namespace NetworkCluster.Membership;

/// <summary>
/// Brings messages to the agents of hosts, this one's and others', by what the gossip says. One for a host that is not there is dropped: whoever needs its answer asks again,
/// or is told that the host is lost. Messages from one sender to one agent stay in order.
/// </summary>
internal sealed class AgentDirectory : ReceiveActor
{
    /// <summary>Where every process has its agent.</summary>
    public const string AgentName = "agent";

    private readonly Dictionary<HostId, (UniqueAddress Node, ICanTell Agent)> _others = [];
    private readonly HostId _host;
    private IActorRef _own = ActorRefs.Nobody;

    public AgentDirectory(HostId host)
    {
        _host = host;
        Receive<OwnAgent>(own => _own = own.Agent);
        Receive<ClusterEvent.CurrentClusterState>(state =>
        {
            foreach (var member in state.Members.Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving).Order(Member.AgeOrdering)) Add(member);
        });
        Receive<ClusterEvent.MemberUp>(up => Add(up.Member));
        Receive<ClusterEvent.MemberRemoved>(removed => Remove(removed.Member));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<IAddressed>(message => AgentOf(message.Entity.Id)?.Tell(message, Sender));
    }

    /// <summary>This process's own agent.</summary>
    public sealed record OwnAgent(IActorRef Agent);

    protected override void PreStart() => Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.InitialStateAsSnapshot, typeof(ClusterEvent.IMemberEvent));

    protected override void PostStop() => Cluster.Get(Context.System).Unsubscribe(Self);

    private ICanTell? AgentOf(string host) =>
        host == _host.ToString() ? _own : HostId.TryParse(host, null, out var id) && _others.TryGetValue(id, out var other) ? other.Agent : null;

    // A host that was restarted is up again before its last life is removed: the younger one counts.
    private void Add(Member member)
    {
        if (NodeRoles.HostOf(member) is not { } host || host == _host || !member.HasRole(NodeRoles.Agent)) return;
        _others[host] = (member.UniqueAddress, Context.ActorSelection(new RootActorPath(member.Address) / "user" / AgentName));
    }

    private void Remove(Member member)
    {
        if (NodeRoles.HostOf(member) is { } host && _others.TryGetValue(host, out var known) && known.Node.Equals(member.UniqueAddress)) _others.Remove(host);
    }
}
