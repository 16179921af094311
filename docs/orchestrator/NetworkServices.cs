using Akka.Actor;
using Akka.Cluster.Tools.Client;
using NetworkCluster;
using NetworkCluster.Services;

namespace Orchestrator;

/// <summary>Why something was not done; nothing was changed.</summary>
internal sealed class RefusedException(Rejection reason) : Exception(reason.Text)
{
    public Rejection Reason => reason;
}

/// <summary>
/// Speaks to the cluster from outside of it. Everything is said until it is answered: ids are chosen here, so that the same message is the same command however often it arrives, at whichever host.
/// </summary>
internal sealed class NetworkServices(IActorRef client)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), Again = TimeSpan.FromSeconds(1);

    /// <summary>Says it and returns the answer.</summary>
    /// <exception cref="RefusedException">It was refused.</exception>
    public async Task<T> AskAsync<T>(IMessage message, CancellationToken cancel) where T : IReply
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                switch (await client.Ask<IReply>(Envelope(message), Patience, cancel))
                {
                    case T done: return done;
                    // Nobody knows whether it was done, or it cannot be done for a while.
                    case Rejected { Reason.Kind: RejectionKind.Unknown or RejectionKind.Unavailable } and not Rejected { Reason: HostIsLost }: break;
                    case Rejected refused: throw new RefusedException(refused.Reason);
                }
            }
            catch (AskTimeoutException)
            {
                Console.WriteLine($"none of the contacts answers {message.GetType().Name}: it is said again");
                continue;
            }

            await Task.Delay(Again, cancel);
        }
    }

    /// <summary>What the client sends to the nearest host's services.</summary>
    public static ClusterClient.Send Envelope(IMessage message) => new(ServiceAddress.Path, message, localAffinity: true);
}
