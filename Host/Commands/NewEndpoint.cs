using NetworkCluster.Containers;
using NetworkCluster.Drivers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands;

/// <summary>A container's new wish for a place in a network, whichever command it comes by.</summary>
internal static class NewEndpoint
{
    public static EndpointSpec Of(HostId host, ContainerSpec container, NetworkSpec network, EndpointSettings settings) => new()
    {
        Id = NewIds.Endpoint(),
        Network = network.Id,
        NetworkName = network.Name,
        Container = container.Id,
        ContainerName = container.Name,
        Host = host,
        HostBinding = BridgeDriver.HostBindingOf(network),
        Settings = settings,
    };
}
