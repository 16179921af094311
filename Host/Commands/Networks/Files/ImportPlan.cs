using System.Collections.Immutable;
using NetworkCluster.Gateway;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks.Files;

/// <summary>What an import would do, and why it cannot: found before anything is made.</summary>
/// <param name="New">The networks to make, in order.</param>
/// <param name="There">Those that are there already, and the same.</param>
/// <param name="Problems">Everything that is in the way, with its place and its kind.</param>
internal sealed record ImportPlan(ImmutableArray<FileNetwork> New, ImmutableArray<FileNetwork> There, ImmutableArray<(string Kind, string Text)> Problems)
{
    /// <summary>The kind of a problem that is a difference to what is there.</summary>
    public const string Differs = "NetworkDiffers";

    /// <summary>Compares networks with those that are there, and rehearses the creation of the rest.</summary>
    public static async Task<ImportPlan> MakeAsync(ImmutableArray<FileNetwork> networks, IClusterGateway gateway, NetworkDirectory directory, CancellationToken cancel)
    {
        var all = await directory.AllAsync(cancel);
        var spaces = new[] { AddressSpaceId.Global, AddressSpaceId.Of(gateway.Host) }.ToDictionary(space => space, space => new NetworkRehearsal(space, all.Where(network => network.Space == space)));
        var (made, there, problems) = (ImmutableArray.CreateBuilder<FileNetwork>(), ImmutableArray.CreateBuilder<FileNetwork>(), ImmutableArray.CreateBuilder<(string, string)>());
        var seen = new Dictionary<(AddressSpaceId?, string), FileNetwork>();
        foreach (var network in networks)
        {
            var key = (network.Space, network.Request.Name);
            if (!seen.TryAdd(key, network)) Problem(network, nameof(NetworkNameTaken), $"is there twice, first at {seen[key].Place}");
            else if (all.FirstOrDefault(known => known.Space == network.Space && known.Name == network.Request.Name) is { } known) Compare(known, network);
            else if (await RefusalAsync(network) is { } refusal) Problem(network, refusal.GetType().Name, refusal.Text);
            else made.Add(network);
        }

        return new(made.ToImmutable(), there.ToImmutable(), problems.ToImmutable());

        void Compare(NetworkSpec known, FileNetwork network)
        {
            if (known.Predefined) Problem(network, nameof(ReservedNetworkName), new ReservedNetworkName(known.Name).Text);
            else if (FileDifferences.Between(known, network).ToList() is [_, ..] differences) Problem(network, Differs, $"is there already, and differs: {string.Join("; ", differences)}");
            else there.Add(network);
        }

        async Task<Rejection?> RefusalAsync(FileNetwork network)
        {
            var (command, refusal) = await gateway.ComposeAsync(network.Request, cancel);
            return refusal ?? spaces[network.Space!.Value].Try(command!);
        }

        void Problem(FileNetwork network, string kind, string text) => problems.Add((kind, $"{network.Place}: network {network.Request.Name}: {text}"));
    }
}
