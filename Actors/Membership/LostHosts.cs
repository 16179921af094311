using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;
using NetworkCluster.Entities;
using NetworkCluster.Hosting;
using NetworkCluster.Hosts;

namespace NetworkCluster.Membership;

/// <summary>
/// Declares hosts lost whose process the cluster has removed, until they are. The leader of those that carry entities alone acts; every process watches, so that the next leader knows. What the leader did not
/// see, because it, too, was down, it finds by comparing the list of hosts with the members: if it stops anywhere, the next look finds the same.
/// </summary>
internal sealed class LostHosts : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2), LookAgain = TimeSpan.FromMilliseconds(300);
    // No member is removed for being unreachable sooner than the split-brain resolver's stable-after.
    private static readonly TimeSpan Replaced = TimeSpan.FromSeconds(1.5);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    // By host and not by life, so that lives that are over leave nothing behind.
    private readonly Dictionary<HostId, (string Token, long Since)> _absent = [];
    private readonly Dictionary<HostId, string> _left = [];
    private readonly Dictionary<HostId, string> _dead = [];
    private readonly Dictionary<HostId, string> _declared = [];
    private readonly Dictionary<UniqueAddress, long> _unreachable = [];
    private readonly ILogger _log = NodeLog.Of<LostHosts>(Context.System);
    private readonly NodeSettings _settings;
    private readonly EntityRouter _router;
    private readonly TimeProvider _time;

    public LostHosts(NodeSettings settings, EntityRouter router, TimeProvider time)
    {
        (_settings, _router, _time) = (settings, router, time);
        Receive<ClusterEvent.UnreachableMember>(unreachable => _unreachable[unreachable.Member.UniqueAddress] = _time.GetTimestamp());
        Receive<ClusterEvent.ReachableMember>(reachable => _unreachable.Remove(reachable.Member.UniqueAddress));
        Receive<ClusterEvent.MemberRemoved>(removed => Removed(removed.Member, removed.PreviousStatus));
        Receive<Look>(_ =>
        {
            if (!IsLeader) return;
            _router.Send(new ListHosts(), Self);
            if (_dead.Count > 0) LookSoon();
        });
        Receive<HostList>(list =>
        {
            var present = _cluster.State.Members.Where(member => member.HasRole(NodeRoles.Agent)).Select(NodeRoles.HostOf).OfType<HostId>().ToHashSet();
            foreach (var host in list.Hosts.Where(host => !present.Contains(host) || _dead.ContainsKey(host))) _router.Send(new GetHost(host), Self);
            foreach (var unlisted in present.Except(list.Hosts)) _router.Send(new RegisterHost(unlisted), ActorRefs.NoSender);
        });
        Receive<HostView>(Judge);
        Receive<IReply>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    // One that the others have removed sees nobody any more, and would take everybody for lost.
    private bool IsLeader => !_cluster.IsTerminated && _cluster.SelfAddress.Equals(_cluster.State.RoleLeader(NodeRoles.Control)) && _cluster.SelfMember.Status == MemberStatus.Up;

    private sealed class Look
    {
        public static readonly Look Instance = new();
    }

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved), typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartPeriodicTimer(Look.Instance, Look.Instance, LookEvery);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Removed(Member member, MemberStatus before)
    {
        var wasUnreachable = _unreachable.Remove(member.UniqueAddress, out var since) && _time.GetElapsedTime(since) >= Replaced;
        if (NodeRoles.HostOf(member) is not { } host || !member.HasRole(NodeRoles.Agent)) return;
        var token = NodeRoles.TokenOf(member.UniqueAddress);
        // One that leaves in order leaves its containers running: it is being restarted, and will adopt them.
        if (before == MemberStatus.Exiting)
        {
            _left[host] = token;
            return;
        }

        // One that was heard of until now makes way for its own next life, which is about to join and adopt: the look below decides, should it not.
        if (!wasUnreachable) return;
        // What carried the host's entity may have died with it: said again until it is heard.
        _dead[host] = token;
        Declare(host, token);
        LookSoon();
    }

    private void LookSoon() => Timers.StartSingleTimer(nameof(LookSoon), Look.Instance, LookAgain);

    private void Judge(HostView view)
    {
        if (view.Lost || _cluster.State.Members.Any(member => NodeRoles.TokenOf(member.UniqueAddress) == view.Token))
        {
            _absent.Remove(view.Id);
            _dead.Remove(view.Id);
            return;
        }

        if (_dead.GetValueOrDefault(view.Id) == view.Token)
        {
            Declare(view.Id, view.Token);
            return;
        }

        // By a clock that nobody sets.
        var now = _time.GetTimestamp();
        if (!_absent.TryGetValue(view.Id, out var absent) || absent.Token != view.Token) _absent[view.Id] = (view.Token, now);
        else if (_time.GetElapsedTime(absent.Since, now) >= (_left.GetValueOrDefault(view.Id) == view.Token ? _settings.LeaveGrace : _settings.ReturnGrace)) Declare(view.Id, view.Token);
    }

    private void Declare(HostId host, string token)
    {
        if (!IsLeader) return;
        // It may have to be said several times until it is heard.
        var again = _declared.GetValueOrDefault(host) == token;
        _declared[host] = token;
        _log.Say(again ? LogLevel.Debug : LogLevel.Warning, $"host {host} is lost ({token}): its endpoints are given up", null, (MessageSubject.Host, host));
        _absent.Remove(host);
        if (_left.GetValueOrDefault(host) == token) _left.Remove(host);
        _router.Send(new DeclareHostLost(host, token, _time.GetUtcNow()), ActorRefs.NoSender);
    }
}
