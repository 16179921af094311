using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Tests.Support.Simulation;

/// <summary>Types commands as the seed says, one at a time for each container and network, sometimes the same again when the answer was lost, and believes what is acknowledged.</summary>
internal sealed class Operator
{
    private static readonly HostId Host = HostId.Parse(World.Host);

    private static readonly string[][] Subnets = [["10.0.0.0/29"], ["10.0.1.0/28", "fd00::/125"], ["10.0.0.0/24"], ["10.0.2.0/30"], [], []];

    private static readonly ImmutableArray<DefaultPool> Defaults = [new(Subnet.Parse("172.16.0.0/14"), 16), new(Subnet.Parse("fd01::/32"), 64)];

    private readonly World _world;
    private readonly bool _further;
    private readonly HashSet<object> _busy = [];
    private readonly List<Request> _lost = [];
    private int _ids;
    private readonly List<Action> _patient = [];
    private long _numbers;
    private bool _isLast;

    public Operator(World world, bool further = false)
    {
        (_world, _further) = (world, further);
        world.OnProcessDeath = machineToo =>
        {
            foreach (var hear in Outstanding.Keys.ToList()) hear(null);
            if (!machineToo) return;
            foreach (var container in Containers.Where(container => container.Running == true)) container.Running = false;
        };
    }

    public List<BelievedNetwork> Networks { get; } = [];

    public List<BelievedContainer> Containers { get; } = [];

    /// <summary>What was not so in the moment when it was acknowledged.</summary>
    public List<string> Lies { get; } = [];

    /// <summary>Commands without an answer yet.</summary>
    public Dictionary<Action<IReply?>, IAddressed> Outstanding { get; } = [];

    /// <summary>Asks for the last time for everything that has not been answered.</summary>
    public void AskAgain()
    {
        _isLast = true;
        foreach (var again in _patient.ToList()) again();
    }

    public void TypeSomething()
    {
        var random = _world.Random;
        if (_patient.Count > 0 && _world.Chance(_world.Faults.AskedAgain)) _patient[^1]();

        if (_lost.Count > 0 && random.Next(3) == 0)
        {
            var again = _lost[^1];
            _lost.RemoveAt(_lost.Count - 1);
            if (!_busy.Contains(again.About)) Type(again);
            return;
        }

        switch (random.Next(_further ? 18 : 13))
        {
            case 0 or 1: CreateNetwork(); break;
            case 2: if (Pick(Networks) is { } removed) Remove(removed); break;
            case 3 or 4: CreateContainer(); break;
            case 5 or 6: if (PickContainer() is { } started) Start(started); break;
            case 7: if (PickContainer() is { } stopped) Stop(stopped); break;
            case 8: if (PickContainer() is { } gone) Remove(gone, random.Next(2) == 0); break;
            case 9 or 10: if (PickContainer() is { } one && PickNetwork() is { } to) Connect(one, to); break;
            case 12: if (PickContainer() is { } renamed) Rename(renamed); break;
            case 16 or 17: if (Pick(Networks) is { } reserved) Reserve(reserved); break;
            case 13: _world.Send("clock", new ExpireReservations(AddressSpaceId.Of(Host), DateTimeOffset.UnixEpoch.AddSeconds(random.Next(20))), null); break;
            case 14 or 15: if (Pick(Networks) is { } changed) Update(changed); break;
            default: if (PickContainer() is { } other && PickNetwork() is { } from) Disconnect(other, from); break;
        }
    }

    private void CreateNetwork()
    {
        var network = new BelievedNetwork(Some.NetworkId(++_ids), $"net{_world.Random.Next(4)}");
        Networks.Add(network);
        var subnets = Subnets[_world.Random.Next(Subnets.Length)];
        var request = new NetworkRequest
        {
            Id = network.Id,
            Name = network.Name,
            Host = Host,
            Created = DateTimeOffset.UnixEpoch,
            Pools = [.. subnets.Select(subnet => new PoolRequest { Subnet = Subnet.Parse(subnet) })],
            EnableIPv6 = _world.Random.Next(4) == 0,
        };
        Type(new(network, new CreateNetwork(request, NetworkScope.Local, [], Defaults), () =>
        {
            network.Exists = null;
            return reply => network.Exists = reply switch
            {
                NetworkSummary => true,
                Rejected => false,
                _ => null,
            };
        }));
    }

