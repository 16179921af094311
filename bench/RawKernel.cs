using System.Diagnostics;
using System.Security.Cryptography;
using NetworkCluster.Addressing;
using NetworkCluster.Agents;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Linux;
using NetworkCluster.Linux.Netlink;
using NetworkCluster.Networks;

namespace NetworkCluster.Bench;

/// <summary>The data plane alone, in this process and under another prefix: no journal, no actors, no HTTP.</summary>
internal sealed class RawKernel : IAsyncDisposable
{
    private const int LinkGroup = 77001, ReaperGroup = 77002;
    private static readonly HostId Host = HostId.Parse("raw");
    private readonly HostNetworking _networking;
    private readonly NetworkSpec _network = Network("10.201.0.0/16");
    private readonly ContainerSpec _container = new() { Id = ContainerId.Parse(Hex()), Name = "raw", Created = TimeProvider.System.GetUtcNow() };
    private readonly List<EndpointId> _attached = [];
    private readonly List<NetworkId> _created = [];
    private int _next;

    private RawKernel(HostNetworking networking) => _networking = networking;

    public static async Task<RawKernel> StartAsync()
    {
        var options = new HostNetworkingOptions { Prefix = "raw", LinkGroup = LinkGroup, ReaperGroup = ReaperGroup };
        var raw = new RawKernel(new(new LinuxDataplane(options, TimeProvider.System), options));
        await raw._networking.StartAsync(default);
        await raw._networking.EnsureNetworkAsync(raw._network, default);
        await raw._networking.StartSandboxAsync(raw._container, default);
        return raw;
    }

    public async Task AttachAsync() => _attached.Add(await AttachAsync(_network, _container, InetAddress.Parse("10.201.1.0").Plus((uint)_next++ % 60000)));

    private async Task<EndpointId> AttachAsync(NetworkSpec network, ContainerSpec container, InetAddress address)
    {
        var id = EndpointId.Parse(Hex());
        await _networking.AttachAsync(network, new()
        {
            Spec = new() { Id = id, Network = network.Id, NetworkName = network.Name, Container = container.Id, ContainerName = container.Name, Host = Host },
            IPv4 = address,
            IPv4Prefix = network.Pools[0].Id.Subnet.Prefix,
            GatewayIPv4 = network.Pools[0].Gateway,
            Mac = MacAddress.ForIPv4(address),
        }, default);
        return id;
    }

    /// <summary>How many are attached in a second, each of these sandboxes to all of these networks, one after the other.</summary>
    public async Task<double> RateAsync(int sandboxes, int networks)
    {
        ContainerSpec[] boxes = [.. Enumerable.Range(0, sandboxes).Select(number => new ContainerSpec { Id = ContainerId.Parse(Hex()), Name = $"raw{number}", Created = TimeProvider.System.GetUtcNow() })];
        NetworkSpec[] all = [.. Enumerable.Range(0, networks).Select(number => Network($"10.203.{number}.0/24"))];
        foreach (var network in all) await _networking.EnsureNetworkAsync(network, default);
        foreach (var box in boxes) await _networking.StartSandboxAsync(box, default);
        var clock = Stopwatch.StartNew();
        var attached = await Task.WhenAll(boxes.Select((box, number) => Task.Run(async () =>
        {
            var ids = new List<EndpointId>();
            foreach (var network in all) ids.Add(await AttachAsync(network, box, network.Pools[0].Id.Subnet.Address.Plus((uint)number + 2)));
            return ids;
        })));
        var rate = boxes.Length * all.Length / clock.Elapsed.TotalSeconds;
        foreach (var id in attached.SelectMany(ids => ids)) await _networking.DetachAsync(id, default);
        foreach (var box in boxes) await _networking.StopSandboxAsync(box.Id, default);
        foreach (var network in all) await _networking.RemoveNetworkAsync(network.Id, default);
        return rate;
    }

    /// <summary>How many bridges the kernel makes and deletes in a second, so many callers at once, and nothing else: no address, no rule, no port.</summary>
    public static async Task<double> BridgesAsync(int callers, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        var made = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Factory.StartNew(() => Bridges(caller), TaskCreationOptions.LongRunning)));
        return made.Sum() / clock.Elapsed.TotalSeconds;

        int Bridges(int caller)
        {
            using var kernel = NetlinkSocket.Open(NetlinkSocket.Route, netnsPath: null);
            var (messages, count) = (new NetlinkWriter(), 0);
            var steps = new RtnetlinkSteps(messages, _ => 0, _ => 0);
            var bridge = new AddBridge($"rawbridge{caller}", MacAddress.Parse("02:00:00:00:00:01"), MtuBytes: 1500, LinkGroup);
            for (; clock.Elapsed < time; count++)
            {
                foreach (var step in (Step[])[bridge, new DeleteLink(LinkName.OnHost(bridge.Name))])
                {
                    messages.Clear();
                    steps.Write(step);
                    if (kernel.Execute(messages) is [var refused, ..]) throw refused;
                }
            }

            return count;
        }
    }

    public async Task CreateAsync()
    {
        var network = Network($"10.202.{_created.Count % 250}.0/24");
        await _networking.EnsureNetworkAsync(network, default);
        _created.Add(network.Id);
    }

    public async Task UndoAsync()
    {
        foreach (var id in _attached) await _networking.DetachAsync(id, default);
        foreach (var id in _created) await _networking.RemoveNetworkAsync(id, default);
        _attached.Clear();
        _created.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await UndoAsync();
        await _networking.StopSandboxAsync(_container.Id, default);
        await _networking.DisposeAsync();
    }

    private static NetworkSpec Network(string subnet) => new()
    {
        Id = NetworkId.Parse(Hex()),
        Name = subnet,
        Driver = "bridge",
        Scope = NetworkScope.Local,
        Host = Host,
        Created = TimeProvider.System.GetUtcNow(),
        Pools = [new() { Id = new(AddressSpaceId.Of(Host), Subnet.Parse(subnet)), Gateway = Subnet.Parse(subnet).Address.Plus(1), UserGiven = true }],
    };

    private static string Hex() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
