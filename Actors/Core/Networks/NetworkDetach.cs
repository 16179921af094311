using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Endpoints;
using NetworkCluster.Ipam;

namespace NetworkCluster.Networks;

/// <summary>How an endpoint gives its place back: out of the view and DNS first, then its addresses, pool by pool.</summary>
internal static class NetworkDetach
{
    public static Decision Begin(NetworkState state, DetachEndpoint detach)
    {
        if (IsLate(state, detach)) return Decision.Nothing;
        var endpoint = detach.Withdrawal.Endpoint;
        var release = Release(state, detach, 0);
        if (!state.Exists || state.Find(endpoint.Id) is not { } member)
        {
            return release with
            {
                // Its wish may be on its way still: it comes too late from now on.
                Events = state.Exists && detach.Withdrawal.Forget && !state.HasDeparted(endpoint.Id) ? [new EndpointDetached(endpoint.Id, state.Revision)] : state.EndOfAttempts(endpoint.Id),
                // Its container stops and keeps a wish that we never knew of, or no longer: it cannot be fulfilled. Or it left before, and its host, which may take no part any more, has not heard of that.
                Orders = state.Deleted && !detach.Withdrawal.Forget ? [new Containers.DisconnectContainer(endpoint.Host, endpoint.Container, endpoint.Network, endpoint.NetworkName)]
                    : state.Exists && !detach.Withdrawal.HostLost ? [new ViewRevision(state.Spec!.Id, state.Revision, endpoint.Host)] : [],
            };
        }

        // The revision counts what the hosts are told: of a stopped container they know nothing.
        var revision = member.Attached ? state.Revision + 1 : state.Revision;
        ImmutableArray<IEvent> events = detach.Withdrawal.Forget ? [new EndpointDetached(endpoint.Id, revision)]
            : member.Attached ? [new EndpointReserved(Kept(member.Endpoint), revision)]
            : state.EndOfAttempts(endpoint.Id);
        var after = state.Without(endpoint.Id);
        return release with
        {
            Events = events,
            Sends = member.Attached
                ? [.. NetworkDecider.Tell(after, host => new ViewChanged(state.Spec!, revision, null, endpoint.Id, host), also: detach.Withdrawal.HostLost ? null : endpoint.Host), .. release.Sends]
                : release.Sends,
        };
    }

    /// <summary>Goes on with the next pool.</summary>
    public static Decision Continue(NetworkState state, AddressGivenBack given) => IsLate(state, given.Detach) ? Decision.Nothing : Release(state, given.Detach, given.Index + 1);

    // A life of the host is over, and a later one has its place again already: what the end of the earlier one has set off would take it away.
    private static bool IsLate(NetworkState state, DetachEndpoint detach) =>
        !detach.Withdrawal.Forget && state.Lives.GetValueOrDefault(detach.Withdrawal.Endpoint.Id).Value > detach.Withdrawal.Incarnation.Value;

    /// <summary>Releases the address in the pool of this index or the next that applies; at the end the host is told.</summary>
    private static Decision Release(NetworkState state, DetachEndpoint detach, int next)
    {
        var withdrawal = detach.Withdrawal;
        var pools = state.Exists ? state.Spec!.Pools : [];
        for (var i = next; i < pools.Length; i++)
        {
            // A fixed address stays with its container while that is stopped. To what an engine runs every address is fixed, and for its next start the engine asks anew.
            var settings = withdrawal.Endpoint.Settings;
            if (!withdrawal.Forget && withdrawal.Endpoint.Lent is not true && (pools[i].Id.Subnet.IsIPv6 ? settings.IPv6 : settings.IPv4) is not null) continue;
            return Decision.Send(new ReleaseAddress(pools[i].Id, withdrawal.Endpoint.Network, AddressHandle.Of(withdrawal.Endpoint.Id), detach, i));
        }

        return Decision.Send(new Containers.EndpointOut(withdrawal)) with { Orders = EndReservations(state, withdrawal) };
    }

    // What the engine of a lost host had asked for would stay reserved for it until its time is over.
    private static ImmutableArray<IAddressed> EndReservations(NetworkState state, UnbindEndpoint withdrawal) =>
        !withdrawal.HostLost || !state.Exists || withdrawal.Endpoint.ReservedAs is not { } owner ? []
            : [.. new[] { withdrawal.Endpoint.Settings.IPv4, withdrawal.Endpoint.Settings.IPv6 }.OfType<InetAddress>().Select(address => new EndReservation(state.Spec!.Space, state.Spec.Id, address) { Owner = owner, Again = true })];

    private static AttachedEndpoint Kept(AttachedEndpoint endpoint) => endpoint.Spec.Lent is true ? new() { Spec = endpoint.Spec } : new()
    {
        Spec = endpoint.Spec,
        Mac = endpoint.Spec.Settings.Mac,
        IPv4 = endpoint.Spec.Settings.IPv4,
        IPv4Prefix = endpoint.Spec.Settings.IPv4 is null ? 0 : endpoint.IPv4Prefix,
        IPv6 = endpoint.Spec.Settings.IPv6,
        IPv6Prefix = endpoint.Spec.Settings.IPv6 is null ? 0 : endpoint.IPv6Prefix,
    };
}
