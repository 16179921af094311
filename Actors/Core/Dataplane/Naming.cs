using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Dataplane;

/// <summary>
/// How everything of ours is called in the kernel, so that a later life of the process, or an operator, recognises it: a prefix in the name, a link
/// group, and the full id in the link's alias. Names have at most 15 characters (IFNAMSIZ - 1).
/// </summary>
public sealed record Naming
{
    /// <summary>Names of a host with this prefix.</summary>
    /// <param name="prefix">Three of <c>a-z 0-9</c>, first a letter. Several hosts on one machine have different ones.</param>
    /// <param name="group">The link group of everything that lives.</param>
    /// <param name="reaperGroup">The first of two link groups of what may be deleted at any time; they must be used by nobody else.</param>
    /// <exception cref="ArgumentException">The prefix has another form, or the groups are the same or 0.</exception>
    public Naming(string prefix = "nwc", int group = 0x6e77_6301, int reaperGroup = 0x6e77_6358)
    {
        if (prefix is not { Length: 3 } || !char.IsAsciiLetterLower(prefix[0]) || prefix.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c)))
            throw new ArgumentException($"the prefix of names is three of a-z and 0-9, first a letter; '{prefix}' is not", nameof(prefix));
        if (group <= 0 || reaperGroup is <= 0 or int.MaxValue || group == reaperGroup || group == reaperGroup + 1)
            throw new ArgumentException($"link groups {group} and {reaperGroup} to {reaperGroup + 1L} must be positive and different", nameof(group));
        (Prefix, Group, ReaperGroup) = (prefix, group, reaperGroup);
    }

    /// <summary>Three characters.</summary>
    public string Prefix { get; }

    /// <summary>The link group of everything of ours that lives.</summary>
    public int Group { get; }

    /// <summary>The link group of what the reaper deletes, but bridges.</summary>
    public int ReaperGroup { get; }

    /// <summary>The link group of bridges that wait for the reaper: for all other links of a request together the kernel needs as much as for one, for each bridge some 20 ms.</summary>
    public int BridgeReaperGroup => ReaperGroup + 1;

    /// <summary>The link group in which a link waits for the reaper.</summary>
    public int ReaperGroupOf(FoundLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        return link.Kind == "bridge" ? BridgeReaperGroup : ReaperGroup;
    }

    /// <summary>Whether the reaper deletes what is in this group.</summary>
    public bool IsReaperGroup(int group) => group == ReaperGroup || group == BridgeReaperGroup;

    /// <summary>The nftables table, family inet.</summary>
    public string Table => Prefix;

    /// <summary>A network's bridge, where its options do not name another.</summary>
    public string Bridge(NetworkId network) => $"{Prefix}-{network.ToString()[..10]}";

    /// <summary>The host's end of an endpoint's veth pair.</summary>
    public string HostLink(EndpointId endpoint) => $"{Prefix[..2]}v{endpoint.ToString()[..11]}";

    /// <summary>The other end of it, where it is lent, until it is fetched.</summary>
    public string LentLink(EndpointId endpoint) => $"{Prefix[..2]}e{endpoint.ToString()[..11]}";

    /// <summary>A network's tunnel to other hosts.</summary>
    public string Tunnel(NetworkId network) => $"{Prefix[..2]}t{network.ToString()[..11]}";

    /// <summary>A container's network namespace.</summary>
    public string Sandbox(ContainerId container) => $"{Prefix}-{container.ToString()[..12]}";

    /// <summary>What a link is called from its retirement to its deletion: frees its old name at once, and cannot collide in its namespace.</summary>
    public string Retired(int index) => $"{Prefix[..2]}x{index}";

    /// <summary>Whether a namespace of this name can be one of ours.</summary>
    public bool IsSandbox(string name) =>
        name.Length == Prefix.Length + 13 && name.StartsWith($"{Prefix}-", StringComparison.Ordinal) && name.AsSpan(Prefix.Length + 1).IndexOfAnyExcept(Hex) < 0;

    /// <summary>Whether a link of this name can be one that we name by an id.</summary>
    public bool IsLink(string name) =>
        Has($"{Prefix}-", 10, name) || Has($"{Prefix[..2]}v", 11, name) || Has($"{Prefix[..2]}t", 11, name);

    private static bool Has(string start, int digits, string name) =>
        name.Length == start.Length + digits && name.StartsWith(start, StringComparison.Ordinal) && name.AsSpan(start.Length).IndexOfAnyExcept(Hex) < 0;

    private static readonly System.Buffers.SearchValues<char> Hex = System.Buffers.SearchValues.Create("0123456789abcdef");
}
