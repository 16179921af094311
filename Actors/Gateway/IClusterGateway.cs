using NetworkCluster.Hosts;

namespace NetworkCluster.Gateway;

/// <summary>How the edges (pbm, HTTP, tests) speak to the entities: parse, send one message, print. Safe for concurrent use.</summary>
public interface IClusterGateway
{
    /// <summary>The host this process is.</summary>
    HostId Host { get; }

    /// <summary>Sends a command or query to the entity that owns it. Answers its reply, or a <see cref="Rejected"/>; no answer within 10 s comes as <see cref="OutcomeUnknown"/>, never as an exception.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    Task<IReply> SendAsync(IAddressed message, CancellationToken cancel = default);

    /// <summary>A network of this host or of the cluster by full id, then name, then unique id prefix: a <see cref="Networks.NetworkSummary"/>, or a <see cref="Rejected"/>.</summary>
    Task<IReply> ResolveNetworkAsync(string nameOrId, CancellationToken cancel = default);

    /// <summary>A container of this host by full id, then name, then unique id prefix: a <see cref="Containers.ContainerView"/>, or a <see cref="Rejected"/>.</summary>
    Task<IReply> ResolveContainerAsync(string nameOrId, CancellationToken cancel = default);

    /// <summary>What only the edge on this host knows: the host's routes and the configured default pools, for a <see cref="Networks.CreateNetwork"/> made from the user's request.</summary>
    Task<IReply> CreateNetworkAsync(Networks.NetworkRequest request, CancellationToken cancel = default);

    /// <summary>The command that <see cref="CreateNetworkAsync"/> would send, or the refusal that it would come back with at once: for who wants to know what would become of it.</summary>
    Task<(Networks.CreateNetwork? Command, Rejection? Refusal)> ComposeAsync(Networks.NetworkRequest request, CancellationToken cancel = default);

    /// <summary>The same for a change of a network: with the host's routes, where it gets a subnet.</summary>
    Task<IReply> UpdateNetworkAsync(Networks.UpdateNetwork update, CancellationToken cancel = default);
}
