using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>
/// What an address space would answer to creates, one after the other: its own decider is asked, over the networks that it lists, and nobody is told. Between a rehearsal and the real
/// thing somebody else may come, and a host's kernel is not asked; everything else is refused here as it is there.
/// </summary>
public sealed class NetworkRehearsal
{
    private static readonly AddressSpaceDecider Decider = new();

    private AddressSpaceState _state;

    /// <summary>Begins with what is there.</summary>
    /// <param name="space">The space.</param>
    /// <param name="networks">Its networks.</param>
    public NetworkRehearsal(AddressSpaceId space, IEnumerable<NetworkSpec> networks) =>
        _state = networks.Aggregate(Decider.Empty(space.ToString()), (state, network) => Decider.Evolve(state, new NetworkRegistered(network)));

    /// <summary>One create.</summary>
    /// <returns>Why it would be refused; none: it would be made, and for those that come after it is there.</returns>
    public Rejection? Try(CreateNetwork create)
    {
        var decision = Decider.Decide(_state, create);
        _state = decision.Events.Aggregate(_state, Decider.Evolve);
        return (decision.Reply as Rejected)?.Reason;
    }
}
