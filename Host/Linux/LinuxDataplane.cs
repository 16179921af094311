using System.Collections.Immutable;
using System.Threading.Channels;
using NetworkCluster.Agents;
using NetworkCluster.Dataplane;
using NetworkCluster.Hosting;
using NetworkCluster.Linux.Netlink;
using NetworkCluster.Linux.Nftables;
using Route = NetworkCluster.Dataplane.Route;

namespace NetworkCluster.Linux;

/// <summary>The kernel of this host, by rtnetlink, nfnetlink, named namespaces and /proc/sys. Forks nothing. Works on pool threads, because rtnl may be slow.</summary>
public sealed class LinuxDataplane : IDataplane
{
    private static readonly TimeSpan CarrierWithin = TimeSpan.FromSeconds(3);

    // Calls into the kernel block. More than a few at once gain nothing (they queue for the kernel's rtnl lock), and would take the pool's threads away from the actors:
    // a restart with a thousand sandboxes must not silence the host.
    private const int CallsAtOnce = 4;
    private readonly TaskFactory _calls = new(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, CallsAtOnce).ConcurrentScheduler);
    private readonly Naming _naming;
    private readonly TimeProvider _time;
    private readonly SandboxDirectory _sandboxes;
    private readonly NetlinkSocketPool _sockets;
    private readonly HostWatch _watch;
    private readonly NftElements _elements = new();
    private readonly LibNftables _nftables = new();
    private readonly NeighbourAnnouncer _announcer = new();
    private volatile Dictionary<int, string> _linkNames = [];

    /// <summary>The kernel this process sees.</summary>
    /// <param name="options">Names and places.</param>
    /// <param name="time">For closing idle sockets.</param>
    /// <exception cref="DataplaneException">The directories cannot be made: no privilege.</exception>
    public LinuxDataplane(HostNetworkingOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _naming = options.Naming;
        _time = time;
        _sandboxes = new SandboxDirectory(options, _naming);
        _sockets = new NetlinkSocketPool(_sandboxes.PathOf, time);
        _sandboxes.Prepare();
        _watch = new HostWatch(_naming, options.NetnsDirectory);
    }

    /// <inheritdoc/>
    public Task<FoundHost> ObserveAsync(CancellationToken cancel) => _calls.StartNew(ObserveAll, cancel);

    /// <inheritdoc/>
    public Task<FoundHost> ObserveAsync(HostPart part, CancellationToken cancel) => _calls.StartNew(() => Observe(part), cancel);

    /// <inheritdoc/>
    public Task<ImmutableHashSet<Route>> RoutesAsync(CancellationToken cancel) => _calls.StartNew(() => _watch.Routes(LookAtRoutes), cancel);

    /// <inheritdoc/>
    public ChannelReader<Loss> Losses => _watch.Losses;

    /// <inheritdoc/>
    public Task ApplyAsync(ImmutableArray<Step> steps, CancellationToken cancel) => _calls.StartNew(() => Apply(steps), cancel);

    /// <summary>Closes every socket; the kernel stays as it is.</summary>
    public ValueTask DisposeAsync()
    {
        _watch.Dispose();
        _sockets.Dispose();
        _elements.Dispose();
        _nftables.Dispose();
        _announcer.Dispose();
        return ValueTask.CompletedTask;
    }

    private ImmutableHashSet<Route> LookAtRoutes()
    {
        // An index is never used again but by us, so a name once asked for is remembered for as long as a route leads there.
        var (known, used) = (_linkNames, new Dictionary<int, string>());
        var routes = Look(Netns.Host, socket => RtnetlinkObserver.Routes(socket, Netns.Host, index =>
        {
            if (used.TryGetValue(index, out var name)) return name;
            return used[index] = known.TryGetValue(index, out name) ? name : Look(Netns.Host, other => RtnetlinkObserver.NameOf(other, index));
        }));
        _linkNames = used;
        return routes;
    }

    private FoundHost ObserveAll()
    {
        var names = _sandboxes.Names().ToList();
        var alive = names.Select(_sandboxes.Find).OfType<FoundSandbox>().ToImmutableDictionary(s => s.Name);
        return new FoundHost
        {
            Host = Look(Netns.Host, socket => RtnetlinkObserver.All(socket, Netns.Host)),
            Sandboxes = alive,
            OnHost = _sandboxes.OnHost,
            StaleSandboxes = [.. names.Where(n => !alive.ContainsKey(n))],
            Elements = _elements.List(_naming.Table),
            Mappings = _elements.ListMappings(_naming.Table),
            Sysctls = Sysctls.Read(HostSysctls.All),
        };
    }

    private FoundHost Observe(HostPart part) => new()
    {
        Host = part.Links.IsEmpty ? FoundNetns.Empty : Look(Netns.Host, socket => RtnetlinkObserver.Part(socket, Netns.Host, part.Links, part.Remotes)),
        Sandboxes = part.Sandboxes.Select(_sandboxes.Find).OfType<FoundSandbox>().Select(s => s with { Inside = LookInto(s.Name) }).ToImmutableDictionary(s => s.Name),
        Elements = part.Elements ? _elements.Of(_naming.Table, part.Links) : [],
        Mappings = part.Elements && !part.Sandboxes.IsEmpty ? _elements.ListMappings(_naming.Table) : [],
        UnusablePorts = PortProbe.Unusable(part.Ports),
        Sysctls = Sysctls.Read(part.Sysctls),
    };

    private FoundNetns LookInto(string sandbox)
    {
        var netns = new Netns(sandbox);
        return Look(netns, socket => RtnetlinkObserver.All(socket, netns)) with { Files = _sandboxes.Read(sandbox) };
    }

    private T Look<T>(Netns netns, Func<NetlinkSocket, T> look)
    {
        try
        {
            return _sockets.Use(netns, look);
        }
        catch (NetlinkException refusal)
        {
            throw new DataplaneException($"ip {netns}link show", refusal.Message, refusal);
        }
    }

    private void Apply(ImmutableArray<Step> steps)
    {
        for (var at = 0; at < steps.Length;)
        {
            if (!IsRtnetlink(steps[at]))
            {
                Traced(PartOf(steps[at]), steps[at..(at + 1)], () => ApplyAlone(steps[at]));
                at++;
                continue;
            }

            var end = at + 1;
            while (end < steps.Length && steps[end].Netns == steps[at].Netns && IsRtnetlink(steps[end])) end++;
            var run = steps[at..end];
            Traced("netlink", run, () => Send(run));
            at = end;
        }
    }

    // All of one namespace.
    private void Send(ImmutableArray<Step> steps) => _sockets.Use(steps[0].Netns, socket =>
    {
        using var batch = new RtnetlinkBatch(socket, _sandboxes.PathOf);
        foreach (var step in steps) batch.Add(step);
        batch.Flush();
        return true;
    });

    private static void Traced(string part, ImmutableArray<Step> steps, Action apply)
    {
        using var span = NodeTraces.Step($"kernel {part}");
        if (span is not null) span.Tell("netns", steps[0].Netns.Name ?? "").Tell("steps", string.Join("; ", steps));
        try
        {
            apply();
        }
        catch (DataplaneException fault)
        {
            span.Fail("Fault", fault.Message);
            throw;
        }
    }

    // Which part of the kernel a step is for that is not rtnetlink's.
    private static string PartOf(Step step) => step switch
    {
        ReplaceTable or AddElement or DeleteElement or AddMapping or DeleteMapping => "nftables",
        SetSysctl or SkipDuplicateDetection => "sysctl",
        AwaitCarrier => "carrier",
        Reuse => "reuse",
        AnnounceNeighbour => "announce",
        WriteFile => "file",
        EndProcesses => "processes",
        _ => "namespace",
    };

    /// <summary>With whatever somebody has put on it a bridge would come to a network that this was not meant for.</summary>
    private void TakeAgain(Reuse step)
    {
        if (!Look(Netns.Host, socket => RtnetlinkObserver.IsAsMade(socket, step.Link.Name)) || _elements.AreAtDevices()) throw new DataplaneException(step.ToString(), $"{step.Link.Name} is not as it was made, or may not be");
        Send([step]);
        _linkNames = [];
    }

    /// <summary>A question is enough since Linux 6.8; before, the kernel says it when its work item has run, so listen first, ask again, and wait.</summary>
    private void WaitFor(AwaitCarrier step)
    {
        if (_sockets.Use(step.Netns, socket => RtnetlinkObserver.HasCarrier(socket, step.Link.Name))) return;
        using var changes = NetlinkListener.Open(NetlinkSocket.Route, step.Netns.Name is { } name ? _sandboxes.PathOf(name) : null, NetlinkListener.Links);
        var since = _time.GetTimestamp();
        while (!_sockets.Use(step.Netns, socket => RtnetlinkObserver.HasCarrier(socket, step.Link.Name)))
        {
            var left = CarrierWithin - _time.GetElapsedTime(since);
            if (left <= TimeSpan.Zero || Native.AwaitReadable((int)Math.Ceiling(left.TotalMilliseconds), changes.Fd) == 0) throw new DataplaneException(step.ToString(), $"no carrier within {CarrierWithin.TotalSeconds} s");
            changes.Take((_, _, _) => { });
        }
    }

    private static bool IsRtnetlink(Step step) =>
        step is not (NoteOnHost or ForgetOnHost or CreateSandbox or DeleteSandbox or EndProcesses or WriteFile or SetSysctl or SkipDuplicateDetection or ReplaceTable or AddElement or DeleteElement or AddMapping or DeleteMapping or AwaitCarrier or AnnounceNeighbour or Reuse);

    /// <summary>Applies a step that is not rtnetlink's.</summary>
    private void ApplyAlone(Step step)
    {
        try
        {
            switch (step)
            {
                case NoteOnHost s: _sandboxes.Note(s); break;
                case ForgetOnHost s: _sandboxes.Forget(s); break;
                case CreateSandbox s: _sandboxes.Create(s); break;
                case DeleteSandbox s:
                    _sockets.Forget(s.Name);
                    _sandboxes.Delete(s.Name);
                    break;
                case Reuse s: TakeAgain(s); break;
                case AwaitCarrier s: WaitFor(s); break;
                case AnnounceNeighbour s: _announcer.Announce(s.Neighbour); break;
                case EndProcesses s: SandboxKill.End(_sandboxes.PathOf(s.Sandbox)); break;
                case WriteFile s: _sandboxes.Write(s.File); break;
                case SetSysctl s: Sysctls.Write(s.Setting); break;
                case SkipDuplicateDetection s: Sysctls.SkipDuplicateDetection(s.Link.Name); break;
                case ReplaceTable s: _nftables.Run($"nft replace table inet {s.Table}", NftTable.Replacement(s.Table, s.Elements, s.Mappings)); break;
                case AddElement s: _elements.Add(s); break;
                case DeleteElement s: _elements.Delete(s); break;
                case AddMapping s: _elements.Add(s); break;
                case DeleteMapping s: _elements.Delete(s); break;
            }
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new DataplaneException(step.ToString(), refusal.Message, refusal);
        }
    }
}
