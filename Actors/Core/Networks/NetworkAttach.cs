using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Endpoints;
using NetworkCluster.Ipam;

namespace NetworkCluster.Networks;

/// <summary>How an endpoint gets its place: may it, an address from each family's pool, may it still, then one event with all the facts.</summary>
internal static class NetworkAttach
{
    public static Decision Begin(NetworkState state, AttachEndpoint attach)
    {
        if (!state.Exists) return Settle(attach, new NetworkNotFound(attach.Endpoint.NetworkName));
        if (state.Find(attach.Endpoint.Id) is { } known && (known.Attached || !attach.Running)) return Again(state, known, attach);
        // Sent before it was told to leave, and come after: its ids do not come to life again.
        if (state.HasDeparted(attach.Endpoint.Id)) return Settle(attach, new IdTaken(attach.Endpoint.Id.ToString()));
        if (Refusal(state, attach) is { } reason) return Settle(attach, reason, state.Find(attach.Endpoint.Id) is not null);
        return Try(state, attach);
    }

    // Only an attempt that nobody has ended may become a fact: otherwise what its pools gave has been given back since, and may be another's.
    private static Decision Try(NetworkState state, AttachEndpoint attach)
    {
        var attempt = Math.Max(state.LastAttempt, state.Revision << 20) + 1;
        var next = NextPool(state, attach with { Attempt = attempt }, []);
        return next with { Events = [.. state.Claim(attach.Endpoint.Id, attach.Incarnation), new EndpointAttaching(attach.Endpoint.Id, attempt), .. next.Events] };
    }

    public static Decision Complete(NetworkState state, CompleteAttach complete)
    {
        var (attach, obtained) = (complete.Attach, complete.Obtained);
        // A second copy of the same command may have come through before us: the pool has given both the same address.
        if (state.Find(attach.Endpoint.Id) is { } known && (known.Attached || !attach.Running)) return Again(state, known, attach);
        var counts = state.Attempts.GetValueOrDefault(attach.Endpoint.Id, []).Contains(attach.Attempt);
        if (counts && complete.Refusal is { } refusal)
        {
            return refusal is PoolExhausted && After(state.Spec!, attach, complete.Pool) is { } another
                ? Decision.Send(new AllocateAddress(another, null, attach, obtained))
                : GiveBack(state, attach, obtained, Current(state, refusal));
        }

        if (complete.Address is { } address) obtained = obtained.Add(new(complete.Pool, address));
        if (!state.Exists) return GiveBack(state, attach, obtained, new NetworkNotFound(attach.Endpoint.NetworkName));
        if (state.HasDeparted(attach.Endpoint.Id)) return GiveBack(state, attach, obtained, new IdTaken(attach.Endpoint.Id.ToString()));
        // Others may have come since: ask again before it becomes a fact.
        if (Refusal(state, attach) is { } late) return GiveBack(state, attach, obtained, late);
        return counts ? NextPool(state, attach, obtained) : Try(state, attach);
    }

    private static Decision Again(NetworkState state, NetworkMember known, AttachEndpoint attach)
    {
        var claim = attach.Running ? state.Claim(attach.Endpoint.Id, attach.Incarnation) : [];
        var (before, now) = (known.Endpoint, known.Endpoint);
        // Its container is called otherwise, or may be in a moment. What was said before that and comes now counts no more.
        if (attach.Endpoint.NameEdition > (before.Spec.NameEdition ?? 0))
        {
            if (attach.Running && NameRefusal(state, attach.Endpoint) is { } taken) return Settle(attach, taken, held: true);
            now = now with
            {
                Spec = now.Spec with
                {
                    ContainerName = attach.Endpoint.ContainerName,
                    NextName = attach.Endpoint.NextName,
                    NameEdition = attach.Endpoint.NameEdition,
                    // Those of a container of ours are what they were when it was connected.
                    Settings = now.Spec.Settings with { Aliases = attach.Endpoint.Settings.Aliases, Links = attach.Endpoint.Settings.Links },
                },
            };
        }

        // Its host has moved: the others are told where to now.
        if (attach.Running) now = now with { Vtep = VtepOf(state, attach) };
        if (attach.Running && now != before)
        {
            var revision = state.Revision + 1;
            return new()
            {
                Events = [.. claim, new EndpointAttached(now, revision)],
                Sends = [.. NetworkDecider.Tell(state, host => new ViewChanged(state.Spec!, revision, now, null, host)), new BindEndpoint(now, attach.Incarnation, state.Spec!, revision) { IsNews = true, Placed = known.Attached ? known.Revision : revision }],
            };
        }

        return new()
        {
            Events = known.Attached || now == before ? claim : [.. claim, new EndpointReserved(now, state.Revision)],
            Sends =
            [
                attach.Running ? new BindEndpoint(before, attach.Incarnation, state.Spec!, state.Revision) { Placed = known.Revision }
                : known.Attached ? new UnbindEndpoint(attach.Endpoint, attach.Incarnation, Forget: false) // its container has stopped, and we have not heard of it
                : new ConfigureEndpoint(now),
            ],
        };
    }

