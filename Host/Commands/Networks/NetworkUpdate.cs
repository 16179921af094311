using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Drivers;
using NetworkCluster.Gateway;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary><c>network update</c>.</summary>
internal sealed class NetworkUpdate(IClusterGateway gateway, NetworkDirectory directory)
{
    private static readonly ImmutableArray<string> Changing = ["name", "subnet", "ip-range", "mtu", "dns-ttl", "opt", "opt-rm", "label-add", "label-rm"], OfSubnet = ["gateway", "aux-address"];

    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "update",
        Description = "Change a network while it is in use",
        Details = "In place and whole, or not at all: containers in it keep their addresses and their connections. What is not named stays. "
            + "Of a new family's subnet containers get an address when they are connected or started the next time.",
        Arguments = [NetworkPalette.Network],
        Options =
        [
            new() { Name = "aux-address", ValueName = "name=address", Repeatable = true, Description = "Keep an address of the new subnet out of the pool, under a name" },
            new() { Name = "dns-ttl", ValueName = "seconds", Description = $"How long clients may keep answers about containers: the option {DriverOptions.DnsTtl.Name}" },
            new() { Name = "gateway", ValueName = "address", Description = "The network's own address in the new subnet", Default = "the lowest free one" },
            new() { Name = "ip-range", ValueName = "cidr", Description = "Allocate from this part of the new subnet; without a new one, from this part of the one that contains it, too" },
            new() { Name = "label-add", ValueName = "key=value", Repeatable = true, Description = "Add a label, or give it another value" },
            new() { Name = "label-rm", ValueName = "key", Repeatable = true, Description = "Remove a label" },
            new() { Name = "mtu", ValueName = "bytes", Description = $"Largest packet, on every link at once: the option {BridgeDriver.Mtu}" },
            new() { Name = "name", ValueName = "string", Description = "Another name" },
            new() { Name = "opt", Short = 'o', ValueName = "key=value", Repeatable = true, Description = "Give a driver option another value" },
            new() { Name = "opt-rm", ValueName = "key", Repeatable = true, Description = "Let a driver option be again what it is without a value" },
            new() { Name = "subnet", ValueName = "cidr", Description = "A further subnet: on a bridge of the other family, on an overlay any" },
        ],
        Examples =
        [
            "network update --label-add team=blue --label-rm temporary isolated_nw",
            "network update --mtu 1400 --dns-ttl 5 isolated_nw",
            "network update --name frontend isolated_nw",
            "network update --subnet fd00:25::/64 isolated_nw",
            "network update --ip-range 172.28.6.0/24 br0",
        ],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        if (invocation.Values("subnet").IsEmpty && OfSubnet.FirstOrDefault(option => !invocation.Values(option).IsEmpty) is { } orphan) throw new UsageException($"--{orphan} belongs to a new --subnet: that of a subnet stays as it was made");
        if (Changing.All(option => invocation.Values(option).IsEmpty)) throw new UsageException($"nothing to change: give {string.Join(", ", Changing.Select(option => $"--{option}"))}");
        if (invocation.Values("label-add").Select(KeyOf).Intersect(invocation.Values("label-rm")).FirstOrDefault() is { } label) throw new UsageException($"label {label} is both added and removed");
        if (invocation.Values("opt").Select(KeyOf).Intersect(invocation.Values("opt-rm")).FirstOrDefault() is { } key) throw new UsageException($"option {key} is both given and removed");
        var subnets = invocation.Values("subnet");
        var ranges = invocation.Values("ip-range");
        var options = new PoolOptions { Subnets = subnets, IpRanges = subnets.IsEmpty ? [] : ranges, Gateways = invocation.Values("gateway"), Auxiliary = invocation.Values("aux-address") };
        if (!PoolRequests.TryMatch(options, out var pools, out var problem)) throw new UsageException(problem.Text);

        var network = await directory.NetworkAsync(invocation.Required("network"), cancel);
        var values = invocation.KeyValues("opt");
        // Where it was made with the short name, that one has another value from now on: both would disagree.
        var mtu = network.Options.ContainsKey(BridgeDriver.MtuShort) ? BridgeDriver.MtuShort : BridgeDriver.Mtu;
        if (invocation.Value("mtu") is { } bytes) values = values.SetItem(mtu, bytes);
        if (invocation.Value("dns-ttl") is { } ttl && values.TryGetValue(DriverOptions.DnsTtl.Name, out var other) && other != ttl) throw new UsageException($"--dns-ttl {ttl} and {DriverOptions.DnsTtl.Name}={other} disagree");
        if (invocation.Value("dns-ttl") is { } seconds) values = values.SetItem(DriverOptions.DnsTtl.Name, seconds);
        var reply = await gateway.UpdateNetworkAsync(new(network.Space, network.Id, gateway.Host)
        {
            Name = invocation.Value("name"),
            Subnet = pools is [var pool] ? pool : null,
            IpRange = subnets.IsEmpty && ranges is [var range] ? Subnet.TryParse(range, out var parsed) ? parsed : throw new UsageException(PoolRequests.NotABlock(range).Text) : null,
            Labels = invocation.KeyValues("label-add"),
            RemovedLabels = invocation.Values("label-rm"),
            Options = values,
            RemovedOptions = invocation.Values("opt-rm"),
        }, cancel);
        await output.LineAsync(reply.Expect<NetworkSummary>().Spec.Name, cancel);
        return ExitCodes.Ok;

        static string KeyOf(string word) => word.Split('=')[0];
    }
}
