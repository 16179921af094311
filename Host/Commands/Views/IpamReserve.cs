using NetworkCluster.Addressing;
using NetworkCluster.Gateway;
using NetworkCluster.Ipam;

namespace NetworkCluster.Commands.Views;

/// <summary><c>ipam reserve</c>.</summary>
internal sealed class IpamReserve(IClusterGateway gateway, NetworkDirectory directory, TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>The argument that names an address of the network.</summary>
    public static ArgumentSpec Address { get; } = new() { Name = "address", Description = "An address of one of the network's subnets, in or outside the ip-range" };

    /// <summary>Reads that argument.</summary>
    /// <exception cref="UsageException">It is no address.</exception>
    public static InetAddress AddressOf(Invocation invocation) =>
        invocation.Required("address") is var text && InetAddress.TryParse(text, out var address) ? address : throw new UsageException($"invalid address: {text}");

    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "reserve",
        Description = "Keep an address of a network for a container",
        Details = "Only a container of that name gets the address, whether it asks for it or not, and when it leaves, the address is kept on. Given again for the same name, it changes the end. "
            + "At its end, or with 'ipam release', the reservation goes; a container that has the address keeps it.",
        Arguments = [Networks.NetworkPalette.Network, Address],
        Options =
        [
            new() { Name = "for", ValueName = "name", Mandatory = true, Description = "The container's name; it need not exist yet", CompletedBy = "container" },
            new() { Name = "ttl", ValueName = "duration", Description = "How long: 1s or more, e.g. 10m, 1h30m; it ends within 2 s of that", Default = "until it is released" },
        ],
        Examples = ["ipam reserve --for container3 isolated_nw 172.25.3.3", "ipam reserve --for db --ttl 24h isolated_nw 172.25.9.9"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var address = AddressOf(invocation);
        TimeSpan? ttl = invocation.Value("ttl") is { } span ? PointInTime.ParseSpan("--ttl", span) : null;
        if (ttl < Shortest) throw new UsageException("--ttl: 1s or more");
        var network = await directory.NetworkAsync(invocation.Required("network"), cancel);
        await gateway.AskAsync<ReservationMade>(new ReserveAddress(network.Space, network.Id, address, invocation.Required("for"), time.GetUtcNow() + ttl), cancel);
        await output.LineAsync(address.ToString(), cancel);
        return ExitCodes.Ok;
    }
}
