using NetworkCluster.Drivers;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster.Gateway;

/// <summary>The gateway of a process without a data plane: what is the cluster's it does and shows like any other; what would have to be on its own host is refused.</summary>
/// <param name="inner">The gateway.</param>
public sealed class GatewayWithoutDataplane(IClusterGateway inner) : IClusterGateway
{
    private readonly Rejected _refusal = new(new NoDataplane(inner.Host));

    /// <inheritdoc/>
    public HostId Host => inner.Host;

    /// <inheritdoc/>
    public Task<IReply> SendAsync(IAddressed message, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message is IRequest && message.Entity.Kind is EntityKind.Host or EntityKind.AddressSpace && message.Entity.Id == Host.ToString() ? Task.FromResult<IReply>(_refusal) : inner.SendAsync(message, cancel);
    }

    /// <inheritdoc/>
    public Task<IReply> ResolveNetworkAsync(string nameOrId, CancellationToken cancel = default) =>
        nameOrId is NetworkRules.Bridge or NetworkRules.Host or NetworkRules.None ? Task.FromResult<IReply>(_refusal) : inner.ResolveNetworkAsync(nameOrId, cancel);

    /// <inheritdoc/>
    public Task<IReply> ResolveContainerAsync(string nameOrId, CancellationToken cancel = default) => inner.ResolveContainerAsync(nameOrId, cancel);

    /// <inheritdoc/>
    public Task<IReply> CreateNetworkAsync(NetworkRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return NetworkDrivers.Find(request.Driver) is { Scope: NetworkScope.Local } ? Task.FromResult<IReply>(_refusal) : inner.CreateNetworkAsync(request, cancel);
    }

    /// <inheritdoc/>
    public Task<(CreateNetwork? Command, Rejection? Refusal)> ComposeAsync(NetworkRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return NetworkDrivers.Find(request.Driver) is { Scope: NetworkScope.Local } ? Task.FromResult<(CreateNetwork?, Rejection?)>((null, _refusal.Reason)) : inner.ComposeAsync(request, cancel);
    }

    /// <inheritdoc/>
    public Task<IReply> UpdateNetworkAsync(UpdateNetwork update, CancellationToken cancel = default) => inner.UpdateNetworkAsync(update, cancel);
}
