using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Gateway;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Tests.Host.Commands;

/// <summary>A cluster of lists: keeps what it is told and answers queries from it. It decides nothing; refusals are put into <see cref="Refusals"/>.</summary>
internal sealed class FakeGateway : IClusterGateway
{
    public HostId Host { get; } = HostId.Parse("h1");

    /// <summary>Every command, in order.</summary>
    public List<IMessage> Sent { get; } = [];

    /// <summary>Answers for the next commands of a type.</summary>
    public Dictionary<Type, Rejection> Refusals { get; } = [];

    public List<NetworkView> Networks { get; } = [];

    public List<ContainerView> Containers { get; } = [];

    public List<PoolView> Pools { get; } = [];

    /// <summary>What was.</summary>
    public FakeJournal Journal { get; } = new();

    /// <summary>Names of networks that are not removed.</summary>
    public HashSet<string> InUse { get; } = [];

    public Task<IReply> SendAsync(IAddressed message, CancellationToken cancel = default) => Task.FromResult(AnswerInTurn(message));

    private IReply AnswerInTurn(IAddressed message)
    {
        lock (Sent) return Answer(message);
    }

    public Task<IReply> ResolveNetworkAsync(string nameOrId, CancellationToken cancel = default) => Task.FromResult<IReply>(
        Networks.Find(n => n.Spec.Name == nameOrId || n.Spec.Id.ToString().StartsWith(nameOrId, StringComparison.Ordinal)) is { } network
            ? new NetworkSummary(network.Spec)
            : new Rejected(new NetworkNotFound(nameOrId)));

    public Task<IReply> ResolveContainerAsync(string nameOrId, CancellationToken cancel = default) => Task.FromResult<IReply>(
        Containers.Find(c => c.Spec.Name == nameOrId || c.Spec.Id.ToString().StartsWith(nameOrId, StringComparison.Ordinal)) is { } container
            ? container
            : new Rejected(new ContainerNotFound(nameOrId)));

    public Task<IReply> CreateNetworkAsync(NetworkRequest request, CancellationToken cancel = default)
    {
        var scope = request.Driver == "overlay" ? NetworkScope.Global : NetworkScope.Local;
        return Task.FromResult(Answer(new CreateNetwork(request, scope, [], [])));
    }

    public Task<(CreateNetwork? Command, Rejection? Refusal)> ComposeAsync(NetworkRequest request, CancellationToken cancel = default) =>
        Task.FromResult<(CreateNetwork?, Rejection?)>((new(request, request.Driver == "overlay" ? NetworkScope.Global : NetworkScope.Local, [], []), null));

    public Task<IReply> UpdateNetworkAsync(UpdateNetwork update, CancellationToken cancel = default) => Task.FromResult(Answer(update));

    private IReply Answer(IAddressed message)
    {
        if (message is ICommand) Sent.Add(message);
        if (Refusals.TryGetValue(message.GetType(), out var refusal)) return new Rejected(refusal);
        return message switch
        {
            ListNetworks list => new NetworkList([.. Networks.Select(n => n.Spec).Where(s => s.Space == list.Space)]),
            GetNetwork get => Networks.Find(n => n.Spec.Id == get.Id) is { } view ? view : new Rejected(new NetworkNotFound(get.Id.ToString())),
            CreateNetwork create => Create(create),
            RemoveNetwork remove => Networks.Find(n => n.Spec.Id == remove.Id) is { } used && InUse.Contains(used.Spec.Name)
                ? new Rejected(new ActiveEndpoints(used.Spec.Name, used.Spec.Id, ["somebody"]))
                : new NetworkRemoved(remove.Id),
            GetNetworkMembers get => Networks.Find(n => n.Spec.Id == get.Id) is { } members
                ? new NetworkMembers(members.Spec, members.Revision, [.. members.Endpoints.Select(e => new NetworkMembership(e, true))])
                : new Rejected(new NetworkNotFound(get.Id.ToString())),
            UpdateNetwork update => Update(update),
            ReserveAddress reserve => new ReservationMade(new(reserve.Network, Pools.First(p => p.Network == reserve.Network).Id, reserve.Address, reserve.Owner, reserve.Until)),
            EndReservation end => new ReservationGone(new(end.Network, Pools.First(p => p.Network == end.Network).Id, end.Address, "", null)),
            ListContainers => new ContainerList([.. Containers]),
            CreateContainer create => Create(create),
            IContainerCommand command => new ContainerDone(Containers.Find(c => c.Spec.Id == command.Container)!),
            GetPool get => Pools.Find(p => p.Id == get.Id) is { } pool ? pool : new Rejected(new InvalidRequest("no such pool")),
            // One that is lost, and one of which nothing is left.
            ListHosts => new HostList([Host, HostId.Parse("h7"), HostId.Parse("h8")]),
            GetHost get when get.Host == HostId.Parse("h7") => new HostView(get.Host, new(2), true, Samples.Time, 2, 1, 0, 0),
            GetHost get when get.Host == HostId.Parse("h8") => new HostView(get.Host, new(2), true, Samples.Time, 0, 0, 0, 0),
            GetHost get when get.Host == Host => new HostView(Host, new(3), false, Samples.Time, Containers.Count, 1, 2, 1),
            DrainHost drain when drain.Host == Host => new HostView(Host, new(3), false, Samples.Time, Containers.Count, 1, 2, 1) { Drained = true },
            DrainHost drain => new Rejected(new HostUnknown(drain.Host)),
            GetHost get => new Rejected(new HostUnknown(get.Host)),
            GetEndpoint get => Containers.SelectMany(c => c.Endpoints).FirstOrDefault(e => e.Spec.Id == get.Id) is { } endpoint
                ? new EndpointView(endpoint.Spec, endpoint.Attached, EndpointPhase.Programmed, new(3))
                : new Rejected(new InvalidRequest($"no endpoint {get.Id}")),
            _ => throw new InvalidOperationException($"the fake does not know {message}"),
        };
    }

