using Akka.Actor;
using NetworkCluster.Entities;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;

namespace NetworkCluster.Agents;

/// <summary>
/// Tells the host's address space and the cluster's how late it is, once a second: deciders have no clock. An alarm for each reservation would die with the process; a tick is only late.
/// </summary>
internal sealed class ReservationClock : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    public ReservationClock(HostId host, EntityRouter router, TimeProvider time) => Receive<Tick>(_ =>
    {
        foreach (var space in (ReadOnlySpan<AddressSpaceId>)[AddressSpaceId.Of(host), AddressSpaceId.Global]) router.Send(new ExpireReservations(space, time.GetUtcNow()), ActorRefs.NoSender);
    });

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.Zero, Every);

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}
