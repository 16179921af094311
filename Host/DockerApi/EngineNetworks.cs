using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Commands;
using NetworkCluster.Commands.Networks.Files;
using NetworkCluster.Drivers;
using NetworkCluster.Networks;

namespace NetworkCluster.DockerApi;

/// <summary>What of another engine's networks can be here.</summary>
internal static class EngineNetworks
{
    // Docker makes it for the way out of its overlay networks; ours have one without.
    private const string GatewayBridge = "docker_gwbridge";

    /// <summary>One network as it would be here; none where it cannot be, or every host has it. The notes say what is lost, and why.</summary>
    public static (FileNetwork? Network, ImmutableArray<string> Notes) Take(EngineNetwork network, string place, FileOrigin origin)
    {
        if (NetworkRules.IsReservedName(network.Name) || network.Driver is "host" or "null") return (null, []);
        if (WhyNot(network) is { } reason) return (null, [$"network {network.Name} is left out: {reason}"]);
        var notes = ImmutableArray.CreateBuilder<string>();
        try
        {
            var request = Request(network, origin, notes);
            return (new(request, place), notes.ToImmutable());
        }
        catch (UsageException cause)
        {
            return (null, [$"network {network.Name} is left out: {cause.Message}"]);
        }
    }

    private static string? WhyNot(EngineNetwork network) => network switch
    {
        { Ingress: true } => "it is the ingress network of a swarm, and there are no swarm services here",
        { Name: GatewayBridge } => "it is the engine's own, for the way out of its overlay networks",
        { ConfigOnly: true } or { ConfigFrom.Network.Length: > 0 } => "it is a configuration for other networks, or made from one; there is nothing of that kind here",
        { EnableIPv4: false } => "it has no IPv4, and every network has here",
        { Ipam.Driver: { Length: > 0 } ipam } when ipam is not ("default" or "null") => $"its addresses are given by the plugin {ipam}; here there are the ipam drivers default and null",
        { Options: { } options } when options.ContainsKey("encrypted") && network.Driver == "overlay" => new EncryptionNotSupported().ToString(),
        _ when NetworkDrivers.Find(network.Driver) is null => $"there is no driver {network.Driver} here (drivers: bridge, overlay)",
        _ => null,
    };

    private static NetworkRequest Request(EngineNetwork network, FileOrigin origin, ImmutableArray<string>.Builder notes)
    {
        var request = new NetworkRequest
        {
            Id = NewIds.Network(),
            Name = network.Name,
            Driver = network.Driver,
            Internal = network.Internal,
            Attachable = network.Attachable,
            EnableIPv6 = network.EnableIPv6,
            IpamDriver = network.Ipam?.Driver is "null" ? "null" : null,
            BareIpam = network.Ipam?.Options is null ? true : null,
            Pools = DockerValues.Pools(network.Ipam is { } ipam ? ipam with { Config = [.. (ipam.Config ?? []).OfType<IpamConfigBody>().Select(config => Plain(config, network.Name, notes))] } : null),
            Labels = DockerValues.Sorted(network.Labels),
            Created = origin.Now,
            Host = origin.Host,
        };
        foreach (var (name, value) in network.Ipam?.Options ?? ImmutableDictionary<string, string>.Empty) notes.Add($"network {network.Name}: the ipam option {name}={value} is left out: there are none here");
        if (request.IpamDriver is null && request.Pools.IsEmpty) notes.Add($"network {network.Name}: the engine names no subnet of it: a free one is picked");
        return request with { Options = Options(network, request, notes) };
    }

    // Engines take a block with bits of a host in it, and some write a gateway with the length of its subnet.
    private static IpamConfigBody Plain(IpamConfigBody config, string name, ImmutableArray<string>.Builder notes) => config with
    {
        Subnet = Masked(config.Subnet, name, notes),
        IpRange = Masked(config.IpRange, name, notes),
        Gateway = config.Gateway?.Split('/')[0],
    };

    private static string? Masked(string? block, string name, ImmutableArray<string>.Builder notes)
    {
        if (block is not { Length: > 0 } || Subnet.TryParse(block, out _) || !Subnet.TrySplit(block, out var address, out var prefix)) return block;
        var meant = Subnet.Around(address, prefix).ToString();
        notes.Add($"network {name}: {block} has host bits set: {meant} is taken");
        return meant;
    }

    // Each by itself: what the driver does not know, or not with this value, is lost, and the rest is not.
    private static ImmutableSortedDictionary<string, string> Options(EngineNetwork network, NetworkRequest request, ImmutableArray<string>.Builder notes)
    {
        var driver = NetworkDrivers.Find(network.Driver)!;
        var kept = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in DockerValues.Sorted(network.Options))
        {
            var alone = request with { Pools = [], Options = ImmutableSortedDictionary<string, string>.Empty.Add(name, value) };
            if (driver.Validate(alone).FirstOrDefault() is { } problem) notes.Add($"network {network.Name}: the option {name}={value} is left out: {problem}");
            else kept[name] = value;
        }

        return kept.ToImmutable();
    }
}