    private void Remove(BelievedNetwork network) => Type(new(network, new RemoveNetwork(AddressSpaceId.Of(Host), network.Id) { IfUnused = _world.Random.Next(3) == 0 }, () =>
    {
        var before = network.Exists;
        network.Exists = null;
        return reply => network.Exists = reply switch
        {
            NetworkRemoved or Rejected { Reason: NetworkNotFound } => false,
            Rejected => before,
            _ => null,
        };
    }));

    // Nothing is believed of it but that the network stays: the laws compare what all know of it.
    private void Update(BelievedNetwork network)
    {
        var random = _world.Random;
        var update = new UpdateNetwork(AddressSpaceId.Of(Host), network.Id, Host);
        Type(new(network, random.Next(3) switch
        {
            0 => update with { Name = $"net{random.Next(6)}" },
            1 => update with { Subnet = new() { Subnet = Subnet.Parse(random.Next(2) == 0 ? "fd00::8/125" : "fd00::10/125") } },
            _ => update with { Options = ImmutableSortedDictionary<string, string>.Empty.Add("com.docker.network.driver.mtu", $"{1400 + random.Next(3)}") },
        }, () => reply => network.Name = (reply as NetworkSummary)?.Spec.Name ?? network.Name));
    }

    // Nothing is believed of it: the laws compare the address space with its pools.
    private void Reserve(BelievedNetwork network)
    {
        var random = _world.Random;
        var address = InetAddress.Parse($"10.0.{random.Next(3)}.{random.Next(1, 7)}");
        DateTimeOffset? until = random.Next(2) == 0 ? null : DateTimeOffset.UnixEpoch.AddSeconds(random.Next(20));
        IAddressed command = random.Next(3) == 0
            ? new EndReservation(AddressSpaceId.Of(Host), network.Id, address)
            : new ReserveAddress(AddressSpaceId.Of(Host), network.Id, address, $"box{random.Next(5)}", until);
        Type(new(network, command, () => _ => { }));
    }

    private void CreateContainer()
    {
        var container = new BelievedContainer(Some.ContainerId(++_ids), $"box{_world.Random.Next(5)}");
        Containers.Add(container);
        var spec = new ContainerSpec { Id = container.Id, Name = container.Name!, Created = DateTimeOffset.UnixEpoch, Command = _world.Random.Next(2) == 0 ? ["run"] : [], Ports = Ports() };
        var endpoints = _world.Random.Next(3) == 0 || Networks.Count == 0 ? ImmutableArray<EndpointSpec>.Empty
            : [.. Enumerable.Range(0, 2).Select(_ => PickNetwork()).OfType<BelievedNetwork>().Distinct().Take(_world.Random.Next(1, 3)).Select(network => Wish(container, network))];
        Type(new(container, new CreateContainer(Host, spec, endpoints), () =>
        {
            container.Exists = null;
            return reply =>
            {
                container.Exists = reply switch { ContainerDone => true, Rejected => false, _ => null };
                // The answer to a repeated create shows the container as it is now.
                var done = reply as ContainerDone;
                if (done is not null) container.Name = done.Container.Spec.Name;
                // Another connect to the same network since then is what counts.
                foreach (var endpoint in endpoints.Where(endpoint => done?.Container.Endpoints.Any(there => there.Spec.Network == endpoint.Network && there.Spec.Id != endpoint.Id) != true)) container.Wishes[endpoint.Network] = (reply is null ? null : done?.Container.Endpoints.Any(there => there.Spec.Id == endpoint.Id) ?? false, endpoint);
                container.Running = done is null ? null : done.Container.Status == ContainerStatus.Running;
            };
        }));
    }

