using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Addressing;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam.Vectors;

/// <summary>One address space with its journal, for many networks. Default pools are written as in the settings: <c>block:size; block:size</c>.</summary>
internal sealed class SpaceRun(string defaults = "", bool global = false)
{
    private static readonly HostId Host = Some.Host;
    private readonly AddressSpaceDecider _decider = new();
    private readonly AddressSpaceId _id = global ? AddressSpaceId.Global : AddressSpaceId.Of(Host);
    private AddressSpaceState? _state;
    private int _last;

    public AddressSpaceState State => _state ??= _decider.Empty(_id.ToString());

    public List<IEvent> Journal { get; } = [];

    public ImmutableArray<DefaultPool> Defaults { get; set; } = Pools(defaults);

    public ImmutableArray<Subnet> Routes { get; set; } = [];

    public ImmutableArray<TakenSubnet> Elsewhere { get; set; } = [];

    public IEnumerable<Subnet> Taken => State.Networks.Values.SelectMany(network => network.Spec.Pools).Select(pool => pool.Id.Subnet);

    public static ImmutableArray<DefaultPool> Pools(string text) =>
        [.. List(text).Select(one => one.LastIndexOf(':') is var at ? new DefaultPool(Subnet.Parse(one[..at]), int.Parse(one[(at + 1)..], CultureInfo.InvariantCulture)) : null!)];

    public static string[] List(string text) => text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The subnets a network gets, or the refusal. Refused, nothing has changed.</summary>
    public (ImmutableArray<NetworkPool> Pools, Rejection? Refusal) Create(string? name = null, bool ipv6 = false, params PoolRequest[] pools)
    {
        var request = new NetworkRequest
        {
            Id = Some.NetworkId(++_last),
            Name = name ?? $"n{_last}",
            Driver = global ? "overlay" : "bridge",
            EnableIPv6 = ipv6,
            Pools = [.. pools],
            Host = Host,
            Created = DateTimeOffset.UnixEpoch,
        };
        var decision = Decide(new CreateNetwork(request, global ? NetworkScope.Global : NetworkScope.Local, Routes, Defaults) { Elsewhere = Elsewhere });
        if (decision.Reply is Rejected refused)
        {
            Assert.Empty(decision.Events);
            return ([], refused.Reason);
        }

        var spec = Assert.IsType<EstablishNetwork>(Assert.Single(decision.Sends)).Spec;
        Decide(new ConfirmNetwork(spec));
        return (spec.Pools, null);
    }

    /// <summary>The subnets that a network with these gets, in text, or the name of the refusal.</summary>
    public string Subnets(params string[] subnets)
    {
        var (pools, refusal) = Create(null, false, [.. subnets.Select(text => Pool(text))]);
        return refusal?.GetType().Name ?? string.Join(' ', pools.Select(pool => pool.Id.Subnet));
    }

    public void Remove(string subnet)
    {
        var spec = State.Networks.Values.Single(network => network.Spec.Pools.Any(pool => pool.Id.Subnet == Subnet.Parse(subnet))).Spec;
        Decide(new RemoveNetwork(_id, spec.Id));
        Decide(new UnregisterNetwork(spec, null));
    }

    public static PoolRequest Pool(string subnet, string? range = null, string? gateway = null) => new()
    {
        Subnet = Subnet.Parse(subnet),
        IpRange = range is null ? null : Subnet.Parse(range),
        Gateway = gateway is null ? null : InetAddress.Parse(gateway),
    };

    public Decision Decide(IAddressed message)
    {
        var decision = _decider.Decide(State, message);
        Journal.AddRange(decision.Events);
        _state = decision.Events.Aggregate(State, _decider.Evolve);
        return decision;
    }
}
