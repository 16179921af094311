using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using NetworkCluster.Addressing;
using NetworkCluster.Drivers;
using NetworkCluster.Entities;
using NetworkCluster.Hosting;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Gateway;

/// <summary>The gateway of one host process. The only place that asks: entities and agents never do.</summary>
/// <param name="host">This host.</param>
/// <param name="router">Where entities are reached.</param>
/// <param name="defaultPools">Where free subnets are picked from, in order: local networks, then global ones.</param>
/// <param name="hostRoutes">The host's routes, read when a network is created.</param>
/// <param name="journal">What is known of the journal: while it takes no writes, what has begun waits for it.</param>
/// <param name="log">Is told what was asked for here, and what came of it.</param>
public sealed class ClusterGateway(
    HostId host,
    EntityRouter router,
    (ImmutableArray<DefaultPool> Local, ImmutableArray<DefaultPool> Global) defaultPools,
    Func<CancellationToken, Task<ImmutableArray<Subnet>>> hostRoutes,
    JournalHealth journal,
    ILogger log) : IClusterGateway
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    // Of requests: from a place of this process's own onwards.
    private long _number = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    // When what was not answered is asked again, counted from the beginning: longer than anything takes where all is well, early enough for an entity that moves, and once more when a host that died has been removed (about 7 s).
    private static readonly ImmutableArray<TimeSpan> AskedAgain = [TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8.5)];

    /// <inheritdoc/>
    public HostId Host => host;

    /// <inheritdoc/>
    public async Task<IReply> SendAsync(IAddressed message, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var began = Stopwatch.GetTimestamp();
        using var span = NodeTraces.Ask("gateway", message);
        var reply = await AskAsync(message, message is ITakesTime patient ? AnswerTimeout + patient.Extra : AnswerTimeout, cancel).ConfigureAwait(false);
        if (message is not IQuery && reply is Rejected { Reason: OutcomeUnknown unknown } && journal.Outage is { } outage) reply = new Rejected(unknown with { What = $"{unknown.What}; what has begun is carried on when the journal takes writes again ({outage.Cause})" });
        var took = Stopwatch.GetElapsedTime(began);
        NodeMetrics.Answered(message, reply, took);
        if (reply is Rejected rejected) NodeTraces.Fail(span, rejected.Reason, message);
        Log(message, reply, took);
        return reply;
    }

    // What changes something, and questions where somebody wants to see everything.
    private void Log(IAddressed message, IReply reply, TimeSpan took)
    {
        var level = message is IRequest ? LogLevel.Information : LogLevel.Debug;
        if (log.IsEnabled(level)) log.Say(level, string.Create(CultureInfo.InvariantCulture, $"{message.GetType().Name} {message.Entity.Id}: {(reply is Rejected { Reason: var reason } ? reason.Text : "done")} ({took.TotalMilliseconds:0.0} ms)"), message, ("outcome", reply is Rejected refused ? refused.Reason.Kind : "Done"));
    }

    // What is said to an entity that moves, or comes back after a process died, may be lost, and so may its answer. The same request is the same however often it is said; the first that is known counts.
    private async Task<IReply> AskAsync(IAddressed message, TimeSpan patience, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        var numbered = message is Request once ? (IAddressed)(once with { Number = Interlocked.Increment(ref _number) }) : message;
        var first = AskOnceAsync(numbered, patience, cancel);
        if (message is not (Request or IQuery)) return await first.ConfigureAwait(false);
        List<Task<IReply>> asked = [first];
        IReply? unknown = null;
        foreach (var at in AskedAgain)
        {
            if (await AnswerAsync(at).ConfigureAwait(false) is { } reply) return reply;
            var again = numbered is Request request ? (IAddressed)(request with { Again = true }) : message;
            asked.Add(AskOnceAsync(again, patience - Stopwatch.GetElapsedTime(began), cancel));
        }

        return await AnswerAsync(patience).ConfigureAwait(false) ?? unknown ?? Unanswered(message, patience);

        async Task<IReply?> AnswerAsync(TimeSpan until)
        {
            while (until - Stopwatch.GetElapsedTime(began) is var left && left > TimeSpan.Zero)
            {
                if (asked.Count == 0)
                {
                    await Task.Delay(left, cancel).ConfigureAwait(false);
                    return null;
                }

                Task<IReply> answered;
                try
                {
                    answered = await Task.WhenAny(asked).WaitAsync(left, cancel).ConfigureAwait(false);
                }
                catch (TimeoutException)
                {
                    return null;
                }

                asked.Remove(answered);
                var reply = await answered.ConfigureAwait(false);
                if (reply is Rejected { Reason.Kind: RejectionKind.Unknown }) unknown ??= reply;
                // That nothing was done about it says nothing about the others, said before or since; and ids that were used are our own, of one that was begun and undone.
                else if (reply is Rejected { Reason: { Kind: RejectionKind.Unavailable } } && (answered != first || asked.Count > 0) || reply is Rejected { Reason: IdTaken } && answered != first) return unknown ?? Unanswered(message, Stopwatch.GetElapsedTime(began));
                else return reply;
            }

            return null;
        }
    }

    private static Rejected Unanswered(IAddressed message, TimeSpan patience) => new(new OutcomeUnknown($"{message.Entity} did not answer within {patience.TotalSeconds:0} s"));

    private async Task<IReply> AskOnceAsync(IAddressed message, TimeSpan patience, CancellationToken cancel)
    {
        NodeTraces.Carry(message);
        try
        {
            return await router.TargetOf(message).Ask<IReply>(message, patience, cancel).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return Unanswered(message, patience);
        }
    }

    /// <inheritdoc/>
    public async Task<IReply> ResolveNetworkAsync(string nameOrId, CancellationToken cancel = default)
    {
        var replies = await Task.WhenAll(
            SendAsync(new FindNetwork(AddressSpaceId.Of(host), nameOrId), cancel),
            SendAsync(new FindNetwork(AddressSpaceId.Global, nameOrId), cancel)).ConfigureAwait(false);
        return NetworkLookup.Choose(nameOrId, replies[0], replies[1]);
    }

    /// <inheritdoc/>
    public Task<IReply> ResolveContainerAsync(string nameOrId, CancellationToken cancel = default) =>
        SendAsync(new Containers.FindContainer(host, nameOrId), cancel);

    /// <inheritdoc/>
    public async Task<IReply> CreateNetworkAsync(NetworkRequest request, CancellationToken cancel = default)
    {
        var (command, refusal) = await ComposeAsync(request, cancel).ConfigureAwait(false);
        return command is null ? new Rejected(refusal!) : await SendAsync(command, cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<(CreateNetwork? Command, Rejection? Refusal)> ComposeAsync(NetworkRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (DriverChoice.Refuse(request) is { } refusal) return (null, refusal);
        var scope = NetworkDrivers.Find(request.Driver)!.Scope;
        var routes = await hostRoutes(cancel).ConfigureAwait(false);
        var create = new CreateNetwork(request, scope, routes, scope == NetworkScope.Global ? defaultPools.Global : defaultPools.Local);
        if (!NetworkRules.NeedsChoice(request)) return (create, null);

        // What the other scope's networks have is not picked: a container in both would have two routes to one subnet.
        var other = scope == NetworkScope.Global ? AddressSpaceId.Of(host) : AddressSpaceId.Global;
        var taken = await SendAsync(new GetTakenSubnets(other, [.. create.DefaultPools.Select(pool => pool.Base)]), cancel).ConfigureAwait(false);
        return taken switch
        {
            TakenSubnets { Subnets: var elsewhere } => (create with { Elsewhere = elsewhere }, null),
            Rejected { Reason: var reason } => (null, reason),
            _ => throw new InvalidOperationException($"{other} answered {taken.GetType().Name} where {nameof(TakenSubnets)} was due"),
        };
    }

    /// <inheritdoc/>
    public async Task<IReply> UpdateNetworkAsync(UpdateNetwork update, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        return await SendAsync(update.Subnet is null ? update : update with { HostRoutes = await hostRoutes(cancel).ConfigureAwait(false) }, cancel).ConfigureAwait(false);
    }
}
