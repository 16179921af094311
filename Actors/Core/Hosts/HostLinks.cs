using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Hosts;

/// <summary>
/// Links on the predefined network are the old ones: to a container of this host that exists when the link is made and runs when it is used. A target that was removed since is no
/// longer linked. On networks of one's own a link is a private name and nothing more.
/// </summary>
internal static class HostLinks
{
    public static Rejection? Refusal(HostState state, EndpointSpec endpoint, bool mustRun)
    {
        if (endpoint.NetworkName is not NetworkRules.Bridge) return null;
        foreach (var link in endpoint.Settings.Links)
        {
            if (Find(state, link.Target) is not { } target)
            {
                if (state.Find(endpoint.Container)?.Find(endpoint.Id) is not null) continue;
                return new LinkTargetNotFound(link.Target);
            }

            if (!mustRun || (target.IsRunning && target.In(endpoint.Network) is not null)) continue;
            return new LinkTargetNotRunning(target.Spec.Name, endpoint.ContainerName, link.Alias, target.IsRunning);
        }

        return null;
    }

    private static HeldContainer? Find(HostState state, string target) =>
        ContainerId.TryParse(target, null, out var id) ? state.Find(id)
        : state.Names.TryGetValue(target, out var named) ? state.Find(named)
        : NameLookup.ByPrefix(state.Ids, target) is [var one] ? state.Find(ContainerId.Parse(one, System.Globalization.CultureInfo.InvariantCulture)) : null;
}
