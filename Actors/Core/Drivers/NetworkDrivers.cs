using System.Collections.Immutable;

namespace NetworkCluster.Drivers;

/// <summary>The drivers there are.</summary>
public static class NetworkDrivers
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<INetworkDriver> All { get; } = [new BridgeDriver(), new OverlayDriver(), new NullDriver(), new HostDriver()];

    /// <summary>The driver of that name; none where there is none.</summary>
    public static INetworkDriver? Find(string name) => All.FirstOrDefault(d => d.Name == name);
}
