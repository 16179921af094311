using System.Collections.Immutable;

namespace NetworkCluster.Dataplane;

/// <summary>What the kernel does with a step, as a pure function: the simulated data plane lives on it, and the laws of <see cref="Plan"/> are tested with it.</summary>
public static class FoundHostAfter
{
    /// <summary>The host after these steps.</summary>
    /// <exception cref="InvalidOperationException">The kernel would refuse one of them; the text is the kernel's.</exception>
    public static FoundHost After(this FoundHost host, IEnumerable<Step> steps) => steps.Aggregate(host, After);

    /// <summary>The host after one step.</summary>
    /// <exception cref="InvalidOperationException">The kernel would refuse it; the text is the kernel's.</exception>
    public static FoundHost After(this FoundHost host, Step step) => step switch
    {
        CreateSandbox s => host with { Sandboxes = Refused(host.Sandboxes.ContainsKey(s.Name), "File exists", host.Sandboxes).Add(s.Name, new(s.Name, s.Id, Newborn)) },
        DeleteSandbox s => host.WithoutSandbox(s.Name),
        NoteOnHost s => host with { OnHost = host.OnHost.Add(s.Id) },
        ForgetOnHost s => host with { OnHost = host.OnHost.Remove(s.Id) },
        EndProcesses => host,
        WriteFile s => host.In(new Netns(s.File.Sandbox), n => n with { Files = n.Files.SetItem(s.File.Name, s.File.Content) }),
        SetSysctl s => host with { Sysctls = host.Sysctls.SetItem(s.Setting.Key, s.Setting.Value) },
        AddBridge s => host.Adding(LinkName.OnHost(s.Name), new FoundLink { Index = host.Host.NextIndex(), Name = s.Name, Kind = "bridge", Mac = s.Mac, MtuBytes = s.MtuBytes, Group = s.Group }),
        AddVeth s => host.Adding(s),
        AddVxlan s => host.Adding(LinkName.OnHost(s.Name), new FoundLink { Index = Refused(host.Host.Links.Values.Any(l => l.Vni == s.Vni), "File exists", host.Host.NextIndex()), Name = s.Name, Kind = "vxlan", Vni = s.Vni, Local = s.Local, MtuBytes = s.MtuBytes, Group = s.Group }),
        SetTunnelPort s => host.With(s.Link, l => l with { IsTunnelPort = Refused(l.Master is null, "Operation not supported", true) }),
        AddForwarding s => host.In(host.Existing(LinkName.OnHost(s.Forwarding.Link), Netns.Host), n => n with { Forwardings = n.Forwardings.Except(n.Forwardings.Where(f => f.Link == s.Forwarding.Link && f.Mac == s.Forwarding.Mac)).Add(s.Forwarding) }),
        DeleteForwarding s => host.In(Netns.Host, n => n with { Forwardings = n.Forwardings.Remove(s.Forwarding) }),
        AddNeighbour s => host.In(host.Existing(LinkName.OnHost(s.Neighbour.Link), Netns.Host), n => n with { Neighbours = n.Neighbours.Except(n.Neighbours.Where(f => f.Link == s.Neighbour.Link && f.Address == s.Neighbour.Address)).Add(s.Neighbour) }),
        DeleteNeighbour s => host.In(Netns.Host, n => n with { Neighbours = n.Neighbours.Remove(s.Neighbour) }),
        AnnounceNeighbour s => host.With(LinkName.OnHost(s.Neighbour.Link), l => l),
        SetAlias s => host.With(s.Link, l => l with { Alias = s.Alias }),
        SetUp s => host.With(s.Link, l => l with { Up = s.Up, Carrier = l.Carrier && s.Up }).In(s.Netns, n => s.Up ? n : WithoutNeighbours(n, s.Link)),
        AwaitCarrier s => host.With(s.Link, l => l with { Carrier = Refused(!l.Up, "no carrier", true) }),
        SetMtu s => host.With(s.Link, l => l with { MtuBytes = s.MtuBytes }),
        SetMac s => host.With(s.Link, l => l with { Mac = s.Mac }).In(s.Netns, n => WithoutNeighbours(n, s.Link)),
        SetRoutesLoopback s => host.With(s.Link, l => l with { RoutesLoopback = s.RoutesLoopback }),
        SkipDuplicateDetection s => host.With(s.Link, l => l),
        SetGroup s => host.With(s.Link, l => l with { Group = s.Group }),
        SetMaster s => host.With(s.Link, l => l with { Master = host.Existing(LinkName.OnHost(s.Master)).Name, Isolated = false, IsTunnelPort = false }).In(s.Netns, n => WithoutForwardings(n, s.Link)),
        SetIsolated s => host.With(s.Link, l => l with { Isolated = Refused(l.Master is null, "Operation not supported", s.Isolated) }),
        Announce s => host.With(s.Link, l => l with { Mac = s.Mac }),
        ForgetLearned s => host.With(s.Link, l => Refused(l.Master is null, "Operation not supported", l)),
        Retire s => host.Retiring(s),
        Reuse s => host.With(s.Link, l => l with { Mac = s.Mac, MtuBytes = s.MtuBytes, Group = s.Group, Alias = Refused(l.Kind != "bridge" || l.Up || host.Host.Links.Values.Any(port => port.Master == l.Name), "Device or resource busy", s.Alias) }).Renaming(s.Link, s.NewName),
        DeleteLink s => host.Find(s.Link) is null ? host : host.Without(s.Link),
        DeleteGroup s => host.Host.Links.Values.Where(l => l.Group == s.Group).Aggregate(host, (h, l) => h.Without(LinkName.OnHost(l.Name))),
        AddAddress s => host.In(host.Existing(s.Address.Link, s.Address.Link.Netns), n => n with { Addresses = n.Addresses.Add(s.Address) }),
        DeleteAddress s => host.In(s.Netns, n => n with { Addresses = n.Addresses.Remove(s.Address) }),
        AddRoute s => host.In(host.Existing(new LinkName(s.Netns, s.Route.Link), s.Netns), n => n with { Routes = n.Routes.Add(s.Route) }),
        DeleteRoute s => host.In(s.Netns, n => n with { Routes = n.Routes.Remove(s.Route) }),
        ReplaceTable s => host with { Elements = [.. s.Elements], Mappings = [.. s.Mappings] },
        AddMapping s => host with { Mappings = Refused(host.Elements is null, "No such file or directory", Refused(host.Mappings.Any(m => m.Key == s.Mapping.Key && m != s.Mapping), "File exists", host.Mappings)).Add(s.Mapping) },
        DeleteMapping s => host with { Mappings = host.Mappings.Except(host.Mappings.Where(m => m.Key == s.Mapping.Key)) },
        AddElement s => host with { Elements = (host.Elements ?? throw new InvalidOperationException("No such file or directory")).Add(s.Element) },
        DeleteElement s => host with { Elements = host.Elements?.Remove(s.Element) },
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "no such step"),
    };

    private static readonly FoundNetns Newborn = new()
    {
        Links = ImmutableDictionary<string, FoundLink>.Empty.Add("lo", new FoundLink { Index = 1, Name = "lo", MtuBytes = 65536 }),
    };

    private static T Refused<T>(bool refused, string cause, T otherwise) => refused ? throw new InvalidOperationException(cause) : otherwise;

    private static int NextIndex(this FoundNetns netns) => netns.Links.Values.Select(l => l.Index).DefaultIfEmpty(0).Max() + 1;

    private static FoundLink Existing(this FoundHost host, LinkName link) => host.Find(link) ?? throw new InvalidOperationException("Cannot find device");

    private static Netns Existing(this FoundHost host, LinkName link, Netns netns) => Refused(host.Find(link) is null, "Cannot find device", netns);

    private static FoundHost In(this FoundHost host, Netns netns, Func<FoundNetns, FoundNetns> change)
    {
        if (netns.Name is not { } name) return host with { Host = change(host.Host) };
        var sandbox = host.Sandboxes.GetValueOrDefault(name) ?? throw new InvalidOperationException("No such file or directory");
        return host with { Sandboxes = host.Sandboxes.SetItem(name, sandbox with { Inside = change(sandbox.Inside ?? FoundNetns.Empty) }) };
    }

    private static FoundHost With(this FoundHost host, LinkName link, Func<FoundLink, FoundLink> change)
    {
        var changed = change(host.Existing(link));
        var after = host.In(link.Netns, n => n with { Links = n.Links.SetItem(link.Name, changed) });
        return changed.Up ? after : after.In(link.Netns, n => n with { Routes = n.Routes.Except(n.Routes.Where(r => r.Link == link.Name)) });
    }

    private static FoundHost Adding(this FoundHost host, LinkName place, FoundLink link) =>
        Refused(host.Find(place) is not null, "File exists", host).In(place.Netns, n => n with { Links = n.Links.Add(place.Name, link) });

    private static FoundHost Adding(this FoundHost host, AddVeth step)
    {
        if (step.Peer.Netns.Name is { } name) Refused(!host.Sandboxes.ContainsKey(name), "No such file or directory", 0);
        var index = host.Host.NextIndex();
        var peer = step.Peer.Netns.IsHost ? index + 1 : host.In(step.Peer.Netns).NextIndex();
        var master = host.Existing(LinkName.OnHost(step.Master)).Name;
        return host
            .Adding(LinkName.OnHost(step.Name), new FoundLink { Index = index, PeerIndex = peer, Name = step.Name, Kind = "veth", MtuBytes = step.MtuBytes, Group = step.Group, Master = master, Up = true })
            .Adding(step.Peer, new FoundLink { Index = peer, PeerIndex = index, Name = step.Peer.Name, Kind = "veth", MtuBytes = step.MtuBytes, Mac = step.PeerMac });
    }

    private static FoundHost Retiring(this FoundHost host, Retire step)
    {
        var down = host.With(step.Link, l => l with { Up = false, Carrier = false, Master = null, Isolated = false, IsTunnelPort = false, Group = step.Group });
        return down.In(step.Link.Netns, n => n with { Forwardings = WithoutForwardings(n, step.Link).Forwardings, Neighbours = WithoutNeighbours(n, step.Link).Neighbours }).Renaming(step.Link, step.NewName);
    }

    private static FoundHost Renaming(this FoundHost host, LinkName place, string name)
    {
        var target = place with { Name = name };
        return host.In(place.Netns, n => n with
        {
            Links = Refused(n.Links.ContainsKey(name), "File exists", n.Links.Remove(place.Name)).Add(name, n.Links[place.Name] with { Name = name })
                .ToImmutableDictionary(p => p.Key, p => p.Value.Master == place.Name ? p.Value with { Master = name } : p.Value),
            Addresses = [.. n.Addresses.Select(a => a.Link == place ? a with { Link = target } : a)],
            Routes = n.Routes.Except(n.Routes.Where(r => r.Link == place.Name)),
        });
    }

    // Bridge ports lose their entries with their bridge.
    private static FoundNetns WithoutForwardings(FoundNetns netns, LinkName link)
    {
        var ports = netns.Links.Values.Where(l => l.Master == link.Name).Select(l => l.Name).Append(link.Name).ToHashSet();
        return netns with { Forwardings = netns.Forwardings.Except(netns.Forwardings.Where(f => ports.Contains(f.Link))) };
    }

    // A link that goes down, or gets another address of its own, forgets even the permanent ones.
    private static FoundNetns WithoutNeighbours(FoundNetns netns, LinkName link) => netns with { Neighbours = netns.Neighbours.Except(netns.Neighbours.Where(f => f.Link == link.Name)) };

    private static FoundHost Without(this FoundHost host, LinkName place)
    {
        var link = host.Existing(place);
        var peer = link.Kind != "veth" ? null : place.Netns.IsHost
            ? host.Sandboxes.Values.Select(s => (LinkName?)Peer(new Netns(s.Name), host.In(new Netns(s.Name)), link)).FirstOrDefault(p => p?.Name is not null)
            : Peer(Netns.Host, host.Host, link);
        var after = host.In(place.Netns, n => Cut(n, place));
        return peer is { Name: not null } other && after.Find(other) is not null ? after.In(other.Netns, n => Cut(n, other)) : after;
    }

    private static LinkName Peer(Netns netns, FoundNetns inside, FoundLink link) =>
        new(netns, inside.Links.Values.FirstOrDefault(l => l.Kind == "veth" && l.Index == link.PeerIndex && l.PeerIndex == link.Index)?.Name!);

    private static FoundNetns Cut(FoundNetns netns, LinkName link) => netns with
    {
        Links = netns.Links.Remove(link.Name).ToImmutableDictionary(p => p.Key, p => p.Value.Master == link.Name ? p.Value with { Master = null, Isolated = false, IsTunnelPort = false } : p.Value),
        Forwardings = WithoutForwardings(netns, link).Forwardings,
        Neighbours = WithoutNeighbours(netns, link).Neighbours,
        Addresses = netns.Addresses.Except(netns.Addresses.Where(a => a.Link == link)),
        Routes = netns.Routes.Except(netns.Routes.Where(r => r.Link == link.Name)),
    };

    private static FoundHost WithoutSandbox(this FoundHost host, string name)
    {
        var after = host.In(new Netns(name)).Links.Values.Where(l => l.Kind == "veth").Aggregate(host, (h, l) => h.Without(new LinkName(new Netns(name), l.Name)));
        return after with { Sandboxes = after.Sandboxes.Remove(name) };
    }
}