    // Within one host nobody needs to know.
    private static InetAddress? VtepOf(NetworkState state, AttachEndpoint attach) => state.Spec!.Scope == NetworkScope.Global ? attach.Vtep : null;

    private static Decision NextPool(NetworkState state, AttachEndpoint attach, ImmutableArray<PoolAddress> obtained)
    {
        var settings = attach.Endpoint.Settings;
        foreach (var ipv6 in (ReadOnlySpan<bool>)[false, true])
        {
            var wished = ipv6 ? settings.IPv6 : settings.IPv4;
            if (obtained.Any(address => address.Pool.Subnet.IsIPv6 == ipv6)) continue;
            if (wished is null && !attach.Running) continue;
            var pool = state.Spec!.Pools.FirstOrDefault(pool => pool.Id.Subnet.IsIPv6 == ipv6 && (wished is not { } address || pool.Id.Subnet.Contains(address)));
            if (pool is not null) return Decision.Send(new AllocateAddress(pool.Id, wished, attach, obtained));
        }

        return Place(state, attach, obtained);
    }

    private static Decision Place(NetworkState state, AttachEndpoint attach, ImmutableArray<PoolAddress> obtained)
    {
        var spec = state.Spec!;
        var v4 = obtained.FirstOrDefault(address => !address.Pool.Subnet.IsIPv6);
        var v6 = obtained.FirstOrDefault(address => address.Pool.Subnet.IsIPv6);
        var endpoint = new AttachedEndpoint
        {
            Spec = attach.Endpoint.NetworkName == spec.Name ? attach.Endpoint : attach.Endpoint with { NetworkName = spec.Name },
            IPv4 = v4?.Address,
            IPv4Prefix = v4?.Pool.Subnet.Prefix ?? 0,
            IPv6 = v6?.Address,
            IPv6Prefix = v6?.Pool.Subnet.Prefix ?? 0,
            GatewayIPv4 = Gateway(v4),
            GatewayIPv6 = Gateway(v6),
            // The host and null drivers have no links; without addresses (IPAM driver null) a link has its own address all the same.
            Mac = !attach.Running ? attach.Endpoint.Settings.Mac : spec.Driver is "host" or "null" ? null : attach.Endpoint.Settings.Mac ?? LinkLayer.For(attach.Endpoint.Id, v4?.Address, IsTaken),
            Vtep = attach.Running ? VtepOf(state, attach) : null,
        };
        // A stopped container is in no view: no host is told, so the revision stays.
        if (!attach.Running) return new() { Events = [new EndpointReserved(endpoint, state.Revision)], Sends = [new ConfigureEndpoint(endpoint)] };

        var revision = state.Revision + 1;
        var after = state.With(endpoint, attached: true, revision);
        var bind = new BindEndpoint(endpoint, attach.Incarnation, spec, revision) { IsNews = spec.Scope == NetworkScope.Global, Placed = revision };
        return new()
        {
            Events = [new EndpointAttached(endpoint, revision)],
            // What an engine has made is not begun twice, and where there is no link there is nothing to begin with.
            Hints = endpoint.Mac is null || attach.Endpoint.Lent is true ? [] : [new PrepareEndpoint(bind)],
            Sends =
            [
                // Views first: the agent answers for the endpoint only when it knows this revision.
                .. NetworkDecider.Tell(after, host => state.Hosts.ContainsKey(host)
                    ? new ViewChanged(spec, revision, endpoint, null, host)
                    : new ViewSnapshot(after.View, host)),
                bind,
            ],
        };

        bool IsTaken(MacAddress mac) => mac == LinkLayer.OfGateway(spec) || (state.Macs.TryGetValue(mac, out var holder) && holder != attach.Endpoint.Id);

        InetAddress? Gateway(PoolAddress? address) =>
            spec.Internal || address is null ? null : spec.Pools.First(pool => pool.Id == address.Pool).Gateway;
    }

