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
}
