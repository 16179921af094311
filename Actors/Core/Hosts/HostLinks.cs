using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Hosts;

/// <summary>
/// Links on the predefined network are the old ones: to a container of this host that exists when the link is made and runs when it is used. A target that was removed since is no
/// longer linked. On networks of one's own a link is a private name and nothing more.
/// </summary>
internal static class HostLinks
{
    /// <summary>What is wrong with the first of these that has a link nobody can follow.</summary>
    public static Rejection? Refusal(HostState state, IEnumerable<EndpointSpec> endpoints, bool mustRun) =>
        endpoints.Select(endpoint => Refusal(state, endpoint, mustRun)).FirstOrDefault(refusal => refusal is not null);

    public static Rejection? Refusal(HostState state, EndpointSpec endpoint, bool mustRun)
    {
        if (endpoint.NetworkName is not NetworkRules.Bridge) return null;
        foreach (var link in endpoint.Settings.Links)
        {
            if (state.Matching(link.Target) is not [var target])
            {
                if (state.Find(endpoint.Container)?.Find(endpoint.Id) is not null) continue;
                return new LinkTargetNotFound(link.Target);
            }

            if (!mustRun || (target.IsRunning && target.In(endpoint.Network) is not null)) continue;
            return new LinkTargetNotRunning(target.Spec.Name, endpoint.ContainerName, link.Alias, target.IsRunning);
        }

        return null;
    }
}
