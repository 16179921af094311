using System.Collections.Immutable;
using NetworkCluster.Hosts;

namespace NetworkCluster.Hosting;

/// <summary>This process's part in the cluster.</summary>
public sealed record NodeSettings
{
    /// <summary>The host it is the process of.</summary>
    public required HostId Host { get; init; }
    /// <summary>Whether it carries entities (role <c>control</c>). Default: yes.</summary>
    public bool Control { get; init; } = true;
    /// <summary>Whether it has a data plane (role <c>agent</c>). Default: yes.</summary>
    public bool Agent { get; init; } = true;
    /// <summary><c>ADDRESS:PORT</c> of processes to join, or <c>NAME:PORT</c> for all addresses behind a name. One that is among them, or where there are none any, may begin a cluster, where none lives on the journal.</summary>
    public ImmutableArray<string> Seeds { get; init; } = [];
    /// <summary>Whether the cluster may have other hosts, which may be lost.</summary>
    public bool Clustered { get; init; }
    /// <summary>How long a host that has left in order may stay away before its endpoints are given up. Default 60 s.</summary>
    public TimeSpan LeaveGrace { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>How long a host that nobody has seen leave, because all processes were down, may take to come back. Default 10 s.</summary>
    public TimeSpan ReturnGrace { get; init; } = TimeSpan.FromSeconds(10);
}
