using NetworkCluster.Addressing;
using NetworkCluster.Ipam;

namespace NetworkCluster.Networks;

/// <summary>What makes sense for a network by itself, whatever else exists. Every rule reports what it finds wrong; nothing is found means the request may go on.</summary>
public static class NetworkRules
{
    /// <summary>The predefined bridge network's name.</summary>
    public const string Bridge = "bridge";
    /// <summary>The name of the host's own network.</summary>
    public const string Host = "host";
    /// <summary>The name of the network without links.</summary>
    public const string None = "none";

    private static readonly string[] ReservedNames = [Bridge, Host, None, "default"];

    // Blocks that no network can have.
    private static readonly (Subnet Block, string What)[] Unusable =
    [
        .. new[]
        {
            ("0.0.0.0/8", "for a host that does not know its address"), ("127.0.0.0/8", "loopback"), ("169.254.0.0/16", "link-local"), ("224.0.0.0/4", "multicast"), ("240.0.0.0/4", "reserved"),
            ("::/127", "the unspecified address and loopback"), ("::ffff:0:0/96", "for IPv4 addresses"), ("fe80::/10", "link-local"), ("ff00::/8", "multicast"),
        }.Select(block => (Subnet.Parse(block.Item1), block.Item2)),
    ];

    /// <summary>Whether the name belongs to the host's own networks.</summary>
    public static bool IsReservedName(string name) => ReservedNames.Contains(name, StringComparer.Ordinal);

    /// <summary>Whether endpoints of such a network get addresses at all: not from the host and null drivers, and not from the IPAM driver <c>null</c>.</summary>
    public static bool HasAddresses(NetworkRequest request) => request.Driver is not ("host" or "null") && request.IpamDriver is not "null";

    /// <summary>Whether a subnet has to be picked out of the default pools.</summary>
    public static bool NeedsChoice(NetworkRequest request) => HasAddresses(request)
        && (request.Pools.Any(pool => !pool.NamesSubnet) || request.Pools.All(IsIPv6) || (request.EnableIPv6 && !request.Pools.Any(IsIPv6)));

    /// <summary>Why no network can have the block: it has addresses that are never anybody's. Otherwise nothing.</summary>
    public static string? WhyUnusable(Subnet block)
    {
        if (block.Prefix == 0) return "it is every address there is";
        var (reserved, what) = Unusable.FirstOrDefault(unusable => unusable.Block.Overlaps(block));
        return what is null ? null : $"{reserved} is {what}";
    }

    /// <summary>The longest name in characters. Docker has no limit; every list and every event carries the name.</summary>
    private const int LongestName = 1024;

    /// <summary>Everything that is wrong with the request by itself.</summary>
    public static IEnumerable<string> Problems(NetworkRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Any(char.IsControl)) yield return $"invalid name: \"{request.Name}\" is empty, blank or has control characters";
        else if (request.Name.Length > LongestName) yield return $"invalid name: it has {request.Name.Length} characters, at most {LongestName} are allowed";
        else if (NetworkId.TryParse(request.Name, null, out _)) yield return $"invalid name: \"{request.Name}\" could be a network's id";
        foreach (var problem in request.Pools.SelectMany(Problems)) yield return problem;
        if (request.Driver is "bridge" && request.Pools.GroupBy(IsIPv6).Any(family => family.Count() > 1)) yield return "bridge driver doesn't support multiple subnets";
        if (request.Driver is "host" or "null" && request.Pools.Length > 0) yield return $"the {request.Driver} driver has no subnets";
        if (request.IpamDriver is "null" && request.Pools.Length > 0) yield return "ipam driver null gives no addresses: it takes no subnet, range, gateway or auxiliary address";
        if (request.IpamDriver is "null" && request.EnableIPv6) yield return "ipam driver null gives no addresses: there is no IPv6 subnet to enable IPv6 with";
        for (var i = 0; i < request.Pools.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (request.Pools[i] is { NamesSubnet: true, Subnet: { } a } && request.Pools[j] is { NamesSubnet: true, Subnet: { } b } && a.Overlaps(b)) yield return $"subnets {b} and {a} of the request overlap";
            }
        }
    }

    private static bool IsIPv6(PoolRequest pool) => pool.Subnet?.IsIPv6 ?? false;

    private static IEnumerable<string> Problems(PoolRequest pool)
    {
        if (!pool.NamesSubnet)
        {
            if (pool.Gateway is not null || pool.IpRange is not null || !pool.Auxiliary.IsEmpty) yield return "every ip-range or gateway must have a corresponding subnet";
            yield break;
        }

        var subnet = pool.Subnet!.Value;
        if (WhyUnusable(subnet) is { } unusable) yield return $"subnet {subnet} cannot be used: {unusable}";
        if (pool.IpRange is { } range && !subnet.Contains(range)) yield return $"ip-range {range} is not part of subnet {subnet}";
        if (pool.Gateway is { } gateway && NotAHost(subnet, gateway) is { } why) yield return $"failed to allocate gateway ({gateway}): {why}";
        var used = new HashSet<InetAddress>();
        if (pool.Gateway is { } first) used.Add(first);
        foreach (var aux in pool.Auxiliary)
        {
            if (!subnet.Contains(aux.Address)) yield return $"auxiliary address: ({aux.Name}:{aux.Address}) must belong to the master pool: {subnet}";
            else if (AddressRange.OwnName(subnet, aux.Address) is { } own) yield return $"failed to allocate secondary ip address ({aux.Name}:{aux.Address}): Address already in use by {own}";
            else if (!used.Add(aux.Address)) yield return $"failed to allocate secondary ip address ({aux.Name}:{aux.Address}): Address already in use by {(aux.Address == pool.Gateway ? "the gateway" : "another auxiliary address")}";
        }
    }

    private static string? NotAHost(Subnet subnet, InetAddress address) =>
        !subnet.Contains(address) ? $"Requested address is out of range of {subnet}"
        : AddressRange.OwnName(subnet, address) is { } own ? $"Address already in use by {own}" : null;
}
