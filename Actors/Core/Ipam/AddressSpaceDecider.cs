using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>Which names and subnets are taken in one address space. The root of every network: it notes the intent first, so that nothing is ever made or left half made that it does not know.</summary>
public sealed class AddressSpaceDecider : IDecider<AddressSpaceState>
{
    /// <inheritdoc/>
    public AddressSpaceState Empty(string id) => new() { Id = AddressSpaceId.Parse(id, CultureInfo.InvariantCulture) };

    /// <inheritdoc/>
    public Decision Decide(AddressSpaceState state, IAddressed message) => message switch
    {
        CreateNetwork create => Create(state, create),
        RemoveNetwork remove => Remove(state, remove),
        ConfirmNetwork confirm => state.Find(confirm.Spec.Id) is { Phase: RegistrationPhase.Pending } pending
            ? new() { Events = [new NetworkConfirmed(confirm.Spec.Id)], Reply = new NetworkSummary(pending.Spec) }
            : Settled(state, confirm.Spec),
        AbandonNetwork abandon => state.Find(abandon.Spec.Id) is { Phase: RegistrationPhase.Pending }
            ? new()
            {
                Events = [new NetworkRemovalStarted(abandon.Spec.Id, abandon.Reason)],
                Sends = [new DismantleNetwork(abandon.Spec, abandon.Reason)],
            }
            : Settled(state, abandon.Spec),
        KeepNetwork keep => On(state, keep.Spec.Id, RegistrationPhase.Removing, _ => new()
        {
            Events = [new NetworkRemovalCancelled(keep.Spec.Id)],
            Reply = new Rejected(keep.Reason),
        }),
        UnregisterNetwork gone => new()
        {
            Events = state.Find(gone.Spec.Id) is null ? [] : [new NetworkUnregistered(gone.Spec.Id)],
            Reply = gone.Undo is { } reason ? new Rejected(reason) : new NetworkRemoved(gone.Spec.Id),
        },
        ListNetworks => Decision.Answer(new NetworkList([.. state.Networks.Values.OrderBy(network => network.Order).Select(network => network.Spec)])),
        FindNetwork find => Find(state, find.NameOrId),
        RelabelNetwork relabel => Relabel(state, relabel),
        ReserveAddress reserve => Reservations.Reserve(state, reserve),
        KeepSettled settled => Reservations.Settled(state, settled),
        EndReservation end => Reservations.End(state, end),
        ExpireReservations tick => Reservations.Tick(state, tick.Now),
        DropSettled dropped => Reservations.Dropped(state, dropped.Reservation),
        GetTakenSubnets taken => Decision.Answer(new TakenSubnets(
            [.. taken.Within.SelectMany(state.Subnets.Within).Distinct().OrderBy(held => held.Subnet).Select(held => new TakenSubnet(held.Subnet, state.NameOf(held.Holder)))])),
        _ => Decision.Nothing,
    };

    // The same create was sent twice and the other one has come to an end: this is how it ended.
    private static Decision Settled(AddressSpaceState state, NetworkSpec spec) => state.Find(spec.Id) switch
    {
        { Phase: RegistrationPhase.Confirmed } network => Decision.Answer(new NetworkSummary(network.Spec)),
        { Undo: { } reason } => Decision.Refuse(reason),
        _ => Decision.Refuse(new NetworkNotFound(spec.Name)),
    };

    private static Decision On(AddressSpaceState state, NetworkId id, RegistrationPhase phase, Func<Registration, Decision> decide) =>
        state.Find(id) is { } network && network.Phase == phase ? decide(network) : Decision.Nothing;

