using NetworkCluster.Gateway;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary><c>network create</c>.</summary>
internal sealed class NetworkCreate(IClusterGateway gateway, TimeProvider time)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "create",
        Description = "Create a network",
        Details = "Prints the new network's id. Each gateway, range and auxiliary address belongs to the subnet that contains it.",
        Arguments = [new() { Name = "network", Description = "Name of the new network" }],
        Options =
        [
            new() { Name = "attachable", Description = "Enable manual container attachment" },
            new() { Name = "aux-address", ValueName = "name=address", Repeatable = true, Description = "Keep an address of a subnet out of the pool, under a name" },
            new() { Name = "driver", Short = 'd', ValueName = "string", Description = "Driver to manage the network: bridge (this host) or overlay (all hosts)", Default = "bridge", Choices = ["bridge", "overlay"] },
            new() { Name = "gateway", ValueName = "address", Repeatable = true, Description = "The network's own address in a subnet", Default = "the lowest free one" },
            new() { Name = "internal", Description = "Restrict external access to the network" },
            new() { Name = "ip-range", ValueName = "cidr", Repeatable = true, Description = "Allocate container addresses from a part of a subnet", Default = "all of it" },
            new() { Name = "ipam-driver", ValueName = "string", Description = "Who gives addresses: default (the pools) or null (nobody: containers have links without addresses)", Default = "default" },
            new() { Name = "ipv6", Description = "Enable IPv6 networking; without an IPv6 subnet a unique local one (fd00::/8) is picked" },
            new() { Name = "label", ValueName = "key=value", Repeatable = true, Description = "Set metadata on a network" },
            new() { Name = "opt", Short = 'o', ValueName = "key=value", Repeatable = true, Description = "Set driver specific options" },
            new() { Name = "subnet", ValueName = "cidr", Repeatable = true, Description = "Subnet in CIDR format that represents a network segment; 0.0.0.0/24 and ::/120 ask for any of that size", Default = "a free one of the default pools" },
        ],
        Examples =
        [
            "network create -d bridge --subnet 172.25.0.0/16 isolated_nw",
            "network create -d overlay --subnet 10.1.0.0/16 --subnet 10.2.0.0/16 --gateway 10.1.0.100 --ip-range 10.1.1.0/24 --aux-address a=10.1.1.5 multihost",
        ],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var options = new PoolOptions
        {
            Subnets = invocation.Values("subnet"),
            IpRanges = invocation.Values("ip-range"),
            Gateways = invocation.Values("gateway"),
            Auxiliary = invocation.Values("aux-address"),
        };
        if (!PoolRequests.TryMatch(options, out var pools, out var problem))
        {
            await output.ErrorAsync(problem.GetType().Name, problem.Text, cancel);
            return ExitCodes.Refused;
        }

        var reply = await gateway.CreateNetworkAsync(new()
        {
            Id = NewIds.Network(),
            Name = invocation.Required("network"),
            Driver = invocation.Value("driver") ?? "bridge",
            Internal = invocation.Has("internal"),
            Attachable = invocation.Has("attachable"),
            EnableIPv6 = invocation.Has("ipv6"),
            IpamDriver = invocation.Value("ipam-driver"),
            Pools = pools,
            Options = invocation.KeyValues("opt"),
            Labels = invocation.KeyValues("label"),
            Created = time.GetUtcNow(),
            Host = gateway.Host,
        }, cancel);
        await output.LineAsync(reply.Expect<NetworkSummary>().Spec.Id.ToString(), cancel);
        return ExitCodes.Ok;
    }
}
