using System.Collections.Immutable;
using Akka.Cluster;
using NetworkCluster.Commands;
using NetworkCluster.Membership;

namespace NetworkCluster.Hosting;

/// <summary>Who is in the cluster, from this process's own gossip.</summary>
internal sealed class ClusterMembers(Cluster cluster) : IClusterMembers
{
    public ImmutableArray<ClusterMember> Members
    {
        get
        {
            var state = cluster.State;
            return
            [
                .. state.Members.Order(Member.AgeOrdering).Select(member => new ClusterMember(
                    NodeRoles.HostOf(member) ?? default,
                    NodeRoles.TokenOf(member.UniqueAddress),
                    member.Status.ToString(),
                    !state.Unreachable.Contains(member),
                    member.Address.Equals(state.Leader)) { Control = member.HasRole(NodeRoles.Control), Agent = member.HasRole(NodeRoles.Agent), Others = [.. NodeRoles.OthersOf(member)] }),
            ];
        }
    }
}