    // Few, so that containers want the same.
    private ContainerPorts? Ports() => _world.Random.Next(3) switch
    {
        0 => new() { Bindings = [new(null, 8080, 8080 + _world.Random.Next(2), new(80, PortProtocol.Tcp))] },
        1 => new() { Exposed = [new(80, PortProtocol.Tcp)], PublishAll = true },
        _ => null,
    };

    private void Start(BelievedContainer container) => Type(new(container, new StartContainer(Host, container.Id), () =>
    {
        var before = container.Running;
        container.Running = null;
        return reply => container.Heard(reply, () => container.Running = true, () => container.Running = before);
    }));

    private void Stop(BelievedContainer container) => Type(new(container, new StopContainer(Host, container.Id), () =>
    {
        var before = container.Running;
        container.Running = null;
        return reply => container.Heard(reply,
            () =>
            {
                container.Running = false;
                // A start whose end nobody knows may still be on its way: what comes of it is told to leave again.
                foreach (var wish in Wishes(container).Where(wish => before == true && Held(wish) is { Attached: true })) Lies.Add($"{container.Name} was said to have stopped, and had its place in {wish.NetworkName}");
            },
            () => container.Running = before);
    }));

    private void Rename(BelievedContainer container)
    {
        var name = $"box{_world.Random.Next(5)}";
        Type(new(container, new RenameContainer(Host, container.Id, name), () =>
        {
            var before = container.Name;
            container.Name = null;
            return reply => container.Heard(reply, () => container.Name = name, () => container.Name = before);
        }));
    }

    private void Remove(BelievedContainer container, bool force) => Type(new(container, new RemoveContainer(Host, container.Id, force), () =>
    {
        var before = container.Exists;
        container.Exists = null;
        return reply =>
        {
            if (reply is Rejected { Reason: not ContainerNotFound }) container.Exists = before;
            container.Heard(reply, Gone, () => { });
        };

        // Were it made again by a command that is sent a second time, it would be connected to nothing.
        void Gone()
        {
            container.Exists = false;
            foreach (var wish in Wishes(container).Where(wish => Held(wish) is not null)) Lies.Add($"{container.Name} was said to be removed, and was in {wish.NetworkName}");
            container.Wishes.Clear();
        }
    }));

    private void Connect(BelievedContainer container, BelievedNetwork network)
    {
        var wish = Wish(container, network);
        Type(new(container, new ConnectContainer(Host, wish), () =>
        {
            var before = container.Wishes.GetValueOrDefault(network.Id, (false, null));
            container.Wishes[network.Id] = (null, null);
            return reply => container.Heard(reply,
                () =>
                {
                    container.Wishes[network.Id] = (true, wish);
                    if (Is(network) && Held(wish) is null) Lies.Add($"{container.Name} was said to be in {network.Name}, and was not");
                },
                () => container.Wishes[network.Id] = before);
        }));
    }

    private void Disconnect(BelievedContainer container, BelievedNetwork network) => Type(new(container, new DisconnectContainer(Host, container.Id, network.Id, network.Name), () =>
    {
        var before = container.Wishes.GetValueOrDefault(network.Id, (false, null));
        container.Wishes[network.Id] = (null, null);
        return reply => container.Heard(reply,
            () =>
            {
                container.Wishes[network.Id] = (false, null);
                if (before is (true, { } wish) && Held(wish) is not null) Lies.Add($"{container.Name} was said to be out of {network.Name}, and was not");
            },
            () => container.Wishes[network.Id] = reply is Rejected { Reason: NotConnected } ? (false, null) : before);
    }));

    private static IEnumerable<EndpointSpec> Wishes(BelievedContainer container) => container.Wishes.Values.Where(wish => wish.There == true).Select(wish => wish.Wish).OfType<EndpointSpec>();

    // As the journal has it now.
    private NetworkMember? Held(EndpointSpec wish) => Journaled(wish.Network) is { Exists: true } network ? network.Find(wish.Id) : null;

    private bool Is(BelievedNetwork network) => Journaled(network.Id).Exists;

    private NetworkState Journaled(NetworkId network) => _world.Journaled(new NetworkDecider(), EntityKind.Network, network.ToString());

