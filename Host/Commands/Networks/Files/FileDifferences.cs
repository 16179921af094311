using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks.Files;

/// <summary>What a network that is there has otherwise than a document wants it. What the document leaves to be picked is as it was picked.</summary>
internal static class FileDifferences
{
    /// <summary>One text for each difference: what it is, and what the document says.</summary>
    public static IEnumerable<string> Between(NetworkSpec there, FileNetwork wanted)
    {
        var request = wanted.Request;
        if (there.Driver != request.Driver) yield return Text("driver", there.Driver, request.Driver);
        if (there.Internal != request.Internal) yield return Text("internal", there.Internal, request.Internal);
        if (there.Attachable != request.Attachable) yield return Text("attachable", there.Attachable, request.Attachable);
        var ipv6 = request.EnableIPv6 || request.Pools.Any(pool => pool.Subnet is { IsIPv6: true });
        if (there.EnableIPv6 != ipv6) yield return Text("ipv6", there.EnableIPv6, ipv6);
        var ipam = request.IpamDriver is "null" ? "null" : "default";
        if ((there.IpamDriver ?? "default") != ipam) yield return Text("ipam driver", there.IpamDriver ?? "default", ipam);
        foreach (var text in request.Pools.Where(pool => pool.NamesSubnet).GroupBy(pool => pool.Subnet!.Value.IsIPv6).SelectMany(family => Between(there, [.. family], family.Key, wanted.MoreRanges))) yield return text;
        foreach (var text in Between("option", there.Options, request.Options).Concat(Between("label", there.Labels, request.Labels))) yield return text;
    }

    // Only of the families that the document names subnets of: in another one, whatever was picked is right.
    private static IEnumerable<string> Between(NetworkSpec network, ImmutableArray<PoolRequest> wanted, bool isIPv6, ImmutableArray<Subnet> moreRanges)
    {
        var there = network.Pools.Where(pool => pool.Id.Subnet.IsIPv6 == isIPv6).ToImmutableArray();
        if (!wanted.Select(pool => pool.Subnet!.Value).ToHashSet().SetEquals(there.Select(pool => pool.Id.Subnet)))
            yield return Text("subnet", List(there.Select(pool => pool.Id.Subnet), "none"), List(wanted.Select(pool => pool.Subnet!.Value), "none"));
        foreach (var text in wanted.Join(there, pool => pool.Subnet, pool => pool.Id.Subnet, (pool, has) => Between(has, pool, moreRanges)).SelectMany(texts => texts)) yield return text;
    }

    private static IEnumerable<string> Between(NetworkPool there, PoolRequest wanted, ImmutableArray<Subnet> moreRanges)
    {
        var subnet = there.Id.Subnet;
        var ranges = new[] { wanted.IpRange }.OfType<Subnet>().Concat(moreRanges.Where(subnet.Contains)).ToList();
        var has = new[] { there.Id.SubPool }.OfType<Subnet>().Concat(there.MoreRanges ?? []).ToList();
        if (!ranges.ToHashSet().SetEquals(has)) yield return Text($"ip-range of {subnet}", List(has, "all of it"), List(ranges, "all of it"));
        if (wanted.Gateway is { } gateway && there.Gateway != gateway) yield return Text($"gateway of {subnet}", there.Gateway?.ToString() ?? "none", gateway);
        if (!wanted.Auxiliary.ToHashSet().SetEquals(there.Auxiliary)) yield return Text($"aux-address of {subnet}", Names(there.Auxiliary), Names(wanted.Auxiliary));
    }

    private static IEnumerable<string> Between(string what, ImmutableSortedDictionary<string, string> there, ImmutableSortedDictionary<string, string> wanted) =>
        from key in there.Keys.Union(wanted.Keys)
        let has = there.GetValueOrDefault(key)
        let should = wanted.GetValueOrDefault(key)
        where has != should
        select Text($"{what} {key}", has is null ? "none" : Quoted(has), should is null ? "none" : Quoted(should));

    // A line that ends in a text is no other space.
    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string List(IEnumerable<Subnet> blocks, string none) => string.Join(", ", blocks.Select(block => block.ToString()).DefaultIfEmpty(none));

    private static string Names(ImmutableArray<AuxiliaryAddress> addresses) => addresses.IsEmpty ? "none" : string.Join(", ", addresses.Select(aux => $"{aux.Name}={aux.Address}"));

    private static string Text(string what, object there, object wanted) => $"{what} is {Shown(there)} (the document: {Shown(wanted)})";

    private static string Shown(object value) => value is bool flag ? flag ? "true" : "false" : value.ToString()!;
}
