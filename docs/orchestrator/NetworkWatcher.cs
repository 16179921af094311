using System.Threading.Channels;
using Akka.Actor;
using NetworkCluster;
using NetworkCluster.Networks;
using NetworkCluster.Services;

namespace Orchestrator;

/// <summary>Hears what happens in a network: a view now and then, and notices in between. What was lost on the way is in the next view.</summary>
internal sealed class NetworkWatcher : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan SayAgain = WatchNetwork.Lease / 3;

    public NetworkWatcher(IActorRef client, NetworkId network, ChannelWriter<IMessage> heard)
    {
        Receive<Tick>(_ => client.Tell(NetworkServices.Envelope(new WatchNetwork(network))));
        Receive<NetworkView>(view => heard.TryWrite(view));
        Receive<NetworkNotice>(notice => heard.TryWrite(notice));
        Receive<IReply>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.Zero, SayAgain);

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}