    private EndpointSpec Wish(BelievedContainer container, BelievedNetwork network)
    {
        var random = _world.Random;
        InetAddress? address = random.Next(4) > 0 ? null : InetAddress.Parse($"10.0.{random.Next(3)}.{random.Next(10)}");
        return new EndpointSpec
        {
            Id = Some.EndpointId(++_ids),
            Network = network.Id,
            NetworkName = network.Name,
            Container = container.Id,
            ContainerName = container.Name ?? "unknown",
            Host = Host,
            Settings = new() { IPv4 = address, Mac = random.Next(8) == 0 ? MacAddress.Parse("02:00:00:00:00:01") : null },
        };
    }

    // Mostly one that is there.
    private BelievedNetwork? PickNetwork() => Pick(_world.Random.Next(6) == 0 ? Networks : [.. Networks.Where(network => network.Exists != false)], free: false);

    private BelievedContainer? PickContainer() => Pick(_world.Random.Next(6) == 0 ? Containers : [.. Containers.Where(container => container.Exists != false)]);

    private T? Pick<T>(List<T> all, bool free = true) where T : class
    {
        var some = all.TakeLast(8).Where(one => !free || !_busy.Contains(one)).ToList();
        return some.Count == 0 ? null : some[_world.Random.Next(some.Count)];
    }

    private void Type(Request request)
    {
        var heard = request.Begin();
        var over = false;
        _busy.Add(request.About);
        Outstanding[Hear] = request.Command;
        _world.Log.Add($"> {request.Command.GetType().Name} {(request.About as BelievedContainer)?.Name ?? (request.About as BelievedNetwork)?.Name}");
        var unheard = 1;
        if (request.Command is NetworkCluster.Request once && _world.Faults.AskedAgain > 0)
        {
            once = once with { Number = ++_numbers };
            _world.Send("operator", once, HearOne);
            _patient.Add(() =>
            {
                if (over) return;
                unheard++;
                // As the gateway does: that its ids were used says that one of the two was begun and undone.
                _world.Send("operator", once with { Again = true }, reply => HearOne(reply is Rejected { Reason: IdTaken } ? null : reply));
            });
        }
        else
        {
            _world.Send("operator", request.Command, HearOne);
        }

        void HearOne(IReply? reply)
        {
            if (reply is null or Rejected { Reason: OutcomeUnknown } && --unheard > 0 && !_isLast) return;
            Hear(reply);
        }

        void Hear(IReply? reply)
        {
            if (over) return;
            over = true;
            Outstanding.Remove(Hear);
            _busy.Remove(request.About);
            if (reply is null or Rejected { Reason: OutcomeUnknown })
            {
                reply = null;
                _lost.Add(request);
            }

            heard(reply);
        }
    }

    /// <param name="About">The container or network; one request at a time for each.</param>
    /// <param name="Command">What is sent.</param>
    /// <param name="Begin">Notes that nothing is known until the answer comes, and says what to believe then.</param>
    private sealed record Request(object About, IAddressed Command, Func<Action<IReply?>> Begin);
}

/// <summary>What the operator believes of a network; null is not known.</summary>
internal sealed class BelievedNetwork(NetworkId id, string name)
{
    public NetworkId Id => id;
    public string Name { get; set; } = name;
    public bool? Exists { get; set; }
}

/// <summary>What the operator believes of a container; null is not known.</summary>
internal sealed class BelievedContainer(ContainerId id, string name)
{
    public ContainerId Id => id;
    public string? Name { get; set; } = name;
    public bool? Exists { get; set; }
    public bool? Running { get; set; }
    public Dictionary<NetworkId, (bool? There, EndpointSpec? Wish)> Wishes { get; } = [];

    /// <summary>A refusal leaves things as they were, unless it says that there is no such container.</summary>
    public void Heard(IReply? reply, Action done, Action refused)
    {
        switch (reply)
        {
            case ContainerDone: done(); break;
            case Rejected { Reason: ContainerNotFound }: Exists = false; refused(); break;
            case Rejected: refused(); break;
        }
    }
}
