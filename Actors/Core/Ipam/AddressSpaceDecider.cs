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
        ConfirmNetwork confirm => state.Find(confirm.Spec.Id) switch
        {
            { Phase: RegistrationPhase.Pending } pending => new() { Events = [new NetworkConfirmed(confirm.Spec.Id)], Reply = new NetworkSummary(pending.Spec) },
            { Phase: RegistrationPhase.Updating } updating when updating.Next!.Edition == confirm.Spec.Edition => NetworkUpdates.Done(updating),
            _ => Settled(state, confirm.Spec),
        },
        AbandonNetwork abandon => state.Find(abandon.Spec.Id) switch
        {
            { Phase: RegistrationPhase.Pending } => new()
            {
                Events = [new NetworkRemovalStarted(abandon.Spec.Id, abandon.Reason)],
                Sends = [new DismantleNetwork(abandon.Spec, abandon.Reason)],
            },
            { Phase: RegistrationPhase.Updating } updating when updating.Next!.Edition == abandon.Spec.Edition => NetworkUpdates.Drop(updating, abandon.Reason),
            _ => Settled(state, abandon.Spec),
        },
        KeepNetwork keep => state.Find(keep.Spec.Id) is { Phase: RegistrationPhase.Removing } staying && staying.Removals == (keep.Attempt ?? 0)
            ? new()
            {
                Events = [new NetworkRemovalCancelled(keep.Spec.Id)],
                // What was being changed when it was to be removed is changed after all.
                Orders = staying.Next is { } next ? [new EstablishNetwork(next)] : [],
                Reply = new Rejected(keep.Reason),
            }
            : Decision.Refuse(keep.Reason),
        UnregisterNetwork gone => new()
        {
            Events = state.Find(gone.Spec.Id) is null ? [] : [new NetworkUnregistered(gone.Spec.Id)],
            Reply = gone.Undo is { } reason ? new Rejected(reason) : new NetworkRemoved(gone.Spec.Id),
        },
        ListNetworks => Decision.Answer(new NetworkList([.. state.Networks.Values.OrderBy(network => network.Order).Select(network => network.Spec)])),
        FindNetwork find => Find(state, find.NameOrId),
        UpdateNetwork update => NetworkUpdates.Update(state, update),
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
        { Phase: RegistrationPhase.Confirmed or RegistrationPhase.Updating } network => Decision.Answer(new NetworkSummary(network.Spec)),
        { Undo: { } reason } => Decision.Refuse(reason),
        _ => Decision.Refuse(new NetworkNotFound(spec.Name)),
    };

    private static Decision Create(AddressSpaceState state, CreateNetwork create)
    {
        var request = create.Request;
        if (state.Find(request.Id) is { } known)
        {
            // The same command again. While it is under way, its own chain is idempotent; a removal under way is not undone.
            if ((known.Spec.Name != request.Name && known.Spec.Edition is null) || known.Phase == RegistrationPhase.Removing) return Decision.Refuse(new IdTaken(request.Id.ToString()));
            return known.Phase is RegistrationPhase.Confirmed or RegistrationPhase.Updating ? Decision.Answer(new NetworkSummary(known.Spec)) : Decision.Send(new EstablishNetwork(known.Spec));
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
            BareIpam = request.BareIpam,
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
        if (state.Find(remove.Id) is not { } network) return remove.Again is true ? Decision.Answer(new NetworkRemoved(remove.Id)) : Decision.Refuse(new NetworkNotFound(remove.Id.ToString()));
        if (network.Spec.Predefined) return Decision.Refuse(new PredefinedNetwork(network.Spec.Name));
        // One removal at a time: who asks while one is under way hears how that one ends.
        if (network.Phase == RegistrationPhase.Removing) return Decision.Send(network.Dismantle);
        var removing = network with { IfUnused = remove.IfUnused, Removals = network.Removals + 1 };
        return new() { Events = [new NetworkRemovalStarted(remove.Id, null, remove.IfUnused ? true : null) { Attempt = removing.Removals }], Sends = [removing.Dismantle] };
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
        NetworkRegistered registered => state.With(new Registration(registered.Spec, RegistrationPhase.Pending, state.Order + 1)) with
        {
            Order = state.Order + 1,
            Ids = state.Ids.Add(registered.Spec.Id.ToString()),
            Names = state.Names.SetItem(registered.Spec.Name, registered.Spec.Id),
            Subnets = registered.Spec.Pools.Aggregate(state.Subnets, (table, pool) => table.Add(pool.Id.Subnet, registered.Spec.Id)),
            Vnis = registered.Spec.Vni is { } vni ? state.Vnis.Add(vni) : state.Vnis,
        },
        NetworkConfirmed confirmed => InPhase(state, confirmed.Id, RegistrationPhase.Confirmed),
        NetworkRemovalStarted started => InPhase(state, started.Id, RegistrationPhase.Removing, started.Undo, started.IfUnused ?? false, started.Attempt),
        NetworkRemovalCancelled cancelled => InPhase(state, cancelled.Id, state.Find(cancelled.Id)?.Next is null ? RegistrationPhase.Confirmed : RegistrationPhase.Updating),
        NetworkRelabelled relabelled when state.Find(relabelled.Id) is { } network => state.With(network with { Spec = network.Spec with { Labels = relabelled.Labels } }),
        NetworkUnregistered gone when state.Find(gone.Id) is { } network => Unregistered(NetworkUpdates.Without(state, network.Spec, network.Next), network.Spec),
        _ => NetworkUpdates.Evolve(state, fact),
    };

    private static AddressSpaceState Unregistered(AddressSpaceState state, NetworkSpec spec) => state.Without(spec.Id) with
    {
        Ids = state.Ids.Remove(spec.Id.ToString()),
        Names = state.Names.Remove(spec.Name),
        Subnets = spec.Pools.Aggregate(state.Subnets, (table, pool) => table.Remove(pool.Id.Subnet)),
        Vnis = spec.Vni is { } vni ? state.Vnis.Remove(vni) : state.Vnis,
    };

    private static AddressSpaceState InPhase(AddressSpaceState state, NetworkId id, RegistrationPhase phase, Rejection? undo = null, bool ifUnused = false, int? removal = null) =>
        state.Find(id) is { } network ? state.With(network with { Phase = phase, Undo = undo, IfUnused = ifUnused, Removals = removal ?? network.Removals }) : state;

    /// <inheritdoc/>
    public ImmutableArray<IAddressed> Resume(AddressSpaceState state) =>
    [
        .. state.Unfinished.Values.Select(id => state.Networks[id]).Select<Registration, IAddressed>(network => network.Phase switch
        {
            RegistrationPhase.Pending => new EstablishNetwork(network.Spec),
            RegistrationPhase.Updating => new EstablishNetwork(network.Whole),
            _ => network.Dismantle,
        }),
        .. Reservations.Resume(state),
    ];

    /// <inheritdoc/>
    public ImmutableArray<IEvent> Compact(AddressSpaceState state) =>
    [
        .. state.Networks.Values.OrderBy(network => network.Order).SelectMany(Compact),
        .. Reservations.Compact(state),
    ];

    // What is over leaves its number, so that none is used twice.
    private static IEnumerable<IEvent> Compact(Registration network)
    {
        var id = network.Spec.Id;
        yield return new NetworkRegistered(network.Spec);
        if (network.Phase is RegistrationPhase.Confirmed or RegistrationPhase.Updating) yield return new NetworkConfirmed(id);
        if (network.LastEdition > network.Whole.Changes)
        {
            yield return new NetworkUpdating(network.Spec with { Edition = network.LastEdition });
            yield return new NetworkUpdateDropped(id);
        }

        if (network.Removals > 0 && network.Phase != RegistrationPhase.Removing)
        {
            yield return new NetworkRemovalStarted(id) { Attempt = network.Removals };
            yield return new NetworkRemovalCancelled(id);
        }

        if (network.Next is { } next) yield return new NetworkUpdating(next);
        if (network.Phase == RegistrationPhase.Removing) yield return new NetworkRemovalStarted(id, network.Undo, network.IfUnused ? true : null) { Attempt = network.Removals };
    }
}
