using NetworkCluster.Gateway;

namespace NetworkCluster.Commands;

/// <summary>The cluster refused; the command ends with the refusal's text.</summary>
internal sealed class RefusedException(Rejection reason) : Exception(reason.Text)
{
    public Rejection Reason { get; } = reason;
}

/// <summary>Replies of the gateway.</summary>
internal static class Replies
{
    /// <summary>The reply that was hoped for.</summary>
    /// <exception cref="RefusedException">It was a refusal.</exception>
    public static T Expect<T>(this IReply reply) where T : IReply => reply switch
    {
        T expected => expected,
        Rejected refused => throw new RefusedException(refused.Reason),
        _ => throw new InvalidOperationException($"the cluster answered {reply.GetType().Name} where {typeof(T).Name} was due"),
    };

    /// <summary>Sends, and gives the reply that was hoped for.</summary>
    /// <exception cref="RefusedException">It was a refusal.</exception>
    public static async Task<T> AskAsync<T>(this IClusterGateway gateway, IAddressed message, CancellationToken cancel) where T : IReply =>
        (await gateway.SendAsync(message, cancel)).Expect<T>();

    /// <summary>Carries out one step for each of several names; a failure does not stop the others.</summary>
    /// <returns>0, or 1 when any failed.</returns>
    public static async Task<int> ForEachAsync<T>(
        this ICommandOutput output, IEnumerable<T> names, Func<T, Task> step, CancellationToken cancel)
    {
        var code = ExitCodes.Ok;
        foreach (var name in names)
        {
            try
            {
                await step(name);
            }
            catch (RefusedException e)
            {
                await output.RefusalAsync(e.Reason, cancel);
                code = ExitCodes.Refused;
            }
        }

        return code;
    }

    /// <summary>Writes a refusal with its kind's name.</summary>
    public static ValueTask RefusalAsync(this ICommandOutput output, Rejection reason, CancellationToken cancel) =>
        output.ErrorAsync(reason.GetType().Name, reason.Text, cancel);
}
