using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;

namespace NetworkCluster.Dataplane;

/// <summary>
/// One change to a host's kernel. The text of a step is what an operator would type for it; nothing ever runs that text.
/// A step that fails leaves the host as it was before the step. Taking away what is gone already is a success.
/// </summary>
public abstract record Step
{
    /// <summary>The namespace the change is made in.</summary>
    public virtual Netns Netns => Netns.Host;

    /// <summary>Quotes what a shell would split.</summary>
    protected static string Quote(string text) => $"\"{text.ReplaceLineEndings("\n").Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)}\"";
}

/// <summary>Makes a sandbox, empty, with its loopback down, whose links announce their addresses (<c>arp_notify</c>, <c>ndisc_notify</c>).</summary>
public sealed record CreateSandbox(string Name, ContainerId Id) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"ip netns add {Name} # {Id}";
}

/// <summary>Takes a sandbox's name and files away. The kernel ends the namespace with all links in it when nothing lives in it any more.</summary>
public sealed record DeleteSandbox(string Name) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"ip netns del {Name}";
}

/// <summary>Notes that a container lives in the host's own namespace, until the machine ends: there is no namespace of its own that would say so.</summary>
public sealed record NoteOnHost(ContainerId Id) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"touch on-host/{Id}";
}

/// <summary>The container lives in the host's own namespace no more.</summary>
public sealed record ForgetOnHost(ContainerId Id) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"rm -f on-host/{Id}";
}

/// <summary>Kills whatever lives in a sandbox and waits for its end.</summary>
public sealed record EndProcesses(string Sandbox) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"ip netns pids {Sandbox} | xargs kill -KILL";
}

/// <summary>Writes a sandbox's file in place: a bind mount shows the old inode, so a rename would not be seen by what already runs.</summary>
public sealed record WriteFile(SandboxFile File) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"printf {Quote(File.Content)} > /etc/netns/{File.Sandbox}/{File.Name}";
}

/// <summary>Sets a kernel setting.</summary>
public sealed record SetSysctl(Sysctl Setting) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"sysctl -w {Setting.Key}={Setting.Value}";
}

/// <summary>Makes a bridge, down.</summary>
public sealed record AddBridge(string Name, MacAddress Mac, int MtuBytes, int Group) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"ip link add {Name} address {Mac} mtu {MtuBytes} group {Group} type bridge";
}

/// <summary>Makes a veth pair: the host's end up and a port of the bridge, the other end down in its sandbox (the kernel refuses it up: ENOTCONN).</summary>
public sealed record AddVeth(string Name, int MtuBytes, string Master, int Group, LinkName Peer, MacAddress PeerMac) : Step
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"ip link add {Name} {OneQueue} mtu {MtuBytes} master {Master} group {Group} up type veth peer name {Peer.Name} {OneQueue}{(Peer.Netns.IsHost ? "" : $" netns {Peer.Netns.Name}")} address {PeerMac} mtu {MtuBytes}";

    private const string OneQueue = "numtxqueues 1 numrxqueues 1";
}

/// <summary>Makes a tunnel to other hosts, down, that sends nothing to anybody it was not told of.</summary>
public sealed record AddVxlan(string Name, int Vni, InetAddress Local, int MtuBytes, int Group) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"ip link add {Name} mtu {MtuBytes} group {Group} type vxlan id {Vni} local {Local} dstport {WantedVxlan.Port} nolearning";
}

/// <summary>Says where a tunnel sends what is for a link-layer address; two entries, the tunnel's and its bridge's.</summary>
public sealed record AddForwarding(Forwarding Forwarding) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"bridge fdb replace {Forwarding.Mac} dev {Forwarding.Link} dst {Forwarding.Vtep} self permanent && bridge fdb replace {Forwarding.Mac} dev {Forwarding.Link} master static";
}

/// <summary>Sends nothing there any more.</summary>
public sealed record DeleteForwarding(Forwarding Forwarding) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"bridge fdb del {Forwarding.Mac} dev {Forwarding.Link} dst {Forwarding.Vtep} self; bridge fdb del {Forwarding.Mac} dev {Forwarding.Link} master";
}

/// <summary>Has a bridge answer for an address.</summary>
public sealed record AddNeighbour(Neighbour Neighbour) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"ip neigh replace {Neighbour.Address} lladdr {Neighbour.Mac} dev {Neighbour.Link} nud permanent";
}

/// <summary>
/// Tells who is on a bridge at which link-layer address another host's address is now: who knew it at another one would send there for up to a minute. Goes out of the bridge by itself,
/// to its own ports and over no tunnel (RFC 5227 section 3, RFC 4861 section 7.2.6).
/// </summary>
public sealed record AnnounceNeighbour(Neighbour Neighbour) : Step
{
    /// <inheritdoc/>
    public override string ToString() =>
        Neighbour.Address.IsIPv6 ? $"ndsend {Neighbour.Address} {Neighbour.Link} # at {Neighbour.Mac}" : $"arping -U -c 1 -i {Neighbour.Link} -s {Neighbour.Mac} -S {Neighbour.Address} {Neighbour.Address}";
}

