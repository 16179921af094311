using NetworkCluster.Addressing;
using NetworkCluster.Hosts;

namespace NetworkCluster.Agents;

/// <summary>What an agent is told about itself.</summary>
public sealed record AgentSettings
{
    /// <summary>The host it is the agent of.</summary>
    public required HostId Host { get; init; }
    /// <summary>Random per process: two joins with one token are one join.</summary>
    public required string Token { get; init; }
    /// <summary>Where other hosts send the packets of overlay networks to; none: this host takes part in none.</summary>
    public InetAddress? Vtep { get; init; }
    /// <summary>How often the kernel is compared with what is wanted, for the case that somebody changed it behind our back. Default 60 s; it costs a look into every sandbox.</summary>
    public TimeSpan ReconcileEvery { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>How long what a network was about to say stays in the kernel without being said. Default 2 s: nothing that was prepared in vain is still there when anybody begins anew with what has failed (3 s).</summary>
    public TimeSpan FollowPatience { get; init; } = TimeSpan.FromSeconds(2);
}
