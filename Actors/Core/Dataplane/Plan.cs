using System.Collections.Immutable;

namespace NetworkCluster.Dataplane;

/// <summary>
/// Wanted minus found, as ordered steps. Pure. Laws: applying the steps makes the next plan empty; what is foreign is never named by a step;
/// stopping between two steps leaves a state from which the next plan finishes.
/// </summary>
public static partial class Plan
{
    /// <summary>
    /// The steps from what was found to a part of what is wanted. Order: sandboxes; rules before the links they guard, so that no packet passes
    /// a new bridge unguarded; links; addresses; routes (they need both); files; published ports; last, the
    /// wait for carriers, which have come by then, and the news of who has which address.
    /// </summary>
    /// <param name="wanted">The part.</param>
    /// <param name="found">At least everything that the part names.</param>
    /// <param name="naming">How ours are called.</param>
    /// <param name="spare">A retired bridge that may be taken instead of making one; none for none.</param>
    public static ImmutableArray<Step> Between(Wanted wanted, FoundHost found, Naming naming, string? spare = null)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        var foreign = Foreign(wanted, found).ToHashSet();
        var disturbed = new HashSet<LinkName>();
        var carriers = new List<LinkName>();
        foreach (var sandbox in wanted.Sandboxes) Ensure(sandbox, found, steps);
        foreach (var setting in wanted.Sysctls.Distinct().Where(s => found.Sysctls.GetValueOrDefault(s.Key) != s.Value)) steps.Add(new SetSysctl(setting));
        EnsureElements(wanted, found, naming, foreign, steps);
        // What leads elsewhere now goes before the address it led to may go.
        foreach (var mapping in Owned(wanted, found).Where(m => !wanted.Mappings.Contains(m))) steps.Add(new DeleteMapping(naming.Table, mapping));
        ImmutableArray<WantedLink> links = [.. wanted.Links.Where(l => !Places(l).Any(foreign.Contains))];
        foreach (var link in links)
        {
            // What is on a lent end is not ours.
            var place = link is WantedVeth { Lent: false } veth ? veth.Peer : LinkName.OnHost(link.Name);
            ImmutableArray<LinkAddress> addresses = [.. wanted.Addresses.Where(a => a.Link == place)];
            var own = ImmutableArray.CreateBuilder<Step>();
            EnsureLink(link, addresses.Any(a => a.Address.IsIPv6), found, naming, ref spare, disturbed, carriers, own);
            EnsureAddresses(place, addresses, found, disturbed, own);
            // A link that gets another link-layer address announces what it has then, and what it is to lose may be another's already.
            steps.AddRange(own.Any(step => step is SetMac) ? own.OrderBy(step => step is not DeleteAddress) : own);
        }

        foreach (var tunnel in links.OfType<WantedVxlan>()) EnsureRemotes(tunnel, wanted, found, disturbed, steps);
        EnsureRoutes(wanted, found, disturbed, steps);
        foreach (var file in wanted.Files)
        {
            if (found.In(new Netns(file.Sandbox)).Files.GetValueOrDefault(file.Name) != file.Content) steps.Add(new WriteFile(file));
        }

