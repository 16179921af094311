using NetworkCluster.Containers;
using NetworkCluster.Gateway;

namespace NetworkCluster.Commands.Networks;

/// <summary><c>network connect</c>.</summary>
internal sealed class NetworkConnect(IClusterGateway gateway, NetworkDirectory directory)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    /// <summary>The argument that names a container of this host.</summary>
    public static ArgumentSpec Container { get; } = new() { Name = "container", Description = "Name, id, or the beginning of an id, of a container of this host", CompletedBy = "container" };

    private static CommandSpec Spec { get; } = new()
    {
        Name = "connect",
        Description = "Connect a container to a network",
        Details = "When it returns, a running container answers ping and its names. A stopped one is connected when it starts; a fixed address is held for it.",
        Arguments = [NetworkPalette.Network, Container],
        Options = Words.EndpointOptions("alias"),
        Examples = ["network connect isolated_nw container2", "network connect --ip 172.25.3.3 --alias db --link container5:c5 isolated_nw container4"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var settings = invocation.EndpointSettings("alias");
        var (network, container) = await directory.BothAsync(invocation.Required("network"), invocation.Required("container"), cancel);
        await gateway.AskAsync<ContainerDone>(new ConnectContainer(container.Host, NewEndpoint.Of(container.Host, container.Spec, network, settings)), cancel);
        return ExitCodes.Ok;
    }
}
