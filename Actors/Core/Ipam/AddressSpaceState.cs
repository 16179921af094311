using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>Where a network is in its address space.</summary>
public enum RegistrationPhase
{
    /// <summary>Being made: recovery goes on with it.</summary>
    Pending,
    /// <summary>Made.</summary>
    Confirmed,
    /// <summary>Being changed: recovery goes on with it.</summary>
    Updating,
    /// <summary>Being removed: recovery goes on with it.</summary>
    Removing,
}

/// <summary>One network of an address space.</summary>
/// <param name="Spec">What it is.</param>
/// <param name="Phase">Where it is.</param>
/// <param name="Order">Grows with every registration.</param>
/// <param name="Undo">The refusal that a failed create is answered with.</param>
/// <param name="IfUnused">Whether it is removed only if no container uses it.</param>
public sealed record Registration(NetworkSpec Spec, RegistrationPhase Phase, long Order, Rejection? Undo = null, bool IfUnused = false)
{
    /// <summary>What it is to be, while it is being changed.</summary>
    public NetworkSpec? Next { get; init; }

    /// <summary>The last edition that was tried: none is tried twice.</summary>
    public int LastEdition { get; init; }

    /// <summary>How often it was to be removed.</summary>
    public int Removals { get; init; }

    /// <summary>With everything that it has or is to have.</summary>
    public NetworkSpec Whole => Next ?? Spec;

    /// <summary>What its removal under way is told as.</summary>
    public DismantleNetwork Dismantle => new(Whole, Undo, IfUnused) { Attempt = Removals };
}

/// <summary>Where a reservation is.</summary>
public enum ReservationPhase
{
    /// <summary>Its pool is being told: recovery and every tick tell it again.</summary>
    Noted,
    /// <summary>Its pool keeps the address.</summary>
    Kept,
    /// <summary>Its pool is being told to let go: recovery and every tick tell it again.</summary>
    Ending,
}

/// <summary>A reservation, and where it is.</summary>
public sealed record KeptAddress(Reservation Reservation, ReservationPhase Phase);

/// <summary>What an address space knows: its networks by id and name, and their subnets. Immutable.</summary>
public sealed record AddressSpaceState
{
    /// <summary>The space's id.</summary>
    public required AddressSpaceId Id { get; init; }
    /// <summary>Networks by id.</summary>
    public ImmutableDictionary<NetworkId, Registration> Networks { get; private init; } = ImmutableDictionary<NetworkId, Registration>.Empty;
    /// <summary>Those of them that are being made, changed or removed, in the order they came.</summary>
    public ImmutableSortedDictionary<long, NetworkId> Unfinished { get; private init; } = ImmutableSortedDictionary<long, NetworkId>.Empty;
    /// <summary>All ids in order, for prefixes.</summary>
    public ImmutableSortedSet<string> Ids { get; init; } = NameLookup.NoIds;
    /// <summary>Network ids by name.</summary>
    public ImmutableDictionary<string, NetworkId> Names { get; init; } = ImmutableDictionary<string, NetworkId>.Empty;
    /// <summary>Which subnets are taken.</summary>
    public SubnetTable Subnets { get; init; } = SubnetTable.Empty;
    /// <summary>Which VXLAN network identifiers are taken.</summary>
    public ImmutableHashSet<int> Vnis { get; init; } = [];
    /// <summary>Addresses that are kept for somebody, by network and address.</summary>
    public ImmutableSortedDictionary<(string Network, InetAddress Address), KeptAddress> Reservations { get; init; } = ImmutableSortedDictionary<(string, InetAddress), KeptAddress>.Empty;
    /// <summary>How many registrations there have been.</summary>
    public long Order { get; init; }

    /// <summary>The network of this id.</summary>
    public Registration? Find(NetworkId id) => Networks.GetValueOrDefault(id);

    /// <summary>With a network as it is now.</summary>
    public AddressSpaceState With(Registration network) => this with
    {
        Networks = Networks.SetItem(network.Spec.Id, network),
        Unfinished = network.Phase == RegistrationPhase.Confirmed ? Unfinished.Remove(network.Order) : Unfinished.SetItem(network.Order, network.Spec.Id),
    };

    /// <summary>Without a network.</summary>
    public AddressSpaceState Without(NetworkId id) => Find(id) is { } network ? this with { Networks = Networks.Remove(id), Unfinished = Unfinished.Remove(network.Order) } : this;

    /// <summary>The name of a network that holds something here.</summary>
    public string NameOf(NetworkId id) => Networks[id].Spec.Name;
}
