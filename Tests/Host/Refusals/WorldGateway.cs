using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Drivers;
using NetworkCluster.Gateway;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Core.Ipam.Vectors;
using NetworkCluster.Tests.Support.Simulation;

namespace NetworkCluster.Tests.Host.Refusals;

/// <summary>A whole host in a box behind the edges: every decider with its journal, an agent, a kernel of sets. Nothing fails; each command is served to its end.</summary>
internal sealed class WorldGateway : IClusterGateway
{
    private static readonly ImmutableArray<DefaultPool> Defaults = SpaceRun.Pools("172.17.0.0/16:16; 172.18.0.0/16:16; 172.19.0.0/16:16; 172.20.0.0/14:16; 192.168.0.0/16:20; fd4e:7763::/32:64");

    private readonly Lock _one = new();
    private World _world = null!;
    private int _ids;

    public HostId Host { get; } = HostId.Parse(World.Host);

    /// <summary>The routes of the host.</summary>
    public ImmutableArray<Subnet> Routes { get; init; } = [];

    /// <summary>A new host with its own three networks.</summary>
    public async Task BeginAsync()
    {
        _world = new(1, Faults.None);
        _world.Drain();
        foreach (var (name, driver) in new[] { ("bridge", "bridge"), ("host", "host"), ("none", "null") })
        {
            var request = new NetworkRequest { Id = Support.Some.NetworkId(++_ids), Name = name, Driver = driver, Predefined = true, Host = Host, Created = DateTimeOffset.UnixEpoch };
            await CreateNetworkAsync(request);
        }
    }

    public Task<IReply> SendAsync(IAddressed message, CancellationToken cancel = default)
    {
        lock (_one)
        {
            IReply? reply = null;
            _world.Send("edge", message, answer => reply ??= answer);
            _world.Drain();
            return Task.FromResult(reply ?? new Rejected(new OutcomeUnknown($"{message.Entity} did not answer")));
        }
    }

    public async Task<IReply> ResolveNetworkAsync(string nameOrId, CancellationToken cancel = default) => NetworkLookup.Choose(
        nameOrId,
        await SendAsync(new FindNetwork(AddressSpaceId.Of(Host), nameOrId), cancel),
        await SendAsync(new FindNetwork(AddressSpaceId.Global, nameOrId), cancel));

    public Task<IReply> ResolveContainerAsync(string nameOrId, CancellationToken cancel = default) => SendAsync(new Containers.FindContainer(Host, nameOrId), cancel);

    public async Task<IReply> CreateNetworkAsync(NetworkRequest request, CancellationToken cancel = default)
    {
        var (command, refusal) = await ComposeAsync(request, cancel);
        return command is null ? new Rejected(refusal!) : await SendAsync(command, cancel);
    }

    public Task<(CreateNetwork? Command, Rejection? Refusal)> ComposeAsync(NetworkRequest request, CancellationToken cancel = default) => Task.FromResult<(CreateNetwork?, Rejection?)>(DriverChoice.Refuse(request) is { } refusal
        ? (null, refusal)
        : (new(request, NetworkDrivers.Find(request.Driver)!.Scope, Routes, Defaults), null));

    public Task<IReply> UpdateNetworkAsync(UpdateNetwork update, CancellationToken cancel = default) => SendAsync(update with { HostRoutes = Routes }, cancel);
}
