using NetworkCluster.Agents;
using NetworkCluster.Configuration;
using NetworkCluster.Dns;
using NetworkCluster.Linux;
using NetworkCluster.Linux.Nftables;

namespace NetworkCluster.Hosting;

/// <summary>What a host with the role <c>agent</c> has besides its part of the cluster: the kernel, or what stands for it, and the names in its sandboxes.</summary>
internal sealed record HostDataplane(HostNetworking Networking, EmbeddedDns? Dns, NameTable Names, bool IsSimulated)
{
    /// <summary>Opens it; nothing is looked at or changed in the kernel yet.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="isNew">Whether the host has just got its data directory.</param>
    /// <param name="logs">Where it says what it does.</param>
    /// <param name="time">The clock.</param>
    /// <param name="parts">What is to be taken apart in the end.</param>
    /// <exception cref="ConfigurationProblemException">It cannot be had so.</exception>
    public static HostDataplane Open(HostSettings options, bool isNew, ILoggerFactory logs, TimeProvider time, Stack<IAsyncDisposable> parts)
    {
        var simulated = Simulates(options, logs.CreateLogger("NetworkCluster.Dataplane"));
        var plan = logs.CreateLogger("NetworkCluster.Plan");
        if (!simulated) parts.Push(new Disposing(StateDirectory.Take(options, isNew)));
        IDataplane dataplane = simulated ? new SimulatedDataplane(step => Print(plan, step)) : new LinuxDataplane(options.Networking, time);
        parts.Push(dataplane);
        var networking = new HostNetworking(dataplane, options.Networking, logs.CreateLogger<HostNetworking>());
        parts.Push(networking);
        var names = new NameTable();
        var dns = simulated ? null : new EmbeddedDns(names, new NamespaceSockets(), new() { AnswerTtl = options.DnsTtl, Upstreams = options.DnsUpstream }, time, logs.CreateLogger<EmbeddedDns>());
        if (dns is not null) parts.Push(dns);
        return new(networking, dns, names, simulated);
    }

    private static bool Simulates(HostSettings options, ILogger log)
    {
        if (options.Mode == DataplaneMode.Simulated) return true;
        if (Capabilities.CanProgramKernel)
        {
            if (LibNftables.IsInstalled) return false;
            throw new ConfigurationProblemException([$"{LibNftables.Name} is missing, without which there is no masquerading and no isolation: install it (nftables in Debian), or set network-cluster.dataplane.mode to simulated"]);
        }

        if (options.Mode == DataplaneMode.Linux) throw new ConfigurationProblemException(["network-cluster.dataplane.mode is linux, but this process lacks CAP_NET_ADMIN or CAP_SYS_ADMIN: give it both (docs/security.md shows how, without root), run it as root, or take simulated"]);
        log.LogWarning("this process lacks CAP_NET_ADMIN or CAP_SYS_ADMIN: the data plane is simulated, containers reach nothing");
        return true;
    }

    // A script's lines stay lines.
    private static void Print(ILogger plan, string step)
    {
        foreach (var line in step.Split('\n')) plan.LogInformation("{Step}", line);
    }
}