/// <summary>Has a bridge answer for an address no more.</summary>
public sealed record DeleteNeighbour(Neighbour Neighbour) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"ip neigh del {Neighbour.Address} dev {Neighbour.Link}";
}

/// <summary>A change to one link.</summary>
/// <param name="Link">The link.</param>
public abstract record LinkStep(LinkName Link) : Step
{
    /// <inheritdoc/>
    public override Netns Netns => Link.Netns;

    /// <summary>The part of the text that follows the link's name.</summary>
    protected abstract string Change { get; }

    /// <inheritdoc/>
    public sealed override string ToString() => $"ip {Netns}link set {Link.Name} {Change}";
}

/// <summary>Says whose a link is.</summary>
public sealed record SetAlias(LinkName Link, string Alias) : LinkStep(Link)
{
    /// <inheritdoc/>
    protected override string Change => $"alias {Alias}";
}

/// <summary>Sets a link up or down.</summary>
public sealed record SetUp(LinkName Link, bool Up) : LinkStep(Link)
{
    /// <inheritdoc/>
    protected override string Change => Up ? "up" : "down";
}

/// <summary>Sets a link's largest packet.</summary>
public sealed record SetMtu(LinkName Link, int MtuBytes) : LinkStep(Link)
{
    /// <inheritdoc/>
    protected override string Change => $"mtu {MtuBytes}";
}

/// <summary>Sets a link's link-layer address.</summary>
public sealed record SetMac(LinkName Link, MacAddress Mac) : LinkStep(Link)
{
    /// <inheritdoc/>
    protected override string Change => $"address {Mac}";
}

/// <summary>
/// Uses a bridge's own link-local address at once. While the kernel is still asking whether somebody else has it, for a second or two after the first port has come, it
/// looks for no neighbours, and what the host or the outside sends to a container over IPv6 is lost.
/// </summary>
public sealed record SkipDuplicateDetection(LinkName Link) : Step
{
    /// <inheritdoc/>
    public override Netns Netns => Link.Netns;
    /// <inheritdoc/>
    public override string ToString() => $"sysctl -w net.ipv6.conf.{Link.Name.Replace('.', '/')}.accept_dad=0";
}

/// <summary>Whether packets to and from 127.0.0.0/8 may be routed over a link.</summary>
public sealed record SetRoutesLoopback(LinkName Link, bool RoutesLoopback) : Step
{
    /// <inheritdoc/>
    public override Netns Netns => Link.Netns;
    /// <inheritdoc/>
    public override string ToString() => $"sysctl -w net.ipv4.conf.{Link.Name.Replace('.', '/')}.route_localnet={(RoutesLoopback ? 1 : 0)}";
}

/// <summary>Makes a link a port of a bridge.</summary>
public sealed record SetMaster(LinkName Link, string Master) : LinkStep(Link)
{
    /// <inheritdoc/>
    protected override string Change => $"master {Master}";
}

/// <summary>Puts a link into a link group.</summary>
public sealed record SetGroup(LinkName Link, int Group) : LinkStep(Link)
{
    /// <inheritdoc/>
    protected override string Change => $"group {Group}";
}

/// <summary>Whether a bridge port may talk to other isolated ports.</summary>
public sealed record SetIsolated(LinkName Link, bool Isolated) : LinkStep(Link)
{
    /// <inheritdoc/>
    protected override string Change => $"type bridge_slave isolated {(Isolated ? "on" : "off")}";
}

/// <summary>
/// Has a bridge forget whom it has seen behind a port. Who is behind it now has another link-layer address, and the one it had may be another's: the bridge would take what is for
/// that one here until it has spoken itself.
/// </summary>
public sealed record ForgetLearned(LinkName Link) : LinkStep(Link)
{
    /// <inheritdoc/>
    protected override string Change => "type bridge_slave fdb_flush";
}

/// <summary>Has a bridge's port learn nothing, and the bridge answer for the neighbours it knows instead of asking through the port.</summary>
public sealed record SetTunnelPort(LinkName Link) : LinkStep(Link)
{
    /// <inheritdoc/>
    protected override string Change => "type bridge_slave learning off neigh_suppress on";
}

/// <summary>
/// Takes a link out of service at once, which deleting does not (the kernel waits 8 to 50 ms in it): down, no port, its name free again.
/// On the host it joins the reaper's group and <see cref="DeleteGroup"/> ends it; in a sandbox it ends with its other end.
/// </summary>
public sealed record Retire(LinkName Link, string NewName, int Group) : LinkStep(Link)
{
    /// <inheritdoc/>
    protected override string Change => $"down nomaster name {NewName} group {Group}";
}

