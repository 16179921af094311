using NetworkCluster.Containers;
using NetworkCluster.Gateway;

namespace NetworkCluster.Commands.Networks;

/// <summary><c>network disconnect</c>.</summary>
internal sealed class NetworkDisconnect(IClusterGateway gateway, NetworkDirectory directory)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "disconnect",
        Description = "Disconnect a container from a network",
        Details = "When it returns, the container's names are gone and its address is free. Stale endpoints go away by themselves; nobody needs --force for them.",
        Arguments = [NetworkPalette.Network, NetworkConnect.Container],
        Options = [new() { Name = "force", Short = 'f', Description = "Disconnect it even if it is a container of another host" }],
        Examples = ["network disconnect isolated_nw container2"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var (network, host, container) = await directory.MemberAsync(invocation.Required("network"), invocation.Required("container"), invocation.Has("force"), cancel);
        await gateway.AskAsync<ContainerDone>(new DisconnectContainer(host, container, network.Id, network.Name), cancel);
        return ExitCodes.Ok;
    }
}
