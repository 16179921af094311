using NetworkCluster.Addressing;
using NetworkCluster.Dataplane;
using NetworkCluster.Drivers;

namespace NetworkCluster.Agents;

/// <summary>How one host's networking is set up.</summary>
public sealed record HostNetworkingOptions
{
    /// <summary>Three of a-z and 0-9, first a letter, that begin every name of ours. Hosts that share a machine have different ones. Default <c>nwc</c>.</summary>
    public string Prefix { get; init; } = "nwc";
    /// <summary>Link group of what lives. Default 1853317889.</summary>
    public int LinkGroup { get; init; } = 0x6e77_6301;
    /// <summary>Link group of what the reaper deletes, with one request for all; the next is that of bridges: both must be nobody else's. Default 1853317976.</summary>
    public int ReaperGroup { get; init; } = 0x6e77_6358;
    /// <summary>Largest packet in bytes where a network's options say nothing. Default 1500.</summary>
    public int DefaultMtuBytes { get; init; } = 1500;
    /// <summary>The Linux bridge of the predefined network. Default: the prefix and <c>0</c>, as <c>nwc0</c>.</summary>
    public string? PredefinedBridge { get; init; }
    /// <summary>This host's address between hosts: where the tunnels of networks of the cluster end. None: it takes part in no network of other hosts.</summary>
    public InetAddress? Vtep { get; init; }
    /// <summary>Where named namespaces are. Default <c>/run/netns</c>, where <c>ip netns</c> looks.</summary>
    public string NetnsDirectory { get; init; } = "/run/netns";
    /// <summary>Where the files of named namespaces are. Default <c>/etc/netns</c>, where <c>ip netns exec</c> looks.</summary>
    public string NetnsFilesDirectory { get; init; } = "/etc/netns";
    /// <summary>Where it is written down which container a sandbox is for. Need not outlive a reboot. Default <c>/run/nwc</c> (by the prefix).</summary>
    public string? StateDirectory { get; init; }
    /// <summary>
    /// Whether packets between ports of one bridge are kept out of the IP hooks (bridge-nf-call-* = 0). It is one switch for the whole namespace: set it
    /// to false where another program needs it on. Ours works either way, but that a container does not reach its own published ports then. Default true.
    /// </summary>
    public bool DisableBridgeNetfilter { get; init; } = true;

    /// <summary>Names after these options.</summary>
    /// <exception cref="ArgumentException">The prefix or the groups are not usable.</exception>
    public Naming Naming => new(Prefix, LinkGroup, ReaperGroup);

    /// <summary>What drivers may know.</summary>
    public HostContext Context => new(Naming, DefaultMtuBytes, PredefinedBridge ?? $"{Prefix}0", Vtep);

    /// <summary><see cref="StateDirectory"/> with its default.</summary>
    public string StateDirectoryOrDefault => StateDirectory ?? $"/run/{Prefix}";
}
