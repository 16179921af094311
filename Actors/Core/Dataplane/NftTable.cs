using System.Text;

namespace NetworkCluster.Dataplane;

/// <summary>
/// The text of our nftables table. Everything that varies is a set element, so that attach and create never touch a rule.
/// The order in <c>c_forward</c> is what isolates: internal bridges are cut off before anything is accepted for them, published ports too.
/// <c>c_guard</c> stands before connection tracking, so it sees packets as they are on the wire: a container can neither reach the host's loopback, which
/// <see cref="WantedBridge.RoutesLoopback"/> would allow, nor pretend to be it. A packet from the wire to 127.0.0.0/8 is not translated: nobody but the host
/// reaches what is published there. The host's own ::1 is not, because the kernel does not route it to a bridge.
/// </summary>
public static class NftTable
{
    /// <summary>The set's name in the kernel.</summary>
    public static string NameOf(NftSet set) => set switch
    {
        NftSet.Bridges => "bridges",
        NftSet.Masquerade => "masquerade_br",
        NftSet.Internal => "internal_br",
        NftSet.Intra => "intra",
        _ => throw new ArgumentOutOfRangeException(nameof(set)),
    };

    /// <summary>Every set of the table.</summary>
    public static IReadOnlyList<NftSet> Sets { get; } = [NftSet.Bridges, NftSet.Masquerade, NftSet.Internal, NftSet.Intra];

    /// <summary>The name in the kernel of the map that a published port is in.</summary>
    public static string NameOf(MappingKey key) => NameOf(key.IsIPv6, key.Address is not null);

    /// <summary>The maps of published ports: those at every address of a family, and those at one.</summary>
    public static IReadOnlyList<(string Name, bool IsIPv6, bool HasAddress)> Maps { get; } =
        [.. new[] { (false, false), (true, false), (false, true), (true, true) }.Select(map => (NameOf(map.Item1, map.Item2), map.Item1, map.Item2))];

    private static string NameOf(bool isIPv6, bool hasAddress) => $"publish{(hasAddress ? "_at" : "")}{(isIPv6 ? 6 : 4)}";

    /// <summary>
    /// A script that puts the whole table in place in one transaction, whatever was there: naming it first makes the deletion succeed
    /// where there is none. Chains are called <c>c_*</c> because words like <c>forward</c> are keywords in places.
    /// </summary>
    public static string Replacement(string table, IEnumerable<SetElement> elements, IEnumerable<PortMapping> mappings)
    {
        var text = new StringBuilder($$"""
            table inet {{table}}
            delete table inet {{table}}
            table inet {{table}} {
              set bridges { type ifname; }
              set masquerade_br { type ifname; }
              set internal_br { type ifname; }
              map intra { type ifname . ifname : verdict; }
              map publish4 { type inet_proto . inet_service : ipv4_addr . inet_service; }
              map publish6 { type inet_proto . inet_service : ipv6_addr . inet_service; }
              map publish_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
              map publish_at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service; }
              chain c_guard {
                type filter hook prerouting priority raw; policy accept;
                iifname @bridges ip saddr 127.0.0.0/8 drop
                iifname @bridges ip daddr 127.0.0.0/8 drop
              }
              chain c_publish {
                dnat ip to ip daddr . meta l4proto . th dport map @publish_at4
                dnat ip to meta l4proto . th dport map @publish4
                dnat ip6 to ip6 daddr . meta l4proto . th dport map @publish_at6
                dnat ip6 to meta l4proto . th dport map @publish6
              }
              chain c_prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                ip daddr 127.0.0.0/8 return
                fib daddr type local jump c_publish
              }
              chain c_output {
                type nat hook output priority -100; policy accept;
                ip6 daddr ::1 return
                fib daddr type local jump c_publish
              }
              chain c_forward {
                type filter hook forward priority filter; policy accept;
                iifname . oifname vmap @intra
                iifname @internal_br drop
                oifname @internal_br drop
                ct state established,related accept
                iifname @bridges ct state invalid drop
                oifname @bridges ct status dnat accept
                iifname @bridges oifname @bridges drop
                oifname @bridges drop
              }
              chain c_input {
                type filter hook input priority filter; policy accept;
                iifname @internal_br fib daddr type local fib daddr . iif type != local drop
              }
              chain c_postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                oifname @bridges ip saddr 127.0.0.0/8 masquerade
                iifname @bridges oifname @bridges ct status dnat masquerade
                iifname @masquerade_br oifname != @bridges masquerade
              }
            }

            """.ReplaceLineEndings("\n"));
        foreach (var group in elements.GroupBy(e => e.Set).OrderBy(g => g.Key))
            text.Append($"add element inet {table} {NameOf(group.Key)} {{ {string.Join(", ", group.Select(e => e.ToString()).Order(StringComparer.Ordinal))} }}\n");
        foreach (var group in mappings.GroupBy(m => NameOf(m.Key)).OrderBy(g => g.Key, StringComparer.Ordinal))
            text.Append($"add element inet {table} {group.Key} {{ {string.Join(", ", group.Select(m => m.ToString()).Order(StringComparer.Ordinal))} }}\n");
        return text.ToString();
    }
}
