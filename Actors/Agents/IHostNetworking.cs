using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Agents;

/// <summary>
/// What a host's agent asks of its host. Everything is idempotent: asking again for what is so is a success without a step, and repairs what somebody
/// took away. Safe to call concurrently: calls for one sandbox wait for each other, calls for different ones run side by side. Cancelling counts until
/// the first step; steps under way are finished. Nothing is lost with the process: everything lives in the kernel and is found by the next life.
/// Every failure is a <see cref="DataplaneException"/>.
/// </summary>
public interface IHostNetworking : IAsyncDisposable
{
    /// <summary>The pair of links of an endpoint that is lent (<see cref="EndpointSpec.Lent"/>) is gone: its sandbox has ended. Raised on any thread; more than once for the same.</summary>
    event Action<ContainerId, EndpointId>? LentLinkGone;

    /// <summary>Endpoints that this process has lent.</summary>
    ImmutableArray<EndpointId> Lent { get; }

    /// <summary>
    /// Looks at the kernel once, at the start of the process and before anything else: puts our nft table in place in one transaction (with the rules of
    /// the bridges found), forwarding on, bridged packets out of the IP hooks, and leftovers of the reaper and of a reboot away.
    /// </summary>
    Task<HostObservation> StartAsync(CancellationToken cancel);

    /// <summary>Makes the network's links and rules. Refuses where a link of that name is not ours.</summary>
    Task EnsureNetworkAsync(NetworkSpec network, CancellationToken cancel);

    /// <summary>Takes the network's links and rules away.</summary>
    Task RemoveNetworkAsync(NetworkId network, CancellationToken cancel);

    /// <summary>Makes the container's sandbox, or adopts the one that lives.</summary>
    Task<Sandbox> StartSandboxAsync(ContainerSpec container, CancellationToken cancel);

    /// <summary>Which of these ports nothing can be published at, because another program has them or the host does not have the address. Tries by binding.</summary>
    Task<ImmutableArray<UnusablePort>> UnusablePortsAsync(ImmutableArray<HostPort> ports, CancellationToken cancel);

    /// <summary>
    /// Says which ports of the host the container has; from now on they lead to its endpoint with the default route, whichever that is. Without such an endpoint they
    /// lead nowhere. May be said before the sandbox is started or adopted, and again.
    /// </summary>
    Task PublishAsync(ContainerId container, ImmutableArray<PublishedPort> ports, CancellationToken cancel);

    /// <summary>Puts these names, and no others besides the container's own, into the sandbox's hosts file. May be said before the sandbox is started.</summary>
    Task NameAsync(ContainerId container, ImmutableArray<HostsEntry> names, CancellationToken cancel);

    /// <summary>Kills what lives in the sandbox (SIGKILL, by the namespace) and removes it with its links.</summary>
    Task StopSandboxAsync(ContainerId container, CancellationToken cancel);

    /// <summary>
    /// Gives a started sandbox its link into the network, under the lowest free name <c>ethN</c>. The default route of a family goes to the
    /// endpoint with a gateway that has the highest priority, among equals to the first; when that one is detached, to the next. A failure undoes what this call did.
    /// For one that is lent no sandbox is started: its other end waits in the host's namespace, as <see cref="Naming.LentLink"/>; once it is fetched it is never made again.
    /// </summary>
    Task AttachAsync(NetworkSpec network, AttachedEndpoint endpoint, CancellationToken cancel);

    /// <summary>Takes the endpoint's link out of service: when this completes its address and name are free. The link itself is deleted a moment later, in bulk.</summary>
    Task DetachAsync(EndpointId endpoint, CancellationToken cancel);

    /// <summary>
    /// Says which endpoints of other hosts are in a network of the cluster: these and no others. May be said before the network is on this host; it is there from its first endpoint
    /// here to its last.
    /// </summary>
    Task SetRemotesAsync(NetworkSpec network, ImmutableArray<AttachedEndpoint> endpoints, CancellationToken cancel);

    /// <summary>Says that one came (or is elsewhere now), or went, since. Its price does not grow with the network.</summary>
    Task ChangeRemotesAsync(NetworkSpec network, AttachedEndpoint? come, EndpointId? gone, CancellationToken cancel);

    /// <summary>
    /// Says which endpoints an earlier life has left here that are about to come again. A network of the cluster that is here for their sake stays until they have come, or goes
    /// with the last of them that is detached, or whose sandbox is stopped, instead.
    /// </summary>
    void Expect(IEnumerable<EndpointSpec> endpoints);

    /// <summary>
    /// Removes every link, sandbox, set element and published port that is ours and not named here. What this process itself has made, adopted or published by a call above
    /// counts as named. What is foreign is never touched.
    /// </summary>
    Task<SweepResult> SweepAsync(IReadOnlySet<NetworkId> networks, IReadOnlySet<ContainerId> sandboxes, IReadOnlySet<EndpointId> endpoints, CancellationToken cancel);

    /// <summary>Where the host's own routes lead that are not by our links, default routes left out: subnets that a new network should not take.</summary>
    Task<ImmutableArray<Subnet>> HostRoutesAsync(CancellationToken cancel);

    /// <summary>Looks again at everything this process has made or adopted and repairs it. Costs a look into every sandbox: 1 to 2 ms each on a busy machine, where nothing is amiss.</summary>
    Task ReconcileAsync(CancellationToken cancel);

    /// <summary>
    /// Until cancelled, puts back what this process has made or adopted as soon as somebody takes it away (<see cref="Loss"/>): with a network's link its endpoints' too.
    /// What cannot be put back is logged and left to <see cref="ReconcileAsync"/>. To be called once.
    /// </summary>
    /// <param name="remade">Called from any thread for a container whose namespace is another now.</param>
    /// <param name="cancel">Ends it.</param>
    Task GuardAsync(Action<ContainerId> remade, CancellationToken cancel);
}

/// <summary>What outlived the last process.</summary>
/// <param name="Sandboxes">Containers whose sandbox lives.</param>
/// <param name="Endpoints">Endpoints that have their link.</param>
public sealed record HostObservation(ImmutableHashSet<ContainerId> Sandboxes, ImmutableHashSet<EndpointId> Endpoints);

/// <summary>A living sandbox.</summary>
/// <param name="Id">The container.</param>
/// <param name="Name">The namespace's name for <c>ip netns exec</c>; empty where the container uses the host's.</param>
/// <param name="Path">A path that opens as the namespace.</param>
public sealed record Sandbox(ContainerId Id, string Name, string Path);

/// <summary>What a sweep removed.</summary>
/// <param name="Links">Links.</param>
/// <param name="Sandboxes">Sandboxes.</param>
public sealed record SweepResult(int Links, int Sandboxes);
