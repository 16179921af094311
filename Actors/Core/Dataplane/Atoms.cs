using NetworkCluster.Addressing;
using NetworkCluster.Containers;

namespace NetworkCluster.Dataplane;

/// <summary>An address on a link.</summary>
/// <param name="Link">The link.</param>
/// <param name="Address">The address.</param>
/// <param name="Prefix">Length of its subnet's prefix in bits.</param>
public sealed record LinkAddress(LinkName Link, InetAddress Address, int Prefix);

/// <summary>A route of a namespace, tables <c>local</c> left out.</summary>
/// <param name="Netns">Where.</param>
/// <param name="Destination">What it leads to; prefix 0 is the default route of its family.</param>
/// <param name="Gateway">Through whom; none for what is on the link itself.</param>
/// <param name="Link">The name of the link it leaves by.</param>
public sealed record Route(Netns Netns, Subnet Destination, InetAddress? Gateway, string Link)
{
    /// <summary>The default route of the gateway's family.</summary>
    public static Route Default(Netns netns, InetAddress gateway, string link) =>
        new(netns, new Subnet(new InetAddress(0, gateway.IsIPv6), 0), gateway, link);

    /// <summary>Whether it leads to everything.</summary>
    public bool IsDefault => Destination.Prefix == 0;
}

/// <summary>Where a tunnel sends what is for a link-layer address on another host. On the tunnel's link, and as its bridge's port.</summary>
/// <param name="Link">The tunnel's link, in the host's namespace.</param>
/// <param name="Mac">The link-layer address.</param>
/// <param name="Vtep">The other host.</param>
public readonly record struct Forwarding(string Link, MacAddress Mac, InetAddress Vtep);

/// <summary>What link-layer address an address on another host has. The bridge answers for it, so that nobody has to be asked over the tunnel.</summary>
/// <param name="Link">The bridge, in the host's namespace.</param>
/// <param name="Address">The address.</param>
/// <param name="Mac">Its link-layer address.</param>
public readonly record struct Neighbour(string Link, InetAddress Address, MacAddress Mac);

/// <summary>A kernel setting of the host's namespace.</summary>
/// <param name="Key">With dots, as <c>sysctl</c> writes it.</param>
/// <param name="Value">As text, without a line end.</param>
public sealed record Sysctl(string Key, string Value);

/// <summary>A file that <c>ip netns exec</c> binds over <c>/etc/NAME</c> for whatever runs in the sandbox.</summary>
/// <param name="Sandbox">The sandbox's name.</param>
/// <param name="Name">Name of the file, for example <c>resolv.conf</c>.</param>
/// <param name="Content">All of it.</param>
public sealed record SandboxFile(string Sandbox, string Name, string Content);

/// <summary>What packets a mapping of our table is for.</summary>
/// <param name="Address">The host's address; none: every address of the family.</param>
/// <param name="IsIPv6">The family.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="Port">The host's port.</param>
public readonly record struct MappingKey(InetAddress? Address, bool IsIPv6, PortProtocol Protocol, int Port)
{
    /// <summary>What packets a published port is for: of one family where it names an address, otherwise of both.</summary>
    public static IEnumerable<MappingKey> Of(HostPort port)
    {
        foreach (var ipv6 in (bool[])[false, true])
        {
            if (port.Address is { } address && address.IsIPv6 != ipv6) continue;
            yield return new(port.Address is { IsUnspecified: false } one ? one : null, ipv6, port.Protocol, port.Number);
        }
    }

    /// <summary>As <c>nft</c> writes it before the colon.</summary>
    public override string ToString() => $"{(Address is { } address ? $"{address} . " : "")}{(Protocol == PortProtocol.Udp ? "udp" : "tcp")} . {Port}";
}

/// <summary>A published port in the kernel: packets for the one become packets for the other.</summary>
/// <param name="Key">Which packets; there is one mapping for each key.</param>
/// <param name="Target">The container's address.</param>
/// <param name="TargetPort">The container's port.</param>
public readonly record struct PortMapping(MappingKey Key, InetAddress Target, int TargetPort)
{
    /// <summary>As <c>nft</c> writes it between the braces.</summary>
    public override string ToString() => $"{Key} : {Target} . {TargetPort}";
}

/// <summary>The sets of our table; what they do is in <see cref="NftTable"/>.</summary>
public enum NftSet
{
    /// <summary>Every bridge of ours: cut off from each other and from unasked traffic of the outside.</summary>
    Bridges,
    /// <summary>Bridges whose traffic to the outside gets the host's address.</summary>
    Masquerade,
    /// <summary>Bridges that nothing enters or leaves.</summary>
    Internal,
    /// <summary>Bridges whose ports may talk to each other also where the kernel shows bridged packets to the forward hook.</summary>
    Intra,
}

/// <summary>One bridge's membership in one set of our table.</summary>
/// <param name="Set">The set.</param>
/// <param name="Link">The bridge's name; it need not exist yet.</param>
public readonly record struct SetElement(NftSet Set, string Link)
{
    /// <summary>As <c>nft</c> writes it between the braces.</summary>
    public override string ToString() => Set == NftSet.Intra ? $"\"{Link}\" . \"{Link}\" : accept" : $"\"{Link}\"";
}
