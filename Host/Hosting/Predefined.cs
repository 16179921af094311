using System.Collections.Immutable;
using System.Security.Cryptography;
using NetworkCluster.Gateway;
using NetworkCluster.Networks;

namespace NetworkCluster.Hosting;

/// <summary>The networks that every host has: <c>bridge</c>, <c>host</c> and <c>none</c>. Asked for at every start; where they exist nothing happens.</summary>
internal static class Predefined
{
    private static readonly ImmutableArray<(string Name, string Driver)> Networks = [("bridge", "bridge"), ("host", "host"), ("none", "null")];

    // A slow machine may need longer than one command may take until its entities answer; the same command with the same id is safe to send again.
    private const int Attempts = 6;

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    // A journal that is away comes back, and until then there is nothing that a process which is started anew could do better.
    private static bool IsForNow(Rejection reason, int attempt) => reason.Kind == RejectionKind.Unavailable || (reason.Kind == RejectionKind.Unknown && attempt < Attempts);

    /// <summary>Makes what is missing, when the journal is there.</summary>
    /// <exception cref="Configuration.ConfigurationProblemException">One was refused.</exception>
    public static async Task EnsureAsync(IClusterGateway gateway, TimeProvider time, ILogger log, CancellationToken cancel)
    {
        foreach (var (name, driver) in Networks)
        {
            var request = new NetworkRequest
            {
                Id = NetworkId.Parse(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))),
                Name = name,
                Driver = driver,
                Predefined = true,
                Created = time.GetUtcNow(),
                Host = gateway.Host,
            };
            var reply = await gateway.CreateNetworkAsync(request, cancel);
            for (var attempt = 1; reply is Rejected { Reason: var reason } && IsForNow(reason, attempt); attempt++)
            {
                if (reason.Kind == RejectionKind.Unavailable)
                {
                    log.LogWarning("the predefined network {Name} cannot be made yet, that is tried again: {Why}", name, reason.Text);
                    await Task.Delay(Again, time, cancel);
                }

                reply = await gateway.CreateNetworkAsync(request, cancel);
            }

            if (reply is Rejected refused) throw new Configuration.ConfigurationProblemException([$"the predefined network {name} could not be made: {refused.Reason.Text}"]);
        }
    }
}