        foreach (var mapping in wanted.Mappings.Distinct().Where(m => !found.Mappings.Contains(m))) steps.Add(new AddMapping(naming.Table, mapping));
        steps.AddRange(carriers.Distinct().Select(link => new AwaitCarrier(link)));
        // Nobody hears it before.
        steps.AddRange(links.OfType<WantedVeth>().Where(veth => !veth.Lent && steps.Any(step => ChangesWho(step, veth.Peer))).Select(veth => new Announce(veth.Peer, veth.PeerMac)).ToList());
        return steps.ToImmutable();
    }

    /// <summary>The links that stand where a wanted one should be and are not ours. Nothing is planned for those; whoever asked must be told.</summary>
    public static IEnumerable<LinkName> Foreign(Wanted wanted, FoundHost found)
    {
        foreach (var link in wanted.Links)
        {
            var place = LinkName.OnHost(link.Name);
            var there = found.Find(place);
            if (there is not null && !IsOf(link, there)) yield return place;
            else if (link is WantedVeth veth && found.Find(veth.Peer) is { } peer && !IsPair(there, peer)) yield return veth.Peer;
        }
    }

    private static bool ChangesWho(Step step, LinkName link) => step switch
    {
        AddVeth made => made.Peer == link,
        AddAddress added => added.Address.Link == link,
        SetMac other => other.Link == link,
        _ => false,
    };

    /// <summary>What must be free, or ours, for the link to be made.</summary>
    private static IEnumerable<LinkName> Places(WantedLink link) => link switch
    {
        WantedVeth veth => [LinkName.OnHost(veth.Name), veth.Peer, LinkName.OnHost(veth.Master)],
        WantedVxlan tunnel => [LinkName.OnHost(tunnel.Name), LinkName.OnHost(tunnel.Master)],
        _ => [LinkName.OnHost(link.Name)],
    };

    /// <summary>Ours by its alias, or without one where the process ended between making the link and naming its owner.</summary>
    private static bool IsOf(WantedLink wanted, FoundLink there) =>
        LinkTag.SameOwner(wanted.Alias, there.Alias) || (there.Alias.Length == 0 && there.Group == wanted.Group);

    private static bool IsPair(FoundLink? link, FoundLink? peer) =>
        link is not null && peer is not null && link.PeerIndex == peer.Index && peer.PeerIndex == link.Index;

    private static void Ensure(WantedSandbox sandbox, FoundHost found, ImmutableArray<Step>.Builder steps)
    {
        if (!found.Sandboxes.ContainsKey(sandbox.Name)) steps.Add(new CreateSandbox(sandbox.Name, sandbox.Id));
        var loopback = new LinkName(new Netns(sandbox.Name), "lo");
        if (found.Find(loopback) is not { Up: true }) steps.Add(new SetUp(loopback, true));
    }

    private static void EnsureElements(Wanted wanted, FoundHost found, Naming naming, HashSet<LinkName> foreign, ImmutableArray<Step>.Builder steps)
    {
        var elements = wanted.Elements.Where(e => !foreign.Contains(LinkName.OnHost(e.Link))).Distinct().ToImmutableArray();
        if (found.Elements is null)
        {
            if (elements.Length > 0 || wanted.Mappings.Length > 0) steps.Add(new ReplaceTable(naming.Table, elements, []));
            return;
        }

        var named = wanted.Links.Select(l => l.Name).Where(n => !foreign.Contains(LinkName.OnHost(n))).ToHashSet(StringComparer.Ordinal);
        foreach (var element in found.Elements.Where(e => named.Contains(e.Link) && !elements.Contains(e)).OrderBy(e => (e.Set, e.Link)))
            steps.Add(new DeleteElement(naming.Table, element));
        foreach (var element in elements.Where(e => !found.Elements.Contains(e))) steps.Add(new AddElement(naming.Table, element));
    }

    private static IEnumerable<PortMapping> Owned(Wanted part, FoundHost found)
    {
        if (part.Ports.IsEmpty) return [];
        var owned = part.Ports.ToHashSet();
        return found.Mappings.Where(m => owned.Contains(m.Key)).OrderBy(m => m.ToString(), StringComparer.Ordinal);
    }

    private static void EnsureAddresses(
        LinkName link, ImmutableArray<LinkAddress> wanted, FoundHost found, HashSet<LinkName> disturbed, ImmutableArray<Step>.Builder steps)
    {
        var there = disturbed.Contains(link) && !SurvivesInPlace(steps, link) ? [] : found.In(link.Netns).Addresses.Where(a => a.Link == link).ToList();
        var extra = there.Where(a => !wanted.Contains(a)).OrderBy(a => a.Address).ToList();
        foreach (var address in extra) steps.Add(new DeleteAddress(address));
        if (extra.Count > 0) disturbed.Add(link);
        // Deleting the first IPv4 address of a subnet takes its later ones along, so all of them are added again.
        foreach (var address in wanted.Where(a => !there.Contains(a) || (!a.Address.IsIPv6 && extra.Any(e => !e.Address.IsIPv6)))) steps.Add(new AddAddress(address));
    }

    // A link that was made anew, has got another bridge, or was down, may have lost all of them.
    private static void EnsureRemotes(WantedVxlan tunnel, Wanted wanted, FoundHost found, HashSet<LinkName> disturbed, ImmutableArray<Step>.Builder steps)
    {
        var forwardings = wanted.Forwardings.Where(f => f.Link == tunnel.Name).ToHashSet();
        var renewed = disturbed.Contains(LinkName.OnHost(tunnel.Name)) || disturbed.Contains(LinkName.OnHost(tunnel.Master));
        var sends = renewed ? [] : found.Host.Forwardings.Where(f => f.Link == tunnel.Name).ToHashSet();
        var replaced = forwardings.Select(f => f.Mac).ToHashSet();
        foreach (var stale in sends.Where(f => !replaced.Contains(f.Mac)).OrderBy(f => f.Mac.Value)) steps.Add(new DeleteForwarding(stale));
        foreach (var missing in forwardings.Where(f => !sends.Contains(f)).OrderBy(f => f.Mac.Value)) steps.Add(new AddForwarding(missing));

        var neighbours = wanted.Neighbours.Where(n => n.Link == tunnel.Master).ToHashSet();
        var answers = disturbed.Contains(LinkName.OnHost(tunnel.Master)) ? [] : found.Host.Neighbours.Where(n => n.Link == tunnel.Master).ToHashSet();
        var known = neighbours.Select(n => n.Address).ToHashSet();
        foreach (var stale in answers.Where(n => !known.Contains(n.Address)).OrderBy(n => n.Address)) steps.Add(new DeleteNeighbour(stale));
        var news = neighbours.Where(n => !answers.Contains(n)).OrderBy(n => n.Address).ToList();
        steps.AddRange(news.Select(n => new AddNeighbour(n)));
        // Where the bridge is new, nobody has known anybody.
        if (!disturbed.Contains(LinkName.OnHost(tunnel.Master))) steps.AddRange(news.Select(n => new AnnounceNeighbour(n)));
    }

    private static void EnsureRoutes(Wanted wanted, FoundHost found, HashSet<LinkName> disturbed, ImmutableArray<Step>.Builder steps)
    {
        foreach (var netns in wanted.Sandboxes.Select(s => new Netns(s.Name)))
        {
            var routes = wanted.Routes.Where(r => r.Netns == netns).ToList();
            var there = found.In(netns).Routes.Where(r => r.IsDefault).ToList();
            foreach (var route in there.Where(r => !routes.Contains(r)).OrderBy(r => r.ToString(), StringComparer.Ordinal)) steps.Add(new DeleteRoute(route));
            // A link that went down, or lost an address, may have lost its routes.
            foreach (var route in routes.Where(r => !there.Contains(r) || disturbed.Contains(new LinkName(netns, r.Link)))) steps.Add(new AddRoute(route));
        }
    }
}
