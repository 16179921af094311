using System.Collections.Concurrent;
using System.Collections.Immutable;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Dns;

/// <summary>
/// Which sandbox may resolve what, on one host. Kept from network views and deltas; read by every DNS query.
/// <para>Readers take no lock and see each change whole per name. Changes are applied one at a time (a lock guards against a
/// second writer). A delta costs the same however many networks there are; it copies only the lists of those who share the changed names.
/// A query costs one look-up per network its sandbox takes part in, and allocates nothing.</para>
/// <para>Everything is idempotent. Nothing is kept on disk: after a restart the views are set again.</para>
/// </summary>
public sealed class NameTable
{
    private readonly Lock _writer = new();
    private readonly Dictionary<NetworkId, NetworkSlot> _networks = [];
    private readonly ConcurrentDictionary<ContainerId, SandboxNames> _sandboxes = new();

    /// <summary>A snapshot: replaces all that is known of the network, in one step for readers.</summary>
    public void SetNetwork(NetworkView view)
    {
        var names = new NetworkNames(view);
        lock (_writer) Slot(view.Spec.Id).Names = names;
    }

    /// <summary>An endpoint was attached. A known id keeps its place and gets the new facts. Ignored before the network's first snapshot, which will have it.</summary>
    public void AddEndpoint(NetworkId network, AttachedEndpoint endpoint)
    {
        lock (_writer) _networks.GetValueOrDefault(network)?.Names?.Add(endpoint);
    }

    /// <summary>An endpoint was detached: its names are gone when this returns.</summary>
    public void RemoveEndpoint(NetworkId network, EndpointId endpoint)
    {
        lock (_writer) _networks.GetValueOrDefault(network)?.Names?.Remove(endpoint);
    }

    /// <summary>The network is gone, or of no interest to this host any more.</summary>
    public void RemoveNetwork(NetworkId network)
    {
        lock (_writer)
        {
            if (!_networks.TryGetValue(network, out var slot)) return;
            slot.Names = null;
            Release(network, slot);
        }
    }

    /// <summary>
    /// The sandbox takes part in the network from now on, with the links of <paramref name="spec"/>. Joining again keeps the place
    /// in the order of joining and takes the new links. May come before the network's snapshot.
    /// </summary>
    public void Join(ContainerId container, NetworkId network, EndpointSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        lock (_writer)
        {
            var slot = Slot(network);
            var membership = new Membership(network, slot, spec.Settings);
            var before = Find(container).Memberships;
            var at = Array.FindIndex(before, other => other.Network == network);
            Membership[] after = at < 0 ? [.. before, membership] : [.. before[..at], membership, .. before[(at + 1)..]];
            if (at < 0) slot.Members++;
            _sandboxes[container] = new(after);
        }
    }

    /// <summary>The sandbox takes no part in the network any more.</summary>
    public void Leave(ContainerId container, NetworkId network)
    {
        lock (_writer)
        {
            var before = Find(container).Memberships;
            var left = Array.Find(before, membership => membership.Network == network);
            if (left is null) return;
            _sandboxes[container] = new([.. before.Where(membership => membership != left)]);
            Release(left);
        }
    }

    /// <summary>The sandbox is gone: leaves all its networks.</summary>
    public void RemoveContainer(ContainerId container)
    {
        lock (_writer)
        {
            if (!_sandboxes.TryRemove(container, out var gone)) return;
            foreach (var membership in gone.Memberships) Release(membership);
        }
    }

    /// <summary>Names that links on a network without names give a sandbox now, as its hosts file has them: the alias, then the target's own name.</summary>
    public ImmutableArray<HostsEntry> PrivateNames(ContainerId container) => [.. Find(container).Memberships.SelectMany(membership => membership.PrivateNames)];

    /// <summary>What this sandbox may resolve now; nothing for an unknown one.</summary>
    internal SandboxNames Find(ContainerId container) => _sandboxes.GetValueOrDefault(container, SandboxNames.Nothing);

    private NetworkSlot Slot(NetworkId network)
    {
        if (!_networks.TryGetValue(network, out var slot)) _networks[network] = slot = new();
        return slot;
    }

    private void Release(Membership left)
    {
        left.Slot.Members--;
        Release(left.Network, left.Slot);
    }

    // A slot lives as long as the network is known or somebody joined it; after that a new one may take its place.
    private void Release(NetworkId network, NetworkSlot slot)
    {
        if (slot is { Names: null, Members: 0 }) _networks.Remove(network);
    }
}
