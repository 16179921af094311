using System.Text;

namespace NetworkCluster.Dataplane;

/// <summary>
/// The text of our nftables table. Everything that varies is a set element, so that attach and create never touch a rule.
/// The order in <c>c_forward</c> is what isolates: internal bridges are cut off before anything is accepted for them.
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

    /// <summary>
    /// A script that puts the whole table in place in one transaction, whatever was there: naming it first makes the deletion succeed
    /// where there is none. Chains are called <c>c_*</c> because words like <c>forward</c> are keywords in places.
    /// </summary>
    public static string Replacement(string table, IEnumerable<SetElement> elements)
    {
        var text = new StringBuilder($$"""
            table inet {{table}}
            delete table inet {{table}}
            table inet {{table}} {
              set bridges { type ifname; }
              set masquerade_br { type ifname; }
              set internal_br { type ifname; }
              map intra { type ifname . ifname : verdict; }
              chain c_forward {
                type filter hook forward priority filter; policy accept;
                iifname . oifname vmap @intra
                iifname @internal_br drop
                oifname @internal_br drop
                ct state established,related accept
                iifname @bridges ct state invalid drop
                iifname @bridges oifname @bridges drop
                oifname @bridges drop
              }
              chain c_input {
                type filter hook input priority filter; policy accept;
                iifname @internal_br fib daddr type local fib daddr . iif type != local drop
              }
              chain c_postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                iifname @masquerade_br oifname != @bridges masquerade
              }
            }

            """.ReplaceLineEndings("\n"));
        foreach (var group in elements.GroupBy(e => e.Set).OrderBy(g => g.Key))
            text.Append($"add element inet {table} {NameOf(group.Key)} {{ {string.Join(", ", group.Select(e => e.ToString()).Order(StringComparer.Ordinal))} }}\n");
        return text.ToString();
    }
}
