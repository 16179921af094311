using System.Collections.Immutable;

namespace NetworkCluster.Dataplane;

/// <summary>The kernel settings of a host that we care for.</summary>
public static class HostSysctls
{
    /// <summary>Whether packets between ports of one bridge pass the IP hooks; per namespace, and on in every new one where br_netfilter is loaded.</summary>
    public static ImmutableArray<string> BridgeNetfilter { get; } =
        ["net.bridge.bridge-nf-call-arptables", "net.bridge.bridge-nf-call-ip6tables", "net.bridge.bridge-nf-call-iptables"];

    /// <summary>All that is looked at.</summary>
    public static ImmutableArray<string> All { get; } = ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding", .. BridgeNetfilter];
}
