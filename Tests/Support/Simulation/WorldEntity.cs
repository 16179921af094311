using System.Collections.Immutable;
using NetworkCluster.Endpoints;
using NetworkCluster.Entities;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Tests.Support.Simulation;

/// <summary>A decider with its state in memory, as the shell holds it; what the journal has is given at the start.</summary>
internal abstract class WorldEntity
{
    public static WorldEntity Recover(EntityKey key, IReadOnlyList<IEvent> journal, int snapshotAt) => key.Kind switch
    {
        EntityKind.AddressSpace => new Of<AddressSpaceState>(new AddressSpaceDecider(), key.Id, journal, snapshotAt),
        EntityKind.Network => new Of<NetworkState>(new NetworkDecider(), key.Id, journal, snapshotAt),
        EntityKind.Pool => new Of<PoolState>(new PoolDecider(), key.Id, journal, snapshotAt),
        EntityKind.Endpoint => new Of<EndpointState>(new EndpointDecider(), key.Id, journal, snapshotAt),
        EntityKind.Hosts => new Of<System.Collections.Immutable.ImmutableSortedSet<string>>(new HostsDecider(), key.Id, journal, snapshotAt),
        EntityKind.Host => new Of<HostState>(new HostDecider { WishesAtOnce = 1 }, key.Id, journal, snapshotAt),
        _ => throw new ArgumentOutOfRangeException(nameof(key)),
    };

    /// <summary>Messages that wait, with whom their answers go to.</summary>
    public List<Action> Stash { get; } = [];

    /// <summary>What it remembers of requests that are said again.</summary>
    public Repeats Repeats { get; } = new();

    public abstract object State { get; }

    public abstract Decision Decide(IAddressed message);

    public abstract void Evolve(IEvent fact);

    public abstract ImmutableArray<IAddressed> Resume();

    private sealed class Of<TState> : WorldEntity
    {
        private readonly IDecider<TState> _decider;
        private TState _state;

        // A snapshot somewhere in the journal must make no difference.
        public Of(IDecider<TState> decider, string id, IReadOnlyList<IEvent> journal, int snapshotAt)
        {
            _decider = decider;
            var before = journal.Take(snapshotAt).Aggregate(decider.Empty(id), decider.Evolve);
            _state = decider.Compact(before).Concat(journal.Skip(snapshotAt)).Aggregate(decider.Empty(id), decider.Evolve);
        }

        public override object State => _state!;

        public override Decision Decide(IAddressed message) => _decider.Decide(_state, message);

        public override void Evolve(IEvent fact) => _state = _decider.Evolve(_state, fact);

        public override ImmutableArray<IAddressed> Resume() => _decider.Resume(_state);
    }
}
