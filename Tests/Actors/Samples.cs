using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Services;
using NetworkCluster.Tests.Support;

namespace NetworkCluster.Tests.Actors;

/// <summary>One of each journaled fact with every field filled, always the same.</summary>
internal static class Samples
{
    private static readonly NetworkSpec Network = Some.Network(1, ["10.77.0.0/16", "fd00::/64"], ("com.docker.network.driver.mtu", "1400")) with
    {
        Internal = true,
        Attachable = true,
        Labels = ImmutableSortedDictionary<string, string>.Empty.Add("team", "blue"),
        Pools =
        [
            new()
            {
                Id = PoolId.Parse("host1/10.77.0.0/16/10.77.5.0/24"),
                Gateway = InetAddress.Parse("10.77.0.1"),
                Auxiliary = [new("printer", InetAddress.Parse("10.77.0.9"))],
                UserGiven = true,
            },
            new() { Id = PoolId.Parse("host1/fd00::/64"), Gateway = InetAddress.Parse("fd00::1"), UserGiven = false },
        ],
    };

    private static readonly EndpointSpec Wish = Some.Endpoint(2, Network, 2).Spec with
    {
        Settings = new()
        {
            IPv4 = InetAddress.Parse("10.77.7.7"),
            IPv6 = InetAddress.Parse("fd00::7"),
            Mac = MacAddress.Parse("02:00:00:00:00:07"),
            Aliases = ["db", "db.local"],
            Links = [new("c3", "cache")],
            DriverOptions = ImmutableSortedDictionary<string, string>.Empty.Add("a", "b"),
        },
    };

    private static readonly AttachedEndpoint Facts = Some.Endpoint(2, Network with { Internal = false }, 7) with { Spec = Wish };

    private static readonly Reservation Kept = new(Network.Id, Network.Pools[0].Id, InetAddress.Parse("10.77.5.5"), "db", DateTimeOffset.UnixEpoch.AddDays(1));

    private static readonly ContainerSpec Container = Some.Container(3) with
    {
        Hostname = "box",
        Command = ["sleep", "60"],
        Environment = ["A=b"],
        Labels = ImmutableSortedDictionary<string, string>.Empty.Add("x", "y"),
        Mode = SandboxMode.None,
    };

