using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NetworkCluster.Addressing;

namespace NetworkCluster.Networks;

/// <summary>
/// Gives every range, gateway and auxiliary address to the one subnet that contains it, as the Docker command line does (docker/cli
/// <c>cli/command/network/create.go</c>, consolidateIpam), in any order of the options.
/// </summary>
public static class PoolRequests
{
    /// <summary>Matches the options.</summary>
    /// <param name="options">As they were typed.</param>
    /// <param name="pools">One for each subnet, in the order of the subnets; empty when none was named.</param>
    /// <param name="problem">The first thing that is wrong, in Docker's order: numbers, subnets, ranges, gateways, auxiliary addresses.</param>
    /// <returns>False when there is a problem; the pools are empty then.</returns>
    public static bool TryMatch(PoolOptions options, out ImmutableArray<PoolRequest> pools, [NotNullWhen(false)] out PoolRequestProblem? problem)
    {
        var found = new List<PoolRequest>();
        problem = options.IpRanges.Length > options.Subnets.Length || options.Gateways.Length > options.Subnets.Length ? new MissingSubnet() : null;
        problem ??= FirstProblem(options.Subnets, text => AddSubnet(found, text));
        problem ??= FirstProblem(options.IpRanges, text => AddRange(found, text));
        problem ??= FirstProblem(options.Gateways, text => AddGateway(found, text));
        problem ??= FirstProblem(options.Auxiliary, text => AddAuxiliary(found, text));
        pools = problem is null ? [.. found] : [];
        return problem is null;
    }

    private static PoolRequestProblem? FirstProblem(ImmutableArray<string> texts, Func<string, PoolRequestProblem?> add) =>
        texts.Select(add).FirstOrDefault(p => p is not null);

    private static PoolRequestProblem? AddSubnet(List<PoolRequest> pools, string text)
    {
        if (!Subnet.TryParse(text, out var subnet)) return NotABlock(text);
        var pool = new PoolRequest { Subnet = subnet };
        if (pool.NamesSubnet && pools.Find(p => p.NamesSubnet && p.Subnet!.Value.Overlaps(subnet)) is { Subnet: { } other }) return new OverlappingSubnets(other, subnet);
        pools.Add(pool);
        return null;
    }

    private static PoolRequestProblem? AddRange(List<PoolRequest> pools, string text)
    {
        if (!Subnet.TrySplit(text, out var address, out var prefix)) return new NoMatchingSubnet("range", text);
        var at = pools.FindIndex(p => p.NamesSubnet && p.Subnet!.Value.Contains(Subnet.Around(address, prefix)));
        if (at < 0) return new NoMatchingSubnet("range", text);
        if (!Subnet.TryParse(text, out var range)) return NotABlock(text);
        if (pools[at].IpRange is { } earlier) return new SeveralRanges(text, earlier.ToString(), pools[at].Subnet!.Value);
        pools[at] = pools[at] with { IpRange = range };
        return null;
    }

    private static PoolRequestProblem? AddGateway(List<PoolRequest> pools, string text)
    {
        if (!TryFind(pools, text, out var address, out var at)) return new NoMatchingSubnet("gateway", text);
        if (pools[at].Gateway is { } earlier) return new SeveralGateways(text, earlier.ToString(), pools[at].Subnet!.Value);
        pools[at] = pools[at] with { Gateway = address };
        return null;
    }

    private static PoolRequestProblem? AddAuxiliary(List<PoolRequest> pools, string text)
    {
        var equals = text.IndexOf('=');
        if (equals == 0) return new NamelessAuxiliary(text);
        var value = equals < 0 ? "" : text[(equals + 1)..];
        if (!TryFind(pools, value, out var address, out var at)) return new NoMatchingSubnet("aux-address", value);

        // The guide gives the same names to addresses of two subnets. Whoever gives one twice in a subnet means both addresses too: nothing is lost.
        var aux = new AuxiliaryAddress(text[..equals], address);
        if (!pools[at].Auxiliary.Contains(aux)) pools[at] = pools[at] with { Auxiliary = pools[at].Auxiliary.Add(aux) };
        return null;
    }

    private static bool TryFind(List<PoolRequest> pools, string text, out InetAddress address, out int at)
    {
        var parsed = InetAddress.TryParse(text, out var found);
        address = found;
        at = parsed ? pools.FindIndex(p => p.NamesSubnet && p.Subnet!.Value.Contains(found)) : -1;
        return at >= 0;
    }

    /// <summary>What is wrong with a text that is no CIDR block.</summary>
    public static PoolRequestProblem NotABlock(string text) =>
        Subnet.TrySplit(text, out var address, out var prefix) ? new HostBitsSet(text, Subnet.Around(address, prefix)) : new InvalidBlock(text);
}
