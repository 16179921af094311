using NetworkCluster.Gateway;
using NetworkCluster.Ipam;

namespace NetworkCluster.Commands.Views;

/// <summary><c>ipam release</c>.</summary>
internal sealed class IpamRelease(IClusterGateway gateway, NetworkDirectory directory)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "release",
        Description = "Keep an address for nobody any more",
        Details = "A container that has the address keeps it.",
        Arguments = [Networks.NetworkPalette.Network, IpamReserve.Address],
        Examples = ["ipam release isolated_nw 172.25.3.3"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var address = IpamReserve.AddressOf(invocation);
        var network = await directory.NetworkAsync(invocation.Required("network"), cancel);
        await gateway.AskAsync<ReservationGone>(new EndReservation(network.Space, network.Id, address), cancel);
        await output.LineAsync(address.ToString(), cancel);
        return ExitCodes.Ok;
    }
}