    public static readonly ImmutableArray<IEvent> Events =
    [
        new NetworkRegistered(Network),
        new NetworkRegistered(Network with { Pools = [], IpamDriver = "null" }),
        new NetworkConfirmed(Network.Id),
        new NetworkRemovalStarted(Network.Id, new HostFault(Some.Host, "make the bridge", "busy")),
        new NetworkRemovalStarted(Network.Id, IfUnused: true),
        new NetworkRemovalCancelled(Network.Id),
        new NetworkRelabelled(Network.Id, Network.Labels),
        new NetworkUnregistered(Network.Id),
        new NetworkUpdating(Network with { Edition = 2, Pools = [Network.Pools[0] with { MoreRanges = [Subnet.Parse("10.77.6.0/24")] }] }),
        new NetworkUpdated(Network.Id),
        new NetworkUpdateDropped(Network.Id),
        new NetworkRemovalStarted(Network.Id) { Attempt = 2 },
        new NetworkCreated(Network, 3),
        new EndpointAttached(Facts, 4),
        new EndpointReserved(Facts, 4),
        new EndpointDetached(Wish.Id, 5),
        new NetworkDeleted(Network.Id),
        new NetworkChangeSettled(2, null),
        new NetworkChangeSettled(3, new HostFault(Some.Host, "make the bridge", "busy")),
        new NetworkChanged(Network with { Edition = 2 }, 6),
        new NetworkKept(2, new ActiveEndpoints("net1", Network.Id, ["c2"])),
        new PoolOpened(Network.Pools[0].Id, Network.Id, Network.Name),
        new AddressAllocated(InetAddress.Parse("10.77.0.1"), AddressHandle.Gateway, "the gateway of net1"),
        new AddressReleased(InetAddress.Parse("fd00::7"), AddressHandle.Of(Wish.Id)),
        new AddressesHeld([new(InetAddress.Parse("10.77.0.2"), AddressHandle.Gateway, "gateway"), new(InetAddress.Parse("10.77.0.3"), AddressHandle.Aux("a"), "a \"b\"")]),
        new PoolWidened(Network.Pools[0].Id, Subnet.Parse("10.77.6.0/24")),
        new PoolClosed(Network.Pools[0].Id),
        new ReservationNoted(Kept),
        new ReservationKept(Kept),
        new ReservationEnding(Kept),
        new ReservationEnded(Kept with { Until = null }),
        new AddressKept(Kept.Address, Kept.Owner, Kept.Until),
        new AddressDropped(Kept.Address),
        new EndpointConfigured(Wish),
        new EndpointBound(Facts, new(6)),
        new EndpointProgrammed(Wish.Id, new(6)),
        new EndpointFailed(Wish.Id, new(6), new AddressInUse(InetAddress.Parse("10.77.7.7"), "c9")),
        new EndpointUnbound(Wish.Id),
        new EndpointDeleted(Wish.Id),
        new HostJoined(Some.Host, new(6), "token", 1, 2, DateTimeOffset.UnixEpoch),
        new HostLost(Some.Host, new(6), DateTimeOffset.UnixEpoch),
        new HostRegistered(Some.Host),
        new MembersRemoved(["10.9.0.1:4053#17", "10.9.0.2:4053#-4"]),
        new NetworkRenamed(Network.Id, "front"),
        new HostDrained(HostId.Parse("host1")),
        new HostActivated(HostId.Parse("host1")),
        new ContainerCreated(Container),
        new ContainerConnected(Wish),
        new ContainerCreated(Container with
        {
            WorkingDirectory = "/tmp",
            Resolver = new() { Servers = [InetAddress.Parse("192.0.2.53")], Search = ["corp.example"], Options = ["ndots:2"], Hosts = [new("db", InetAddress.Parse("2001:db8::5"))] },
            Ports = new() { Bindings = [new(InetAddress.Parse("192.0.2.1"), 8000, 8009, new(80, PortProtocol.Tcp)), new(null, 0, 0, new(53, PortProtocol.Udp))], Exposed = [new(6379, PortProtocol.Tcp)], PublishAll = true },
        }),
        new ContainerConnected(Wish with { Settings = Wish.Settings with { GatewayPriority = -1 } }),
        new ContainerConnected(Wish with { Settings = Wish.Settings with { LinkLocal = [InetAddress.Parse("169.254.7.7"), InetAddress.Parse("fe80::7")] } }),
        new ContainerConnected(Wish with { HostBinding = InetAddress.Parse("192.0.2.1") }),
        new ContainerDisconnecting(Container.Id, Wish.Id),
        new ContainerDisconnected(Container.Id, Wish.Id),
        new ContainerStarted(Container.Id),
        new ContainerStarted(Container.Id) { At = Kept.Until },
        new PortsPublished(Container.Id, [new(new(InetAddress.Parse("192.0.2.1"), 8080, PortProtocol.Tcp), 80), new(new(null, 32768, PortProtocol.Udp), 53)]),
        new ContainerCreated(new() { Id = Container.Id, Name = "c3", Command = ["serve"], StopSignal = 2, StopTimeout = 30, Created = DateTimeOffset.UnixEpoch }),
        new ContainerCreated(new() { Id = Container.Id, Name = "c3", Command = ["sh"], Tty = true, TerminalSize = new(33, 99), Created = DateTimeOffset.UnixEpoch }),
        new ContainerConnected(Wish with { Lent = true, ReservedAs = "docker-10.77.5.5" }),
        new ContainerCreated(new() { Id = Container.Id, Name = "c3", Mode = SandboxMode.Engine, Created = DateTimeOffset.UnixEpoch }),
        new EndpointNamed(Container.Id, new(Wish.Id, ["db"], [new("c3", "cache")])),
        new ContainerRenaming(Container.Id, "web2", 3),
        new ContainerRenamed(Container.Id, "web2", 4),
        new ContainerRenameDropped(Container.Id, 4),
        new ContainerStopping(Container.Id),
        new ContainerStopping(Container.Id) { ByItself = true },
        new ContainerStopped(Container.Id, 137),
        new ContainerStopped(Container.Id, 137) { At = Kept.Until },
        new ContainerStopping(Container.Id) { Failure = new("no", 127) },
        new ContainerStopped(Container.Id, null) { Failure = new("no", 128) },
        new ContainerRemoving(Container.Id),
        new ContainerRemoving(Container.Id) { Failure = new("no", 127) },
        new ContainerRemoved(Container.Id),
    ];

    /// <summary>What services say and hear most, with every field filled that they have.</summary>
    public static readonly ImmutableArray<IMessage> Said =
    [
        new RequestNetwork(new()
        {
            Id = Network.Id, Name = "multihost", Driver = "overlay", Internal = true, Attachable = true, EnableIPv6 = true, Host = Some.Host, Created = DateTimeOffset.UnixEpoch,
            Pools = [new() { Subnet = Subnet.Parse("10.77.0.0/16"), IpRange = Subnet.Parse("10.77.5.0/24"), Gateway = InetAddress.Parse("10.77.0.1") }],
            Options = ImmutableSortedDictionary<string, string>.Empty.Add("a", "b"),
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add("team", "blue"),
        }),
        new ResolveNetwork("multihost"),
        new WatchNetwork(Network.Id),
        new ListHosts(),
        new GetHost(Some.Host),
        new GetNetwork(Network.Id),
        new CreateContainer(Some.Host, Container, [Wish]),
        new StartContainer(Some.Host, Container.Id) { At = DateTimeOffset.UnixEpoch },
        new ConnectContainer(Some.Host, Wish),
        new DisconnectContainer(Some.Host, Container.Id, Network.Id, Network.Name),
        new StopContainer(Some.Host, Container.Id) { Patience = 3, Signal = 2 },
        new RemoveContainer(Some.Host, Container.Id, Force: true),
        new RemoveNetwork(Network.Space, Network.Id),
        new NetworkSummary(Network),
        new NetworkView(Network, 7, [Facts]),
        new NetworkNotice(Network.Id, 8) { Attached = Facts },
        new NetworkNotice(Network.Id, 9) { Detached = Facts.Id },
        new NetworkNotice(Network.Id, 10) { Changed = Network },
        new NetworkNotice(Network.Id, 11) { Removed = true },
        new HostList([Some.Host]),
        new ContainerDone(new(Some.Host, Container, ContainerStatus.Running, null, [new(Wish, Facts)])),
        new NetworkRemoved(Network.Id),
        new Rejected(new NetworkNotFound("multihost")),
    ];
}
