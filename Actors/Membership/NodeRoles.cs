using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using NetworkCluster.Hosting;
using NetworkCluster.Hosts;
using NetworkCluster.Services;

namespace NetworkCluster.Membership;

/// <summary>What a process says of itself in the cluster's gossip: what it does, and which host it is. So who is where is known everywhere, without a message.</summary>
public static class NodeRoles
{
    /// <summary>Carries entities.</summary>
    public const string Control = EntityShards.Role;

    /// <summary>Has a data plane.</summary>
    public const string Agent = "agent";

    private const string HostPrefix = EntityShards.HostPrefix;

    /// <summary>All roles of a process.</summary>
    public static ImmutableArray<string> Of(NodeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return [.. settings.Control ? [Control] : ImmutableArray<string>.Empty, .. settings.Agent ? [Agent] : ImmutableArray<string>.Empty, $"{HostPrefix}{settings.Host}"];
    }

    /// <summary>Which host the member is the process of; none: it is no process of ours.</summary>
    public static HostId? HostOf(Member member)
    {
        ArgumentNullException.ThrowIfNull(member);
        var role = member.Roles.FirstOrDefault(role => role.StartsWith(HostPrefix, StringComparison.Ordinal));
        return role is not null && HostId.TryParse(role[HostPrefix.Length..], null, out var host) ? host : null;
    }

    /// <summary>What a member is besides: the roles of other services.</summary>
    public static IEnumerable<string> OthersOf(Member member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return member.Roles.Where(role => role is not (Control or Agent) && !role.StartsWith(HostPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }

    /// <summary>Where a process is reached, as seeds name it: <c>ADDRESS:PORT</c>.</summary>
    public static string PlaceOf(Address address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return EntityShards.PlaceOf(address);
    }

    /// <summary>The token of one life of a process: its address, which may come back, with a number that does not.</summary>
    public static string TokenOf(UniqueAddress node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return EntityShards.TokenOf(node);
    }
}