/// <summary>
/// Takes a retired bridge back into service for another network: the kernel needs 20 ms to delete one, and lets nobody else do anything to links meanwhile. One message, so that it is never half one network's and half
/// another's. It is refused, and a new one made instead, where the bridge is not as it was made but for what is set here: it has ports, or somebody has given it a queueing discipline, a filter, or a program.
/// </summary>
public sealed record Reuse(LinkName Link, string NewName, MacAddress Mac, int MtuBytes, int Group, string Alias) : LinkStep(Link)
{
    /// <inheritdoc/>
    protected override string Change => $"name {NewName} address {Mac} mtu {MtuBytes} group {Group} alias {Alias}";
}

/// <summary>
/// Waits until a link carries packets. Setting up the far end of a veth is not enough: the kernel tells the near end, its queue and its bridge port later,
/// in a work item, and drops everything until then; a ping right after an attach would be lost.
/// </summary>
public sealed record AwaitCarrier(LinkName Link) : Step
{
    /// <inheritdoc/>
    public override Netns Netns => Link.Netns;
    /// <inheritdoc/>
    public override string ToString() => $"until ip {Netns}link show {Link.Name} | grep -q 'state UP'; do :; done";
}

/// <summary>
/// Has the kernel tell the link's neighbours whose its addresses are now: who knew one at another link-layer address would send there for up to a minute. It does so for both families
/// when a link is given its link-layer address, also the one it has, in a sandbox (see <see cref="CreateSandbox"/>).
/// </summary>
public sealed record Announce(LinkName Link, MacAddress Mac) : LinkStep(Link)
{
    /// <inheritdoc/>
    protected override string Change => $"address {Mac} # again: announced";
}

/// <summary>Deletes a link, and with a veth its other end. Slow: for repairs and undoing only.</summary>
public sealed record DeleteLink(LinkName Link) : Step
{
    /// <inheritdoc/>
    public override Netns Netns => Link.Netns;
    /// <inheritdoc/>
    public override string ToString() => $"ip {Netns}link del {Link.Name}";
}

/// <summary>Deletes every link of a group on the host with one request: about 1 ms a link instead of 15 to 50. No link in the group is a success.</summary>
public sealed record DeleteGroup(int Group) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"ip link del group {Group}";
}

/// <summary>Adds an address, usable at once (no duplicate address detection: the pool has decided).</summary>
public sealed record AddAddress(LinkAddress Address) : Step
{
    /// <inheritdoc/>
    public override Netns Netns => Address.Link.Netns;
    /// <inheritdoc/>
    public override string ToString() => $"ip {Netns}addr add {Address.Address}/{Address.Prefix} dev {Address.Link.Name}{(Address.Address.IsIPv6 ? " nodad" : "")}";
}

/// <summary>Takes an address away.</summary>
public sealed record DeleteAddress(LinkAddress Address) : Step
{
    /// <inheritdoc/>
    public override Netns Netns => Address.Link.Netns;
    /// <inheritdoc/>
    public override string ToString() => $"ip {Netns}addr del {Address.Address}/{Address.Prefix} dev {Address.Link.Name}";
}

/// <summary>Adds a route.</summary>
public sealed record AddRoute(Route Route) : Step
{
    /// <inheritdoc/>
    public override Netns Netns => Route.Netns;
    /// <inheritdoc/>
    public override string ToString() => $"ip {Netns}route add {Route.Destination} via {Route.Gateway} dev {Route.Link}";
}

/// <summary>Takes a route away.</summary>
public sealed record DeleteRoute(Route Route) : Step
{
    /// <inheritdoc/>
    public override Netns Netns => Route.Netns;
    /// <inheritdoc/>
    public override string ToString() => $"ip {Netns}route del {Route.Destination}{(Route.Gateway is { } gateway ? $" via {gateway}" : "")} dev {Route.Link}";
}

/// <summary>Puts our whole table in place in one transaction, with these elements and no others.</summary>
public sealed record ReplaceTable(string Table, ImmutableArray<SetElement> Elements, ImmutableArray<PortMapping> Mappings) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"nft -f - << END\n{NftTable.Replacement(Table, Elements, Mappings)}END";
}

/// <summary>Publishes a port.</summary>
public sealed record AddMapping(string Table, PortMapping Mapping) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"nft add element inet {Table} {NftTable.NameOf(Mapping.Key)} {{ {Mapping} }}";
}

/// <summary>Publishes a port no more.</summary>
public sealed record DeleteMapping(string Table, PortMapping Mapping) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"nft delete element inet {Table} {NftTable.NameOf(Mapping.Key)} {{ {Mapping} }}";
}

/// <summary>Adds an element to a set of our table.</summary>
public sealed record AddElement(string Table, SetElement Element) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"nft add element inet {Table} {NftTable.NameOf(Element.Set)} {{ {Element} }}";
}

/// <summary>Takes an element out of a set of our table.</summary>
public sealed record DeleteElement(string Table, SetElement Element) : Step
{
    /// <inheritdoc/>
    public override string ToString() => $"nft delete element inet {Table} {NftTable.NameOf(Element.Set)} {{ {Element} }}";
}
