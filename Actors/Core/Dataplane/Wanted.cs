using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;

namespace NetworkCluster.Dataplane;

/// <summary>A link as it should be; it is always up. One case per kind of link that drivers know.</summary>
/// <param name="Name">Its name in the host's namespace.</param>
/// <param name="MtuBytes">Largest packet.</param>
/// <param name="Alias">Whose it is: a <see cref="LinkTag"/>.</param>
/// <param name="Group">The link group.</param>
public abstract record WantedLink(string Name, int MtuBytes, string Alias, int Group);

/// <summary>A bridge.</summary>
/// <param name="Name"><inheritdoc cref="WantedLink" path="/param[@name='Name']"/></param>
/// <param name="MtuBytes"><inheritdoc cref="WantedLink" path="/param[@name='MtuBytes']"/></param>
/// <param name="Alias"><inheritdoc cref="WantedLink" path="/param[@name='Alias']"/></param>
/// <param name="Group"><inheritdoc cref="WantedLink" path="/param[@name='Group']"/></param>
/// <param name="Mac">Set explicitly: otherwise a bridge takes the lowest address of its ports, and changes it as they come and go.</param>
/// <param name="RoutesLoopback">Whether the host reaches published ports at 127.0.0.0/8 over it. Our table keeps the containers away from the host's own loopback.</param>
public sealed record WantedBridge(string Name, int MtuBytes, string Alias, int Group, MacAddress Mac, bool RoutesLoopback) : WantedLink(Name, MtuBytes, Alias, Group);

/// <summary>A veth pair: one end a bridge's port on the host, the other in a sandbox, or lent.</summary>
public sealed record WantedVeth(string Name, int MtuBytes, string Alias, int Group) : WantedLink(Name, MtuBytes, Alias, Group)
{
    /// <summary>The bridge.</summary>
    public required string Master { get; init; }
    /// <summary>Whether the port may talk only to ports that are not isolated, and to the bridge itself.</summary>
    public required bool Isolated { get; init; }
    /// <summary>The other end.</summary>
    public required LinkName Peer { get; init; }
    /// <summary>The other end's link-layer address.</summary>
    public required MacAddress PeerMac { get; init; }
    /// <summary>Whether the other end is made in the host's namespace for somebody else to fetch (<see cref="Endpoints.EndpointSpec.Lent"/>): from then on it is theirs, and nobody looks for it.</summary>
    public bool Lent { get; init; }
}

/// <summary>The host's end of a network between hosts: a bridge's port that learns nothing and asks nobody, see <see cref="Forwarding"/>.</summary>
public sealed record WantedVxlan(string Name, int MtuBytes, string Alias, int Group) : WantedLink(Name, MtuBytes, Alias, Group)
{
    /// <summary>The UDP port of all of them (RFC 7348).</summary>
    public const int Port = 4789;

    /// <summary>The bridge.</summary>
    public required string Master { get; init; }
    /// <summary>What tells its packets from other networks'.</summary>
    public required int Vni { get; init; }
    /// <summary>This host's address between hosts.</summary>
    public required InetAddress Local { get; init; }
}

/// <summary>A sandbox that should be there with its loopback up.</summary>
/// <param name="Name">Its name under <c>/run/netns</c>.</param>
/// <param name="Id">The container.</param>
public sealed record WantedSandbox(string Name, ContainerId Id);

/// <summary>
/// A part of what should be on this host. A part says everything about what it names: an address on one of its links, or a default route of one
/// of its sandboxes, that it does not name is not wanted.
/// </summary>
public sealed record Wanted
{
    /// <summary>Nothing, for drivers without links.</summary>
    public static Wanted Nothing { get; } = new();
    /// <summary>Sandboxes.</summary>
    public ImmutableArray<WantedSandbox> Sandboxes { get; init; } = [];
    /// <summary>Links.</summary>
    public ImmutableArray<WantedLink> Links { get; init; } = [];
    /// <summary>Addresses on those links.</summary>
    public ImmutableArray<LinkAddress> Addresses { get; init; } = [];
    /// <summary>Where those links that are tunnels send to.</summary>
    public ImmutableArray<Forwarding> Forwardings { get; init; } = [];
    /// <summary>For whom those links that are bridges with a tunnel answer.</summary>
    public ImmutableArray<Neighbour> Neighbours { get; init; } = [];
    /// <summary>Default routes of those sandboxes: at most one per family and sandbox.</summary>
    public ImmutableArray<Route> Routes { get; init; } = [];
    /// <summary>Settings; they are shared, so nothing takes them back.</summary>
    public ImmutableArray<Sysctl> Sysctls { get; init; } = [];
    /// <summary>Set elements.</summary>
    public ImmutableArray<SetElement> Elements { get; init; } = [];
    /// <summary>What published ports belong to the part, whether they lead anywhere now or not: a mapping of one of these that is not among <see cref="Mappings"/> is not wanted.</summary>
    public ImmutableArray<MappingKey> Ports { get; init; } = [];
    /// <summary>Where those lead.</summary>
    public ImmutableArray<PortMapping> Mappings { get; init; } = [];
    /// <summary>Files of those sandboxes.</summary>
    public ImmutableArray<SandboxFile> Files { get; init; } = [];

    /// <summary>Both parts.</summary>
    public Wanted With(Wanted other) => new()
    {
        Sandboxes = Sandboxes.AddRange(other.Sandboxes),
        Links = Links.AddRange(other.Links),
        Addresses = Addresses.AddRange(other.Addresses),
        Forwardings = Forwardings.AddRange(other.Forwardings),
        Neighbours = Neighbours.AddRange(other.Neighbours),
        Routes = Routes.AddRange(other.Routes),
        Sysctls = Sysctls.AddRange(other.Sysctls),
        Elements = Elements.AddRange(other.Elements),
        Ports = Ports.AddRange(other.Ports),
        Mappings = Mappings.AddRange(other.Mappings),
        Files = Files.AddRange(other.Files),
    };
}
