using Akka.Actor;
using Akka.Cluster;
using NetworkCluster.Networks;

namespace NetworkCluster.Services;

/// <summary>Brings each message to whoever answers it, see <see cref="ServiceMember.Start"/>. It keeps nothing but who lives.</summary>
internal sealed class ServiceProxy : ReceiveActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly IReadOnlyDictionary<EntityKind, IActorRef> _regions;
    private UniqueAddress? _host;

    public ServiceProxy(IReadOnlyDictionary<EntityKind, IActorRef> regions)
    {
        _regions = regions;
        Receive<ClusterEvent.IClusterDomainEvent>(_ => Choose());
        Receive<ClusterEvent.CurrentClusterState>(_ => Choose());
        // A host has to add what it knows, or refuses it.
        Receive<IAddressed>(message => message is CreateNetwork or UpdateNetwork || message is not (IRequest or IQuery), ToHost);
        Receive<IAddressed>(message => _regions[message.Entity.Kind].Forward(message));
        Receive<IMessage>(ToHost);
    }

    protected override void PreStart() => _cluster.Subscribe(Self, ClusterEvent.InitialStateAsSnapshot, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void ToHost(IMessage message)
    {
        if (_host is { Address: var address }) Context.ActorSelection(new RootActorPath(address) / ServiceAddress.Path.Split('/', StringSplitOptions.RemoveEmptyEntries)).Tell(message, Sender);
    }

    // The same as long as it lives, so that what is watched is watched at one; and not the same for all services.
    private void Choose()
    {
        var state = _cluster.State;
        var hosts = state.Members.Where(member => member.Status == MemberStatus.Up && member.Roles.Any(role => role.StartsWith(EntityShards.HostPrefix, StringComparison.Ordinal)) && !state.Unreachable.Contains(member)).Order(Member.AgeOrdering).ToList();
        if (hosts.Any(host => host.UniqueAddress.Equals(_host))) return;
        _host = hosts.Count == 0 ? null : hosts[(int)((uint)_cluster.SelfUniqueAddress.Uid % (uint)hosts.Count)].UniqueAddress;
    }
}