    private static Decision Create(AddressSpaceState state, CreateNetwork create)
    {
        var request = create.Request;
        if (state.Find(request.Id) is { } known)
        {
            // The same command again. While it is under way, its own chain is idempotent; a removal under way is not undone.
            if (known.Spec.Name != request.Name || known.Phase == RegistrationPhase.Removing) return Decision.Refuse(new IdTaken(request.Id.ToString()));
            return known.Phase == RegistrationPhase.Confirmed ? Decision.Answer(new NetworkSummary(known.Spec)) : Decision.Send(new EstablishNetwork(known.Spec));
        }

        if (NetworkRules.IsReservedName(request.Name) && !request.Predefined) return Decision.Refuse(new ReservedNetworkName(request.Name));
        if (request.Driver is "host" or "null" && !request.Predefined) return Decision.Refuse(new SingleInstanceDriver(request.Driver));
        if (request.IpamDriver is not (null or "default" or "null")) return Decision.Refuse(new DriverNotFound(request.IpamDriver, ["default", "null"]));
        if (NetworkRules.Problems(request).ToImmutableArray() is { IsEmpty: false } problems) return Decision.Refuse(new InvalidRequest(problems));
        if (state.Names.TryGetValue(request.Name, out var holder))
        {
            return request.Predefined ? Decision.Answer(new NetworkSummary(state.Find(holder)!.Spec)) : Decision.Refuse(new NetworkNameTaken(request.Name, holder));
        }

        var (pools, refusal) = PoolGrant.Grant(state, create);
        if (refusal is not null) return Decision.Refuse(refusal);
        var spec = new NetworkSpec
        {
            Id = request.Id,
            Name = request.Name,
            Driver = request.Driver,
            Scope = create.Scope,
            Host = request.Host,
            Internal = request.Internal,
            Attachable = request.Attachable,
            EnableIPv6 = request.EnableIPv6 || pools.Any(pool => pool.Id.Subnet.IsIPv6),
            Predefined = request.Predefined,
            IpamDriver = request.IpamDriver is "null" ? "null" : null,
            Pools = pools,
            Vni = create.Scope == NetworkScope.Global ? FreeVni(state, request.Id) : null,
            Options = request.Options,
            Labels = request.Labels,
            Created = request.Created,
        };
        return new()
        {
            Wakes = [new(EntityKind.Network, spec.Id.ToString()), .. spec.Pools.Select(pool => new EntityKey(EntityKind.Pool, pool.Id.ToString()))],
            Events = [new NetworkRegistered(spec)],
            Sends = [new EstablishNetwork(spec)],
        };
    }

    // Out of the id, so that one is not used again soon: a host that was cut off may still send with that of a network that is gone.
    private static int FreeVni(AddressSpaceState state, NetworkId id)
    {
        const int Last = 0xffffff;
        for (var vni = Convert.ToInt32(id.ToString()[..6], 16); ; vni = vni >= Last ? 1 : vni + 1)
        {
            if (vni > 0 && !state.Vnis.Contains(vni)) return vni;
        }
    }

    private static Decision Remove(AddressSpaceState state, RemoveNetwork remove)
    {
        if (state.Find(remove.Id) is not { } network) return Decision.Refuse(new NetworkNotFound(remove.Id.ToString()));
        if (network.Spec.Predefined) return Decision.Refuse(new PredefinedNetwork(network.Spec.Name));
        // One removal at a time: who asks while one is under way hears how that one ends.
        return network.Phase == RegistrationPhase.Removing
            ? Decision.Send(new DismantleNetwork(network.Spec, network.Undo, network.IfUnused))
            : new()
            {
                Events = [new NetworkRemovalStarted(remove.Id, null, remove.IfUnused ? true : null)],
                Sends = [new DismantleNetwork(network.Spec, null, remove.IfUnused)],
            };
    }

    private static Decision Relabel(AddressSpaceState state, RelabelNetwork relabel)
    {
        if (state.Find(relabel.Id) is not { Phase: RegistrationPhase.Confirmed, Spec: var spec }) return Decision.Refuse(new NetworkNotFound(relabel.Id.Short));
        var labels = spec.Labels.RemoveRange(relabel.Removed).SetItems(relabel.Set);
        var isSo = labels.SequenceEqual(spec.Labels);
        return new() { Events = isSo ? [] : [new NetworkRelabelled(spec.Id, labels)], Reply = new NetworkSummary(spec with { Labels = labels }) };
    }

