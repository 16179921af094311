using System.Collections.Immutable;
using System.Security.Cryptography;
using NetworkCluster.Gateway;
using NetworkCluster.Networks;

namespace NetworkCluster.Hosting;

/// <summary>The networks that every host has: <c>bridge</c>, <c>host</c> and <c>none</c>. Asked for at every start; where they exist nothing happens.</summary>
internal static class Predefined
{
    private static readonly ImmutableArray<(string Name, string Driver)> Networks = [("bridge", "bridge"), ("host", "host"), ("none", "null")];

    /// <summary>Makes what is missing.</summary>
    /// <exception cref="InvalidOperationException">One was refused.</exception>
    public static async Task EnsureAsync(IClusterGateway gateway, TimeProvider time, CancellationToken cancel)
    {
        foreach (var (name, driver) in Networks)
        {
            var reply = await gateway.CreateNetworkAsync(new()
            {
                Id = NetworkId.Parse(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))),
                Name = name,
                Driver = driver,
                Predefined = true,
                Created = time.GetUtcNow(),
                Host = gateway.Host,
            }, cancel);
            if (reply is Rejected refused) throw new InvalidOperationException($"the predefined network {name} could not be made: {refused.Reason.Text}");
        }
    }
}
