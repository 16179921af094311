using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Dataplane;

/// <summary>What a link's alias says about whose it is: written right after the link is made, read when a later life of the process looks around.</summary>
/// <param name="Prefix">The prefix of the host that made it.</param>
public abstract record LinkTag(string Prefix)
{
    /// <summary>
    /// A network's bridge. It also names the sets the bridge is in, so that a restart can put them into the new table in the same transaction:
    /// without it, networks would reach each other until the agent has described them again.
    /// </summary>
    public sealed record OfNetwork(string Prefix, NetworkId Network, ImmutableArray<NftSet> Sets) : LinkTag(Prefix)
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Prefix}:network:{Network}:{string.Join('+', Sets.Select(NftTable.NameOf))}";
    }

    /// <summary>An endpoint's host link.</summary>
    public sealed record OfEndpoint(string Prefix, EndpointId Endpoint, NetworkId Network) : LinkTag(Prefix)
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Prefix}:endpoint:{Endpoint}:{Network}";
    }

    /// <summary>Reads an alias; false for anything that is not a tag with this prefix.</summary>
    public static bool TryParse(string prefix, string alias, [NotNullWhen(true)] out LinkTag? tag)
    {
        tag = null;
        var parts = alias.Split(':');
        if (parts.Length != 4 || parts[0] != prefix) return false;
        if (parts[1] == "network" && NetworkId.TryParse(parts[2], null, out var owner))
            tag = new OfNetwork(prefix, owner, [.. NftTable.Sets.Where(set => parts[3].Split('+').Contains(NftTable.NameOf(set)))]);
        else if (parts[1] == "endpoint" && EndpointId.TryParse(parts[2], null, out var endpoint) && NetworkId.TryParse(parts[3], null, out var network))
            tag = new OfEndpoint(prefix, endpoint, network);
        return tag is not null;
    }

    /// <summary>Whether two aliases name the same owner, whatever else they say.</summary>
    public static bool SameOwner(string alias, string other) => Owner(alias) is { } owner && owner == Owner(other);

    private static string? Owner(string alias) => alias.Split(':') is [var prefix, var kind, var id, _] ? $"{prefix}:{kind}:{id}" : null;
}
