using System.Collections.Immutable;
using System.Threading.Channels;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;

namespace NetworkCluster.Agents;

/// <summary>
/// The only way to a host's kernel: look, and apply steps. Knows nothing of networks or endpoints. Safe to call concurrently; steps of one call are
/// applied in order, steps of different calls in any.
/// </summary>
public interface IDataplane : IAsyncDisposable
{
    /// <summary>Looks at the host's namespace, our table, and which sandboxes live (not into them). Costs about 10 ms with 1,000 links.</summary>
    /// <exception cref="DataplaneException">The kernel refuses to tell.</exception>
    Task<FoundHost> ObserveAsync(CancellationToken cancel);

    /// <summary>Looks at a part only, for a price that does not grow with the host: well under a millisecond.</summary>
    /// <exception cref="DataplaneException">The kernel refuses to tell.</exception>
    Task<FoundHost> ObserveAsync(HostPart part, CancellationToken cancel);

    /// <summary>
    /// The routes of the host's namespace that are not over links of ours that are named by an id; table <c>local</c> left out. Up to date, and asked of the kernel only after a
    /// foreign one may have changed: costs nothing that grows with the host.
    /// </summary>
    /// <exception cref="DataplaneException">The kernel refuses to tell.</exception>
    Task<ImmutableHashSet<Route>> RoutesAsync(CancellationToken cancel);

    /// <summary>
    /// What was taken from this host since the data plane was opened, told within a tenth of a second. What <see cref="ApplyAsync"/> took away is among it, but for rules and
    /// elements: who reads knows what is wanted.
    /// </summary>
    ChannelReader<Loss> Losses { get; }

    /// <summary>
    /// Applies steps in order and stops at the first that fails. Idempotent where the kernel is: taking away what is gone is a success, making what
    /// exists is not (plan again). Once begun it is not cancelled: <paramref name="cancel"/> counts until the first step.
    /// </summary>
    /// <exception cref="DataplaneException">A step failed; its operation is the step's text. Later steps of other namespaces were not applied.</exception>
    Task ApplyAsync(ImmutableArray<Step> steps, CancellationToken cancel);
}

/// <summary>What to look at.</summary>
/// <param name="Links">Links of the host's namespace, by name, with their addresses.</param>
/// <param name="Sandboxes">Sandboxes, by name, with all that is in them.</param>
/// <param name="Sysctls">Settings, by name with dots.</param>
/// <param name="Elements">Whether to look at our table too: which of its sets the links are in, and with sandboxes the published ports.</param>
/// <param name="Ports">Ports to try to bind: whether another program has them. Nothing is kept bound.</param>
public sealed record HostPart(ImmutableArray<string> Links, ImmutableArray<string> Sandboxes, ImmutableArray<string> Sysctls, bool Elements, ImmutableArray<HostPort> Ports)
{
    /// <summary>Whether to look where those links that are tunnels send to, and for whom those that are bridges answer. Costs about 5 us for each.</summary>
    public bool Remotes { get; init; }

    /// <summary>Without a look at ports.</summary>
    public HostPart(ImmutableArray<string> links, ImmutableArray<string> sandboxes, ImmutableArray<string> sysctls, bool elements) : this(links, sandboxes, sysctls, elements, []) { }
}
