using Akka.Actor;
using Akka.Cluster;
using NetworkCluster.Entities;
using NetworkCluster.Hosts;

namespace NetworkCluster.Membership;

/// <summary>Tells the oldest of those that carry entities, which is where it is decided who carries them, whether this process reaches the journal; and hears it there from the others.</summary>
internal sealed class JournalReports : ReceiveActor, IWithTimers
{
    /// <summary>The actor's name, on every process that carries entities.</summary>
    public const string Name = "journal-reports";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private const int LooksPerReport = 3;

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly JournalHealth _health;
    private int _looks;
    private bool _said;

    public JournalReports(JournalHealth health, JournalReach reach)
    {
        _health = health;
        Receive<Look>(_ => Tell());
        Receive<JournalReport>(report => reach.Note(report.Member, report.Away));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private sealed class Look
    {
        public static readonly Look Instance = new();
    }

    protected override void PreStart() => Timers.StartPeriodicTimer(Look.Instance, Look.Instance, TimeSpan.Zero, LookEvery);

    // At once where it is news.
    private void Tell()
    {
        var away = _health.Outage is not null;
        if (away == _said && _looks++ % LooksPerReport != 0) return;
        _said = away;
        Member? oldest = null;
        foreach (var member in _cluster.State.Members)
        {
            if (member.Status == MemberStatus.Up && member.HasRole(NodeRoles.Control) && (oldest is null || member.IsOlderThan(oldest))) oldest = member;
        }

        if (oldest is not null) Context.ActorSelection(new RootActorPath(oldest.Address) / "user" / Name).Tell(new JournalReport(NodeRoles.PlaceOf(_cluster.SelfAddress), away), ActorRefs.NoSender);
    }
}
