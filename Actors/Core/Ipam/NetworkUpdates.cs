using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Drivers;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>
/// How a network is changed while it is in use: the space notes what it is to be and takes what is new for it, then the network has it done, and the space notes that, or takes
/// everything back. At any time it is wholly the one or the other, and whoever dies in between finds the note.
/// </summary>
internal static class NetworkUpdates
{
    public static Decision Update(AddressSpaceState state, UpdateNetwork update)
    {
        if (state.Find(update.Id) is not { } network || network.Phase is RegistrationPhase.Pending or RegistrationPhase.Removing) return Decision.Refuse(new NetworkNotFound(update.Id.Short));
        var (wanted, refusal) = Wanted(network.Spec, update);
        if (refusal is not null) return Decision.Refuse(refusal);
        if (network.Next is { } underway)
        {
            // The same again hears how it ends; who wants something else is told to come again, and what may have been lost on the way is sent again.
            return IsSame(underway, wanted) ? Decision.Send(new EstablishNetwork(underway))
                : Decision.Refuse(new UpdateUnderWay(network.Spec.Name)) with { Orders = [new EstablishNetwork(underway)] };
        }

        if (IsSame(network.Spec, wanted)) return Decision.Answer(new NetworkSummary(network.Spec));
        // Labels are the space's alone: nobody else hears of them.
        if (IsSame(network.Spec with { Labels = wanted.Labels }, wanted)) return new() { Events = [new NetworkRelabelled(update.Id, wanted.Labels)], Reply = new NetworkSummary(wanted) };
        if (InTheWay(state, network.Spec, wanted, update) is { } taken) return Decision.Refuse(taken);

        var next = wanted with { Edition = Math.Max(network.LastEdition, network.Spec.Changes) + 1 };
        return new()
        {
            Wakes = [new(EntityKind.Network, next.Id.ToString()), .. Added(network.Spec, next).Select(pool => new EntityKey(EntityKind.Pool, pool.Id.ToString()))],
            Events = [new NetworkUpdating(next)],
            Sends = [new EstablishNetwork(next)],
        };
    }

    /// <summary>The network is as it was to be.</summary>
    public static Decision Done(Registration network) => new() { Events = [new NetworkUpdated(network.Spec.Id)], Reply = new NetworkSummary(network.Next!) };

    /// <summary>It could not be: it stays as it was, and its host is told so.</summary>
    public static Decision Drop(Registration network, Rejection reason) => new()
    {
        Events = [new NetworkUpdateDropped(network.Spec.Id)],
        Orders = network.Spec.Scope == NetworkScope.Local ? [new ApplyNetwork(network.Spec)] : [],
        Reply = new Rejected(reason),
    };

    public static AddressSpaceState Evolve(AddressSpaceState state, IEvent fact) => fact switch
    {
        NetworkUpdating { Next: var next } when state.Find(next.Id) is { } network => state.With(network with { Next = next, LastEdition = next.Changes, Phase = RegistrationPhase.Updating }) with
        {
            Names = state.Names.SetItem(next.Name, next.Id),
            Subnets = Added(network.Spec, next).Aggregate(state.Subnets, (table, pool) => table.Add(pool.Id.Subnet, next.Id)),
        },
        NetworkUpdated updated when state.Find(updated.Id) is { Next: { } next } network => state.With(network with { Spec = next, Next = null, Phase = RegistrationPhase.Confirmed }) with
        {
            Names = network.Spec.Name == next.Name ? state.Names : state.Names.Remove(network.Spec.Name),
        },
        NetworkUpdateDropped dropped when state.Find(dropped.Id) is { Next: { } next } network => Without(state, network.Spec, next).With(network with { Next = null, Phase = RegistrationPhase.Confirmed }),
        _ => state,
    };

    /// <summary>What only the update has is free.</summary>
    public static AddressSpaceState Without(AddressSpaceState state, NetworkSpec spec, NetworkSpec? next) => next is null ? state : state with
    {
        Names = next.Name == spec.Name ? state.Names : state.Names.Remove(next.Name),
        Subnets = Added(spec, next).Aggregate(state.Subnets, (table, pool) => table.Remove(pool.Id.Subnet)),
    };

    private static IEnumerable<NetworkPool> Added(NetworkSpec before, NetworkSpec after) => after.Pools.Where(pool => !before.Pools.Any(known => known.Id == pool.Id));

