using NetworkCluster.Agents;
using NetworkCluster.Containers;
using NetworkCluster.Dns;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Tests.Support.Simulation;

/// <summary>The host's agent as one message after the other: the same order of work as the real one, with the real views and names, on a kernel of sets.</summary>
internal sealed class WorldAgent(World world, string token)
{
    private static readonly HostId Host = HostId.Parse(World.Host);

    private readonly List<Action> _stash = [];
    private readonly List<Action> _early = [];
    private readonly Dictionary<ContainerId, object> _sandboxes = [];
    private int _opening;
    private readonly Dictionary<ContainerId, Queue<(bool NeedsNetworks, Action Work)>> _lanes = [];
    private readonly List<(BindEndpoint Bind, Action<IReply>? Asker)> _unseen = [];
    private readonly List<ContainerId> _alive = [.. world.Kernel.Sandboxes.Keys];
    private readonly HashSet<NetworkId> _madeHere = [];
    private readonly Departures _departures = new();
    private readonly Preparations _preparations = new();
    private Incarnation _incarnation;
    private HostWelcome? _welcome;
    private bool _networksKnown, _networksThere;

    public bool IsReady => _welcome is not null;

    /// <summary>Whether nothing that it has asked for is missing.</summary>
    public bool IsTold => IsReady && _networksKnown;

    /// <summary>What it asks for again after a while, because it may have been lost.</summary>
    public void AskAgain()
    {
        if (!IsReady) Join();
        else if (!_networksKnown) Send(new ListNetworks(AddressSpaceId.Of(Host)), Reply);
    }

    public NameTable Names { get; } = new();

    public KnownViews Views => _views ??= new(Host, Names);

    private KnownViews? _views;

    public void Start() => Join();

    public void Join() => Join(IsReady ? [.. _sandboxes.Keys] : [.. _alive]);

    public void Receive(IAddressed message, Action<IReply>? asker)
    {
        if (!IsReady)
        {
            _stash.Add(() => Receive(message, asker));
            return;
        }

        switch (message)
        {
            case PrepareEndpoint prepare: Prepare(prepare.Bind); break;
            case ProgramEndpoint program: Program(program.Bind, asker); break;
            case WithdrawEndpoint withdraw: Withdraw(withdraw.Withdrawal, asker); break;
            case ViewChanged change:
                if (Views.Take(change) == ViewNews.Missed) Send(new RequestView(change.Spec.Id, Host), Reply);
                AnswerSeen(change.Spec.Id);
                break;
            case ViewRevision last when Views.RevisionOf(last.Id) < last.Revision: Send(new RequestView(last.Id, Host), Reply); break;
            case ViewSnapshot snapshot:
                Views.Take(snapshot.View);
                // Where it has lost its place meanwhile, whoever hears that it came has it leave again.
                AnswerSeen(snapshot.View.Spec.Id, snapshot.View.Revision);
                break;
            case ApplyNetwork apply: Work($"net {apply.Spec.Id.Short}", () => Apply(apply.Spec, asker)); break;
            case WithdrawNetwork when !_networksThere: _early.Add(() => Receive(message, asker)); break;
            case WithdrawNetwork withdraw: Work($"net {withdraw.Dismantle.Spec.Id.Short}", () => Withdraw(withdraw.Dismantle, asker)); break;
            case StartSandbox start:
                _sandboxes[start.Container.Id] = start;
                _opening++;
                InLane(start.Container.Id, true, () => StartSandbox(start, asker));
                break;
            case RunCommand run:
                InLane(run.Container.Id, false, () => Send(new CommandStarted(Host, run.Container.Id, run.Incarnation, Fault("run")), asker));
                break;
            case EndCommand { Hurries: true }: break;
            case EndCommand end: Work($"end {end.Container.Short}", () => Send(new CommandEnded(Host, end.Container, end.Incarnation), asker)); break;
            case StopSandbox stop:
                _sandboxes.Remove(stop.Container);
                _preparations.End(stop.Container);
                Names.RemoveContainer(stop.Container);
                InLane(stop.Container, false, () =>
                {
                    world.Kernel.Sandboxes.Remove(stop.Container);
                    Send(new SandboxStopped(Host, stop.Container, stop.Incarnation, null), asker);
                });
                break;
            // Sandboxes that are being made are waited for: only what could be made lives.
            case RejoinHost rejoin when rejoin.Incarnation == _incarnation && _opening > 0:
                AskAgain();
                Work("rejoin", () => Receive(message, asker));
                break;
            case RejoinHost rejoin when rejoin.Incarnation == _incarnation: Join(); break;
        }
    }

    private void Reply(IReply reply) => world.Enqueue("reply", "agent", () => Told(reply));

    private void Told(IReply reply)
    {
        switch (reply)
        {
            case HostWelcome welcome when !IsReady:
                (_welcome, _incarnation) = (welcome, welcome.Incarnation);
                foreach (var container in welcome.Running)
                {
                    _sandboxes[container.Spec.Id] = container;
                    InLane(container.Spec.Id, true, () => world.Kernel.Sandboxes.TryAdd(container.Spec.Id, []));
                }

                foreach (var again in _stash) again();
                _stash.Clear();
                Send(new ListNetworks(AddressSpaceId.Of(Host)), Reply);
                break;
            case NetworkList list when !_networksKnown:
                _networksKnown = true;
                Adopt(list);
                break;
        }
    }

