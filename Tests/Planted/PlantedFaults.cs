using System.Collections.Immutable;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Entities;

// Known faults, for the fault driver to find. Compiled into the library with -p:PlantedFaults=true alone, as ./faults.sh --planted does; NWC_PLANTED chooses one.
internal static partial class EntityRegions
{
    static partial void Plant<TState>(ref IDecider<TState> decider)
    {
        if (Environment.GetEnvironmentVariable("NWC_PLANTED") is { Length: > 0 } fault) decider = new Planted<TState>(decider, fault);
    }

    private sealed class Planted<TState>(IDecider<TState> inner, string fault) : IDecider<TState>
    {
        public TState Empty(string id) => inner.Empty(id);

        public TState Evolve(TState state, IEvent fact) => inner.Evolve(state, fact);

        public ImmutableArray<IAddressed> Resume(TState state) => inner.Resume(state);

        public ImmutableArray<IEvent> Compact(TState state) => inner.Compact(state);

        public Decision Decide(TState state, IAddressed message) => (fault, message) switch
        {
            // An address is given and not noted: the next one gets it as well.
            ("address-not-noted", AllocateAddress { Attach.Running: true }) => inner.Decide(state, message) with { Events = [] },
            // A network's removal is answered and not noted.
            ("removal-not-noted", UnregisterNetwork) => inner.Decide(state, message) with { Events = [] },
            // What died with its machine is taken for alive.
            ("dead-taken-for-alive", JoinHost join) when state is HostState host => inner.Decide(state, join with { Alive = [.. host.Containers.Keys] }),
            // A host's end is noted, and its endpoints keep their places.
            ("lost-keep-their-places", DeclareHostLost) => inner.Decide(state, message) with { Sends = [], Timers = [] },
            // Other hosts are not told who came.
            ("others-not-told", CompleteAttach) when inner.Decide(state, message) is var told => told with { Sends = [.. told.Sends.Where(send => send is not ViewChanged { Attached: not null })] },
            _ => inner.Decide(state, message),
        };
    }
}
