using NetworkCluster.Addressing;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam.Vectors;

/// <summary>One pool with its journal, for many requests: asks, releases, and answers in plain text.</summary>
internal sealed class PoolRun
{
    private static readonly Incarnation Life = new(1);
    private readonly PoolDecider _decider = new();
    private readonly NetworkSpec _network;

    public PoolRun(string subnet, string? range = null, string? gateway = null, params string[] aux)
    {
        Id = new(AddressSpaceId.Of(Some.Host), Subnet.Parse(subnet), range is null ? null : Subnet.Parse(range));
        _network = Some.Network(1, []) with
        {
            Pools =
            [
                new()
                {
                    Id = Id,
                    Gateway = gateway is null ? null : InetAddress.Parse(gateway),
                    Auxiliary = [.. aux.Select((address, i) => new AuxiliaryAddress($"a{i}", InetAddress.Parse(address)))],
                    UserGiven = true,
                },
            ],
        };
        State = _decider.Empty(Id.ToString());
        Decide(new OpenPool(_network, 0));
    }

    public PoolId Id { get; }

    public PoolState State { get; private set; }

    public List<IEvent> Journal { get; } = [];

    /// <summary>The answer to the last <see cref="Ask"/> that gave nothing.</summary>
    public Rejection? Refusal { get; private set; }

    public PoolUsage Usage => PoolUsage.Of(Id, State.Held.Select(held => held.Address));

    /// <summary>The state that the journal alone gives.</summary>
    public PoolState Replayed => Journal.Aggregate(_decider.Empty(Id.ToString()), _decider.Evolve);

    /// <summary>An address for the endpoint of that number; none: see <see cref="Refusal"/>.</summary>
    public InetAddress? Ask(int number, string? address = null)
    {
        var wish = Some.Endpoint(number, Some.Network(1, []), 0).Spec;
        var answer = Decide(new AllocateAddress(Id, address is null ? null : InetAddress.Parse(address), new(wish, Life, Running: true), []));
        var complete = Assert.IsType<CompleteAttach>(Assert.Single(answer.Sends));
        Refusal = complete.Refusal;
        if (complete.Refusal is not null) Assert.Empty(answer.Events);
        return complete.Address;
    }

    /// <summary>Asks and expects the address.</summary>
    public PoolRun Gives(int number, string expected, string? address = null)
    {
        Assert.Equal(expected, Ask(number, address).ToString());
        return this;
    }

    /// <summary>Asks and expects a refusal.</summary>
    public PoolRun Refuses<T>(int number, string? address = null) where T : Rejection
    {
        Assert.Null(Ask(number, address));
        Assert.IsType<T>(Refusal);
        return this;
    }

    public PoolRun Release(int number)
    {
        Decide(new ReleaseAddress(Id, _network.Id, AddressHandle.Of(Some.EndpointId(number))));
        return this;
    }

    /// <summary>Takes everything; who holds what, by address.</summary>
    public Dictionary<string, int> Drain(int from = 1)
    {
        var held = new Dictionary<string, int>();
        for (var i = from; Ask(i) is { } address; i++) held.Add(address.ToString(), i);
        Assert.IsType<PoolExhausted>(Refusal);
        return held;
    }

    private Decision Decide(IAddressed message)
    {
        var decision = _decider.Decide(State, message);
        Journal.AddRange(decision.Events);
        State = decision.Events.Aggregate(State, _decider.Evolve);
        return decision;
    }
}