    private void Adopt(NetworkList list)
    {
        Work("adopt", () => world.Kernel.Sweep(
            [.. list.Networks.Select(network => network.Id), .. _madeHere],
            [.. _welcome!.Running.Select(container => container.Spec.Id), .. _sandboxes.Keys],
            [.. _welcome.Running.SelectMany(container => container.Endpoints).Select(endpoint => endpoint.Spec.Id)]));
        foreach (var network in list.Networks) Work("adopt", () => Ensure(network.Id));
        Work("adopt", () =>
        {
            _networksThere = true;
            foreach (var lane in _lanes.Keys.ToList()) Kick(lane);
            foreach (var again in _early) again();
            _early.Clear();
        });
    }

    private void Ensure(NetworkId network)
    {
        _madeHere.Add(network);
        world.Kernel.Networks.Add(network);
    }

    private void Apply(NetworkSpec spec, Action<IReply>? asker)
    {
        var failure = Fault("make network");
        if (failure is null) Ensure(spec.Id);
        Send(new NetworkApplied(spec, failure), asker);
    }

    private void Withdraw(DismantleNetwork dismantle, Action<IReply>? asker)
    {
        _madeHere.Remove(dismantle.Spec.Id);
        world.Kernel.Networks.Remove(dismantle.Spec.Id);
        Send(new NetworkWithdrawn(dismantle), asker);
    }

    private void StartSandbox(StartSandbox start, Action<IReply>? asker)
    {
        Rejection? failure = Fault("make the sandbox");
        if (failure is null && !start.Ports.IsEmpty && world.Chance(world.Faults.Kernel)) failure = new PortInUse([start.Ports[0].Host], Host);
        _opening--;
        if (failure is null) world.Kernel.Sandboxes.TryAdd(start.Container.Id, []);
        else if (ReferenceEquals(_sandboxes.GetValueOrDefault(start.Container.Id), start)) _sandboxes.Remove(start.Container.Id);
        Send(new SandboxStarted(Host, start.Container.Id, start.Incarnation, failure), asker);
    }

    private void Prepare(BindEndpoint bind)
    {
        if (bind.Incarnation != _incarnation || !_departures.MayCome(bind) || _preparations.Begin(bind) is not { } preparation) return;
        var (id, container) = (bind.Endpoint.Id, bind.Endpoint.Spec.Container);
        InLane(container, true, () => preparation.IsDone = Attach(bind) is null);
        // Sooner or later than whatever confirms it.
        Work($"late {id.Short}", () =>
        {
            if (_preparations.IsLate(preparation)) InLane(container, false, () => world.Kernel.Detach(id));
        });
    }

    private HostFault? Attach(BindEndpoint bind) => Fault("attach") ?? (world.Kernel.Attach(bind.Endpoint) is { } cause ? new HostFault(Host, "attach", cause) : null);

    private void Program(BindEndpoint bind, Action<IReply>? asker)
    {
        if (bind.Incarnation != _incarnation) return;
        if (!_departures.Comes(bind))
        {
            InLane(bind.Endpoint.Spec.Container, false, () => Send(new EndpointApplied(bind, new HostFault(Host, "attach", "it was told to leave since")), asker));
            return;
        }

        Names.Join(bind.Endpoint.Spec.Container, bind.Network.Id, bind.Endpoint.Spec);
        var prepared = _preparations.End(bind);
        InLane(bind.Endpoint.Spec.Container, true, () =>
        {
            var failure = prepared is { IsDone: true } ? null : Attach(bind);
            if (failure is null) _madeHere.Add(bind.Network.Id);
            if (failure is null && Views.RevisionOf(bind.Network.Id) < bind.Revision)
            {
                _unseen.Add((bind, asker));
                Send(new RequestView(bind.Network.Id, Host), Reply);
                return;
            }

            Send(new EndpointApplied(bind, failure), asker);
        });
    }

    private void Withdraw(UnbindEndpoint withdrawal, Action<IReply>? asker)
    {
        var endpoint = withdrawal.Endpoint;
        _departures.Leaves(withdrawal);
        _preparations.End(endpoint.Id);
        Names.RemoveEndpoint(endpoint.Network, endpoint.Id);
        Names.Leave(endpoint.Container, endpoint.Network);
        InLane(endpoint.Container, false, () =>
        {
            world.Kernel.Detach(endpoint.Id);
            Send(new EndpointWithdrawn(withdrawal), asker);
        });
    }

    private void AnswerSeen(NetworkId network, long whole = -1)
    {
        foreach (var (bind, asker) in _unseen.Where(unseen => unseen.Bind.Network.Id == network && unseen.Bind.Revision <= Math.Max(whole, Views.RevisionOf(network))).ToList())
        {
            _unseen.Remove((bind, asker));
            Send(new EndpointApplied(bind), asker);
        }
    }

    private HostFault? Fault(string what) => world.Chance(world.Faults.Kernel) ? new(Host, what, "the kernel says no") : null;

    private void Join(System.Collections.Immutable.ImmutableArray<ContainerId> alive) =>
        Send(new JoinHost(Host, token, alive, DateTimeOffset.UnixEpoch), Reply);

    private void Send(IAddressed message, Action<IReply>? asker) => world.Send("agent", message, asker);

    private void Work(string queue, Action work) => world.Enqueue(queue, "kernel", work);

    private void InLane(ContainerId lane, bool needsNetworks, Action work)
    {
        if (!_lanes.TryGetValue(lane, out var queue)) _lanes[lane] = queue = new();
        queue.Enqueue((needsNetworks, work));
        if (queue.Count == 1) Kick(lane);
    }

    private void Kick(ContainerId lane)
    {
        if (!_lanes[lane].TryPeek(out var head) || (head.NeedsNetworks && !_networksThere)) return;
        // Kicked twice, the head is done once: the second finds another head or none.
        Work($"lane {lane.Short}", () =>
        {
            if (!_lanes[lane].TryPeek(out var now) || now != head) return;
            now.Work();
            _lanes[lane].Dequeue();
            Kick(lane);
        });
    }
}