    private static Rejection? Refusal(NetworkState state, AttachEndpoint attach)
    {
        var (spec, wish, settings) = (state.Spec!, attach.Endpoint, attach.Endpoint.Settings);
        if (spec.Predefined && !settings.Aliases.IsEmpty) return new AliasNotSupported(spec.Name);
        if (settings.DriverOptions.Keys.FirstOrDefault(EndpointRules.IsOurs) is { } option) return new InvalidRequest($"unknown option {option}: the {spec.Driver} driver has no options for endpoints");
        if (spec.Driver is "host" or "null" && EndpointRules.WithoutLink(settings).ToImmutableArray() is { IsEmpty: false } idle) return new InvalidRequest($"conflicting options: a container on the network {spec.Name} has no link of its own, and so no {string.Join(" and no ", idle)}");
        if (settings.Links.FirstOrDefault(link => link.Target == wish.ContainerName || (link.Target.Length >= wish.Container.Short.Length && wish.Container.ToString().StartsWith(link.Target, StringComparison.Ordinal))) is { } self)
        {
            return new InvalidRequest($"bad format for links: {self.Target}:{self.Alias} leads to the container itself");
        }

        if (EndpointRules.Problems(settings).ToImmutableArray() is { IsEmpty: false } problems) return new InvalidRequest(problems);
        if (attach.Running && NameRefusal(state, wish) is { } taken) return taken;

        foreach (var fixedAddress in (ReadOnlySpan<InetAddress?>)[settings.IPv4, settings.IPv6])
        {
            if (fixedAddress is not { } address) continue;
            var family = spec.Pools.Where(pool => pool.Id.Subnet.IsIPv6 == address.IsIPv6).ToImmutableArray();
            // One that is reserved for it was picked from the pool as any other.
            if (wish.ReservedAs is null && !family.Any(pool => pool.UserGiven)) return new FixedAddressNotSupported(spec.Name);
            if (!family.Any(pool => pool.Id.Subnet.Contains(address))) return new AddressOutsideNetwork(address, spec.Name, [.. family.Select(pool => pool.Id.Subnet)]);
        }

        foreach (var address in settings.LinkLocal ?? [])
        {
            if (state.LinkLocals.TryGetValue(address, out var holds) && holds != wish.Id) return new AddressInUse(address, state.Find(holds)!.Endpoint.Spec.ContainerName);
        }

        if (settings.Mac is not { } mac) return null;
        if (mac == LinkLayer.OfGateway(spec)) return new MacInUse(mac, $"the gateway of network {spec.Name}");
        return state.Macs.TryGetValue(mac, out var other) && other != wish.Id ? new MacInUse(mac, state.Find(other)!.Endpoint.Spec.ContainerName) : null;
    }

    private static EndpointNameTaken? NameRefusal(NetworkState state, EndpointSpec wish)
    {
        foreach (var name in (ReadOnlySpan<string?>)[wish.ContainerName, wish.NextName])
        {
            if (name is not null && state.Names.TryGetValue(name, out var holder) && holder != wish.Id) return new(name, state.Spec!.Name, state.Find(holder)!.Endpoint.Spec.Host);
        }

        return null;
    }

    // The next pool of the same family, when the user asked for no address of it: a network may have several.
    private static PoolId? After(NetworkSpec spec, AttachEndpoint attach, PoolId exhausted)
    {
        var wished = exhausted.Subnet.IsIPv6 ? attach.Endpoint.Settings.IPv6 : attach.Endpoint.Settings.IPv4;
        if (wished is not null) return null;
        var next = spec.Pools.SkipWhile(pool => pool.Id != exhausted).Skip(1).FirstOrDefault(pool => pool.Id.Subnet.IsIPv6 == exhausted.Subnet.IsIPv6);
        return next?.Id;
    }

    private static Decision GiveBack(NetworkState state, AttachEndpoint attach, ImmutableArray<PoolAddress> obtained, Rejection reason)
    {
        // A stopped container's held addresses are not ours to give back: only what this command obtained and nobody knows of.
        var held = state.Find(attach.Endpoint.Id)?.Endpoint;
        // Another attempt for the same endpoint may have been given the same addresses: it asks again.
        return new()
        {
            Events = state.EndOfAttempts(attach.Endpoint.Id),
            Sends =
            [
                .. obtained.Where(address => address.Address != held?.IPv4 && address.Address != held?.IPv6)
                    .Select(address => new ReleaseAddress(address.Pool, attach.Endpoint.Network, AddressHandle.Of(attach.Endpoint.Id))),
                .. Settle(attach, reason, held is not null).Sends,
            ],
        };
    }

    // A pool knows its holders by the names they had when they came.
    private static Rejection Current(NetworkState state, Rejection reason) =>
        reason is AddressInUse taken && state.Members.Values.FirstOrDefault(member => member.Endpoint.IPv4 == taken.Address || member.Endpoint.IPv6 == taken.Address) is { } holder
            ? taken with { Holder = holder.Endpoint.Spec.ContainerName }
            : reason;

    private static Decision Settle(AttachEndpoint attach, Rejection reason, bool held = false) =>
        Decision.Send(new Containers.EndpointSettled(attach.Endpoint, attach.Incarnation, null, reason) { Held = held });
}