    private NetworkSummary Update(UpdateNetwork command)
    {
        var at = Networks.FindIndex(n => n.Spec.Id == command.Id);
        Networks[at] = Networks[at] with { Spec = Networks[at].Spec with { Labels = Networks[at].Spec.Labels.RemoveRange(command.RemovedLabels ?? []).SetItems(command.Labels ?? ImmutableSortedDictionary<string, string>.Empty) } };
        return new(Networks[at].Spec);
    }

    private NetworkSummary Create(CreateNetwork command)
    {
        var request = command.Request;
        var spec = new NetworkSpec
        {
            Id = request.Id,
            Name = request.Name,
            Driver = request.Driver,
            Scope = command.Scope,
            Host = request.Host,
            Created = request.Created,
            IpamDriver = request.IpamDriver,
            Options = request.Options,
            Labels = request.Labels,
        };
        spec = spec with { Pools = [.. request.Pools.Select(p => new NetworkPool { Id = new PoolId(spec.Space, p.Subnet!.Value, p.IpRange), Gateway = p.Gateway, UserGiven = true, Auxiliary = p.Auxiliary })] };
        Networks.Add(new(spec, 0, []));
        return new(spec);
    }

    private ContainerDone Create(CreateContainer command)
    {
        Containers.Add(new(Host, command.Spec, ContainerStatus.Running, null, [.. command.Endpoints.Select(e => new ContainerEndpoint(e, null))]));
        return new(Containers[^1]);
    }
}

/// <summary>The guide's network and containers.</summary>
internal static class Samples
{
    public static DateTimeOffset Time { get; } = new DateTimeOffset(2026, 11, 24, 20, 7, 16, TimeSpan.Zero).AddTicks(9295817);

    public static FakeGateway Guide()
    {
        var gateway = new FakeGateway();
        var bridge = Network(gateway, "bridge", '1', "172.17.0.0/16", predefined: true);
        var isolated = Network(gateway, "isolated_nw", '2', "172.25.0.0/16");
        Container(gateway, "container1", 'a', ContainerStatus.Exited, (bridge, null, null));
        Container(gateway, "container2", 'b', ContainerStatus.Running, (bridge, "172.17.0.3", null), (isolated, "172.25.0.2", null));
        Container(gateway, "container3", 'c', ContainerStatus.Running, (isolated, "172.25.3.3", "172.25.3.3"));
        return gateway;
    }

    private static NetworkSpec Network(FakeGateway gateway, string name, char digit, string subnet, bool predefined = false)
    {
        var spec = new NetworkSpec
        {
            Id = NetworkId.Parse(new string(digit, 64)),
            Name = name,
            Driver = "bridge",
            Scope = NetworkScope.Local,
            Host = gateway.Host,
            Predefined = predefined,
            Created = Time,
        };
        var pool = new PoolId(spec.Space, Subnet.Parse(subnet));
        spec = spec with { Pools = [new() { Id = pool, Gateway = pool.Subnet.Address.Plus(1), UserGiven = !predefined }] };
        gateway.Networks.Add(new(spec, 0, []));
        gateway.Pools.Add(new(pool, spec.Id, name, 65533, [new(pool.Subnet.Address.Plus(1), AddressHandle.Gateway, "gateway")]));
        return spec;
    }

    private static void Container(FakeGateway gateway, string name, char digit, ContainerStatus status, params (NetworkSpec Network, string? Address, string? Wish)[] networks)
    {
        var id = ContainerId.Parse(new string(digit, 64));
        var spec = new ContainerSpec { Id = id, Name = name, Command = ["sleep", "infinity"], Created = Time };
        var endpoints = ImmutableArray.CreateBuilder<ContainerEndpoint>();
        foreach (var (network, address, wish) in networks)
        {
            var endpoint = new EndpointSpec
            {
                Id = EndpointId.Parse($"{digit}{network.Id.ToString()[1..]}"),
                Network = network.Id,
                NetworkName = network.Name,
                Container = id,
                ContainerName = name,
                Host = gateway.Host,
                Settings = wish is null ? EndpointSettings.None : new() { IPv4 = InetAddress.Parse(wish) },
            };
            var attached = address is null ? null : new AttachedEndpoint
            {
                Spec = endpoint,
                IPv4 = InetAddress.Parse(address),
                IPv4Prefix = 16,
                GatewayIPv4 = network.Pools[0].Gateway,
                Mac = MacAddress.ForIPv4(InetAddress.Parse(address)),
            };
            endpoints.Add(new(endpoint, attached));
            var at = gateway.Networks.FindIndex(n => n.Spec.Id == network.Id);
            if (attached is not null) gateway.Networks[at] = gateway.Networks[at] with { Endpoints = gateway.Networks[at].Endpoints.Add(attached) };
        }

        gateway.Containers.Add(new(gateway.Host, spec, status, status == ContainerStatus.Exited ? 0 : null, endpoints.ToImmutable()));
    }
}
