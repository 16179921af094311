using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Microsoft.Extensions.Logging;
using NetworkCluster.Hosting;

namespace NetworkCluster.Membership;

/// <summary>
/// Ends this process's part when a member of its cluster does not speak to it any more: that one has removed it, and Akka tells so to whoever calls (quarantine). A process that was suspended hears that from
/// one after the other, and would, before it has heard it from all, take those that it hears nothing of for dead, and go on alone on the same journal. What somebody says who is no member any more counts for nothing: it
/// may be just such a process.
/// </summary>
internal sealed class Expulsion : ReceiveActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILogger _log = NodeLog.Of<Expulsion>(Context.System);

    public Expulsion() => Receive<ThisActorSystemQuarantinedEvent>(expelled =>
    {
        if (_cluster.IsTerminated || !_cluster.State.Members.Any(member => member.Address.Equals(expelled.RemoteAddress))) return;
        _log.LogWarning("{Member} has removed this process from the cluster: it begins anew", NodeRoles.PlaceOf(expelled.RemoteAddress));
        _cluster.Down(_cluster.SelfAddress);
    });

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);
}
