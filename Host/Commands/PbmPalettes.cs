using System.Collections.Immutable;
using NetworkCluster.Commands.Containers;
using NetworkCluster.Commands.Networks;
using NetworkCluster.Commands.Views;
using NetworkCluster.Gateway;

namespace NetworkCluster.Commands;

/// <summary>All palettes of a host, whatever front end serves them.</summary>
internal static class PbmPalettes
{
    /// <summary>The palettes in the order the help shows them.</summary>
    /// <param name="gateway">The way to the entities.</param>
    /// <param name="journal">What was, and what happens.</param>
    /// <param name="members">Who is in the cluster.</param>
    /// <param name="processes">Commands in this host's containers.</param>
    /// <param name="random">Picks names for containers that were given none.</param>
    /// <param name="time">The clock: when something was asked for.</param>
    public static ImmutableArray<Palette> All(IClusterGateway gateway, (IJournalReader Reader, IJournalFeed Feed) journal, IClusterMembers members, IContainerProcesses processes, Random random, TimeProvider time) =>
    [
        new NetworkPalette(gateway, journal.Reader, time).Palette,
        new ContainerPalette(gateway, processes, new RandomNames(random), time).Palette,
        new EndpointPalette(gateway).Palette,
        new IpamPalette(gateway, time).Palette,
        new HostPalette(gateway, members).Palette,
        new ClusterPalette(members, new(new(journal.Feed, journal.Reader, time), time), new(gateway, members, journal.Feed, time)).Palette,
    ];
}