    private static Decision Find(AddressSpaceState state, string text)
    {
        if (NetworkId.TryParse(text, null, out var id) && state.Find(id) is { } byId) return Decision.Answer(new NetworkSummary(byId.Spec));
        if (state.Names.TryGetValue(text, out var named)) return Decision.Answer(new NetworkSummary(state.Find(named)!.Spec));
        return NameLookup.ByPrefix(state.Ids, text) switch
        {
            [] => Decision.Refuse(new NetworkNotFound(text)),
            [var one] => Decision.Answer(new NetworkSummary(Of(one))),
            var many => Decision.Refuse(new AmbiguousName("network", text, [.. many.Select(match => NetworkLookup.Text(Of(match)))])),
        };

        NetworkSpec Of(string known) => state.Networks[NetworkId.Parse(known)].Spec;
    }

    /// <inheritdoc/>
    public AddressSpaceState Evolve(AddressSpaceState state, IEvent fact) => Reservations.Evolve(EvolveNetworks(state, fact), fact);

    private static AddressSpaceState EvolveNetworks(AddressSpaceState state, IEvent fact) => fact switch
    {
        NetworkRegistered registered => state with
        {
            Order = state.Order + 1,
            Networks = state.Networks.SetItem(registered.Spec.Id, new(registered.Spec, RegistrationPhase.Pending, state.Order + 1)),
            Ids = state.Ids.Add(registered.Spec.Id.ToString()),
            Names = state.Names.SetItem(registered.Spec.Name, registered.Spec.Id),
            Subnets = registered.Spec.Pools.Aggregate(state.Subnets, (table, pool) => table.Add(pool.Id.Subnet, registered.Spec.Id)),
            Vnis = registered.Spec.Vni is { } vni ? state.Vnis.Add(vni) : state.Vnis,
        },
        NetworkConfirmed confirmed => InPhase(state, confirmed.Id, RegistrationPhase.Confirmed),
        NetworkRemovalStarted started => InPhase(state, started.Id, RegistrationPhase.Removing, started.Undo, started.IfUnused ?? false),
        NetworkRemovalCancelled cancelled => InPhase(state, cancelled.Id, RegistrationPhase.Confirmed),
        NetworkRelabelled relabelled when state.Find(relabelled.Id) is { } network => state with
        {
            Networks = state.Networks.SetItem(relabelled.Id, network with { Spec = network.Spec with { Labels = relabelled.Labels } }),
        },
        NetworkUnregistered gone when state.Find(gone.Id) is { } network => state with
        {
            Networks = state.Networks.Remove(gone.Id),
            Ids = state.Ids.Remove(gone.Id.ToString()),
            Names = state.Names.Remove(network.Spec.Name),
            Subnets = network.Spec.Pools.Aggregate(state.Subnets, (table, pool) => table.Remove(pool.Id.Subnet)),
            Vnis = network.Spec.Vni is { } vni ? state.Vnis.Remove(vni) : state.Vnis,
        },
        _ => state,
    };

    private static AddressSpaceState InPhase(AddressSpaceState state, NetworkId id, RegistrationPhase phase, Rejection? undo = null, bool ifUnused = false) =>
        state.Find(id) is { } network ? state with { Networks = state.Networks.SetItem(id, network with { Phase = phase, Undo = undo, IfUnused = ifUnused }) } : state;

    /// <inheritdoc/>
    public ImmutableArray<IAddressed> Resume(AddressSpaceState state) =>
    [
        .. state.Networks.Values.OrderBy(network => network.Order).SelectMany<Registration, IAddressed>(network => network.Phase switch
        {
            RegistrationPhase.Pending => [new EstablishNetwork(network.Spec)],
            RegistrationPhase.Removing => [new DismantleNetwork(network.Spec, network.Undo, network.IfUnused)],
            _ => [],
        }),
        .. Reservations.Resume(state),
    ];

    /// <inheritdoc/>
    public ImmutableArray<IEvent> Compact(AddressSpaceState state) =>
    [
        .. state.Networks.Values.OrderBy(network => network.Order).SelectMany<Registration, IEvent>(network => network.Phase switch
        {
            RegistrationPhase.Confirmed => [new NetworkRegistered(network.Spec), new NetworkConfirmed(network.Spec.Id)],
            RegistrationPhase.Removing => [new NetworkRegistered(network.Spec), new NetworkRemovalStarted(network.Spec.Id, network.Undo, network.IfUnused ? true : null)],
            _ => [new NetworkRegistered(network.Spec)],
        }),
        .. Reservations.Compact(state),
    ];
}