    // Everything that is wrong with the change by itself, before anything else that exists is looked at.
    private static (NetworkSpec Wanted, Rejection? Refusal) Wanted(NetworkSpec spec, UpdateNetwork update)
    {
        var wanted = spec with
        {
            Name = update.Name ?? spec.Name,
            Labels = spec.Labels.RemoveRange(update.RemovedLabels ?? []).SetItems(update.Labels ?? ImmutableSortedDictionary<string, string>.Empty),
            Options = spec.Options.RemoveRange(update.RemovedOptions ?? []).SetItems(update.Options ?? ImmutableSortedDictionary<string, string>.Empty),
        };
        if (wanted.Name != spec.Name && NetworkRules.IsReservedName(wanted.Name)) return (spec, new ReservedNetworkName(wanted.Name));
        if (spec.Predefined && (wanted.Name != spec.Name || update.Subnet is not null || update.IpRange is not null))
        {
            return (spec, new InvalidRequest($"{spec.Name} is a predefined network: its name and its subnets stay"));
        }

        if (update.Subnet is { } subnet && !spec.Pools.Any(known => IsSame(known, subnet)))
        {
            if (!subnet.NamesSubnet) return (spec, new InvalidRequest("a further subnet is named: nothing is picked out of the default pools for a network that is in use"));
            if (PoolGrant.Pool(spec.Space, subnet.Subnet!.Value, subnet) is not { } pool) return (spec, PoolGrant.NoGateway(subnet.Subnet.Value, subnet));
            wanted = wanted with { Pools = wanted.Pools.Add(pool), EnableIPv6 = wanted.EnableIPv6 || pool.Id.Subnet.IsIPv6 };
        }

        if (update.IpRange is { } range)
        {
            var (wider, refusal) = Widened(wanted, range);
            if (refusal is not null) return (spec, refusal);
            wanted = wider;
        }

        var request = NetworkRequest.Of(wanted);
        var driver = NetworkDrivers.Find(spec.Driver)!;
        var changed = wanted.Options.Keys.Union(spec.Options.Keys).Where(key => wanted.Options.GetValueOrDefault(key) != spec.Options.GetValueOrDefault(key)).ToHashSet();
        ImmutableArray<string> problems =
        [
            .. driver.Options.Where(option => option.Fixed && changed.Contains(option.Name)).Select(option => $"{option.Name} of a network stays as it was made"),
            .. NetworkRules.Problems(request),
            .. driver.Validate(request).Select(problem => problem.ToString()!),
        ];
        return (wanted, problems.IsEmpty ? null : new InvalidRequest([.. problems.Distinct()]));
    }

    private static (NetworkSpec Wider, Rejection? Refusal) Widened(NetworkSpec spec, Subnet range)
    {
        var at = spec.Pools.ToList().FindIndex(pool => pool.Id.Subnet.Contains(range));
        if (at < 0) return (spec, new InvalidRequest($"ip-range {range} is not part of any subnet of network {spec.Name} ({string.Join(", ", spec.Pools.Select(pool => pool.Id.Subnet))})"));
        var pool = spec.Pools[at];
        if (pool.Id.SubPool is not { } first) return (spec, new InvalidRequest($"addresses are picked from all of subnet {pool.Id.Subnet} of network {spec.Name} already"));
        ImmutableArray<Subnet> ranges = [first, .. pool.MoreRanges ?? []];
        if (ranges.Contains(range)) return (spec, null);
        if (ranges.FirstOrDefault(range.Overlaps) is { Prefix: > 0 } other) return (spec, new InvalidRequest($"ip-range {range} overlaps the ip-range {other} of network {spec.Name}"));
        return (spec with { Pools = spec.Pools.SetItem(at, pool with { MoreRanges = [.. pool.MoreRanges ?? [], range] }) }, null);
    }

    private static Rejection? InTheWay(AddressSpaceState state, NetworkSpec spec, NetworkSpec wanted, UpdateNetwork update)
    {
        if (state.Names.TryGetValue(wanted.Name, out var holder) && holder != spec.Id) return new NetworkNameTaken(wanted.Name, holder);
        return Added(spec, wanted).Select(pool => PoolGrant.InTheWay(state, pool.Id.Subnet, update.HostRoutes ?? [], update.Host)).FirstOrDefault(refusal => refusal is not null);
    }

    private static bool IsSame(NetworkPool known, PoolRequest wish) =>
        known.Id.Subnet == wish.Subnet && known.Id.SubPool == wish.IpRange && (wish.Gateway is null || wish.Gateway == known.Gateway) && known.Auxiliary.SequenceEqual(wish.Auxiliary);

    private static bool IsSame(NetworkSpec a, NetworkSpec b) =>
        a.Name == b.Name && a.Labels.SequenceEqual(b.Labels) && a.Options.SequenceEqual(b.Options) && a.Pools.Length == b.Pools.Length
        && a.Pools.Zip(b.Pools).All(pair => pair.First.Id == pair.Second.Id && (pair.First.MoreRanges ?? []).SequenceEqual(pair.Second.MoreRanges ?? []));
}
