using System.Collections.Immutable;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Dataplane;

public static partial class Plan
{
    /// <summary>
    /// The steps that take a part out of service: afterwards its addresses and names are free. What was retired is deleted later, see
    /// <see cref="DeleteGroup"/>. Settings stay: others may need them.
    /// </summary>
    public static ImmutableArray<Step> Removal(Wanted part, FoundHost found, Naming naming)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        var foreign = Foreign(part, found).ToHashSet();
        // First, so that nothing comes for an address that is about to be another's.
        foreach (var mapping in Owned(part, found)) steps.Add(new DeleteMapping(naming.Table, mapping));
        foreach (var sandbox in part.Sandboxes.Where(s => found.Sandboxes.ContainsKey(s.Name))) steps.Add(new EndProcesses(sandbox.Name));
        foreach (var link in part.Links.Where(l => !foreign.Contains(LinkName.OnHost(l.Name))))
        {
            var there = found.Find(LinkName.OnHost(link.Name));
            // A lent end goes with ours.
            if (link is WantedVeth { Lent: false } veth && !foreign.Contains(veth.Peer)) RetireIn(veth.Peer, found, naming, steps);
            if (there is not null) RetireIn(LinkName.OnHost(link.Name), found, naming, steps);
        }

        foreach (var element in part.Elements.Distinct().Where(e => !foreign.Contains(LinkName.OnHost(e.Link)) && found.Elements?.Contains(e) == true))
            steps.Add(new DeleteElement(naming.Table, element));
        foreach (var sandbox in part.Sandboxes.Where(s => found.Sandboxes.ContainsKey(s.Name))) steps.Add(new DeleteSandbox(sandbox.Name));
        return steps.ToImmutable();
    }

    /// <summary>The steps that remove everything that is ours and not named here. What is foreign is not even looked at.</summary>
    /// <param name="found">The whole host; the insides of sandboxes are not needed.</param>
    /// <param name="naming">How ours are called.</param>
    /// <param name="networks">Networks that stay.</param>
    /// <param name="sandboxes">Sandboxes that stay.</param>
    /// <param name="endpoints">Endpoints that stay.</param>
    /// <param name="ports">Published ports that stay.</param>
    public static ImmutableArray<Step> Sweep(
        FoundHost found, Naming naming, IReadOnlySet<NetworkId> networks, IReadOnlySet<ContainerId> sandboxes, IReadOnlySet<EndpointId> endpoints, IReadOnlySet<MappingKey> ports)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        foreach (var mapping in found.Mappings.Where(m => !ports.Contains(m.Key)).OrderBy(m => m.ToString(), StringComparer.Ordinal)) steps.Add(new DeleteMapping(naming.Table, mapping));
        var names = networks.Select(naming.Bridge).Concat(networks.Select(naming.Tunnel)).Concat(endpoints.Select(naming.HostLink)).ToHashSet(StringComparer.Ordinal);
        var kept = new HashSet<string>(StringComparer.Ordinal);
        var stale = new List<FoundLink>();
        foreach (var link in found.Host.Links.Values.Where(l => IsOurs(l, naming)).OrderBy(l => l.Name, StringComparer.Ordinal))
        {
            var stays = LinkTag.TryParse(naming.Prefix, link.Alias, out var tag)
                ? tag is LinkTag.OfNetwork network ? networks.Contains(network.Network) : tag is LinkTag.OfEndpoint endpoint && endpoints.Contains(endpoint.Endpoint)
                : names.Contains(link.Name);
            if (stays) kept.Add(link.Name);
            else stale.Add(link);
        }

        var sandboxNames = sandboxes.Select(naming.Sandbox).ToHashSet(StringComparer.Ordinal);
        var dead = found.Sandboxes.Values.Where(s => naming.IsSandbox(s.Name) && !(s.Id is { } id ? sandboxes.Contains(id) : sandboxNames.Contains(s.Name)))
            .OrderBy(s => s.Name, StringComparer.Ordinal).ToList();
        foreach (var sandbox in dead) steps.Add(new EndProcesses(sandbox.Name));
        foreach (var link in stale) RetireIn(LinkName.OnHost(link.Name), found, naming, steps);
        foreach (var element in (found.Elements ?? []).Where(e => !kept.Contains(e.Link)).OrderBy(e => (e.Link, e.Set))) steps.Add(new DeleteElement(naming.Table, element));
        foreach (var sandbox in dead) steps.Add(new DeleteSandbox(sandbox.Name));
        Reap(steps, found, naming);
        return steps.ToImmutable();
    }

    /// <summary>Retires links of ours that somebody has renamed: they have addresses and ports that those in their place need.</summary>
    /// <param name="found">The host, whole.</param>
    /// <param name="naming">How links are called.</param>
    /// <param name="linksOf">How a network's links are called; none where that is not known.</param>
    public static ImmutableArray<Step> Renamed(FoundHost found, Naming naming, Func<NetworkId, IEnumerable<string>?> linksOf)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        foreach (var link in found.Host.Links.Values.Where(l => IsOurs(l, naming)).OrderBy(l => l.Name, StringComparer.Ordinal))
        {
            var isAsNamed = !LinkTag.TryParse(naming.Prefix, link.Alias, out var tag) || (tag is LinkTag.OfEndpoint endpoint
                ? link.Name == naming.HostLink(endpoint.Endpoint)
                : linksOf(((LinkTag.OfNetwork)tag).Network) is not { } names || names.Contains(link.Name));
            if (!isAsNamed) RetireIn(LinkName.OnHost(link.Name), found, naming, steps);
        }

        if (steps.Count > 0) Reap(steps, found, naming);
        return steps.ToImmutable();
    }

    // What these steps retire, and what was retired before; but bridges, which go one at a time, or are taken again.
    private static void Reap(ImmutableArray<Step>.Builder steps, FoundHost found, Naming naming)
    {
        if (steps.Any(step => step is Retire { Netns.IsHost: true } retired && retired.Group == naming.ReaperGroup) || found.Host.Links.Values.Any(link => link.Group == naming.ReaperGroup)) steps.Add(new DeleteGroup(naming.ReaperGroup));
    }

    /// <summary>Ours by link group, and by alias or, where the process ended before it wrote one, by name.</summary>
    public static bool IsOurs(FoundLink link, Naming naming) =>
        link.Group == naming.Group && (LinkTag.TryParse(naming.Prefix, link.Alias, out _) || (link.Alias.Length == 0 && naming.IsLink(link.Name)));

    private static void RetireIn(LinkName place, FoundHost found, Naming naming, ImmutableArray<Step>.Builder steps)
    {
        if (found.Find(place) is not { } link) return;
        foreach (var address in found.In(place.Netns).Addresses.Where(a => a.Link == place).OrderBy(a => a.Address)) steps.Add(new DeleteAddress(address));
        steps.Add(EndOf(place, link, naming));
    }

    /// <summary>How a link goes. A tunnel's identifier must be free at once, and a link in the reaper's group has it still.</summary>
    private static Step EndOf(LinkName place, FoundLink link, Naming naming) =>
        link.Kind == "vxlan" ? new DeleteLink(place) : new Retire(place, naming.Retired(link.Index), naming.ReaperGroupOf(link));
}
