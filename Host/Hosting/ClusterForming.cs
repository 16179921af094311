using System.Globalization;
using System.Net.Sockets;
using Akka.Cluster;
using Akka.Configuration;
using NetworkCluster.Configuration;
using NetworkCluster.Membership;
using NetworkCluster.Serialization;

namespace NetworkCluster.Hosting;

/// <summary>How this process becomes a member of its cluster.</summary>
internal static class ClusterForming
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(10);

    /// <summary>Starts this process's part.</summary>
    /// <exception cref="ConfigurationProblemException">Akka does not take the configuration; it has no exception of one kind for that.</exception>
    public static HostNode Start(Config config, HostSettings settings, TlsIdentity? tls, ILoggerFactory logs, TimeProvider time)
    {
        if (settings.Node.Clustered)
        {
            var address = string.Create(CultureInfo.InvariantCulture, $"akka.remote.dot-netty.tcp {{ hostname = \"{settings.ClusterAddress.Address}\", port = {settings.ClusterAddress.Port} }}");
            config = ConfigurationFactory.ParseString(address).WithFallback(config);
        }

        try
        {
            return HostNode.Start(config, settings.JournalConnection, settings.Node, logs, time, settings.Node.Clustered ? tls : null);
        }
        catch (Exception cause) when (settings.Node.Clustered && Innermost(cause) is SocketException { SocketErrorCode: SocketError.AddressNotAvailable or SocketError.AddressAlreadyInUse or SocketError.AccessDenied } taken)
        {
            throw new ConfigurationProblemException([$"network-cluster.cluster.{(taken.SocketErrorCode == SocketError.AddressNotAvailable ? "address" : "port")}: cannot listen at {settings.ClusterAddress}: {taken.Message}"]);
        }
        catch (Exception cause) when (cause is not ConfigurationProblemException)
        {
            throw new ConfigurationProblemException([$"the actor system cannot be started so (akka...): {Innermost(cause).Message.ReplaceLineEndings(" ")}"]);
        }
    }

    /// <summary>Before anything needs the journal.</summary>
    /// <exception cref="ConfigurationProblemException">Its tables are neither there nor may they be made.</exception>
    public static async Task RefuseWithoutTablesAsync(Config config, HostSettings settings, CancellationToken cancel)
    {
        if (settings.Node.Clustered && await JournalRights.ProblemAsync(settings.JournalConnection, config.GetBoolean("akka.persistence.journal.sql.auto-initialize"), cancel) is { } problem)
            throw new ConfigurationProblemException([$"network-cluster.journal.connection-string: {problem}"]);
    }

    // The base of several exceptions is one of them, with what it was for still inside.
    private static Exception Innermost(Exception cause) => cause.InnerException is { } inner ? Innermost(inner) : cause;

    /// <summary>Returns when this process is a member and no other is the process of the same host.</summary>
    /// <exception cref="ConfigurationProblemException">Another host has this one's name, or the cluster another database.</exception>
    public static async Task JoinedAsync(HostNode node, HostSettings settings, TlsIdentity? tls, ILogger log, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            await WaitedForAsync(node.Up, () => TellAsync(settings, tls, log, cancel), time, cancel);
        }
        catch (OperationCanceledException) when (node.Over.IsCancellationRequested)
        {
            // It begins anew, perhaps always before it would have been said.
            await TellAsync(settings, tls, log, CancellationToken.None);
            throw;
        }
        catch (ForeignJournalException foreign)
        {
            throw new ConfigurationProblemException([$"network-cluster.journal.connection-string: {foreign.Message}"]);
        }

        if (!settings.Node.Clustered) return;

        // An earlier life of ours is removed within seconds; whoever stays, and answers, is another.
        var since = time.GetTimestamp();
        while (Others(node.Cluster, settings).FirstOrDefault() is { } other)
        {
            if (time.GetElapsedTime(since) > TimeSpan.FromSeconds(20))
            {
                throw new ConfigurationProblemException([$"network-cluster.host-id: {settings.Host} is in the cluster already, at {NodeRoles.PlaceOf(other.Address)}: every host needs a name of its own"]);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancel);
        }
    }

    private static async Task TellAsync(HostSettings settings, TlsIdentity? tls, ILogger log, CancellationToken cancel)
    {
        var why = await Task.WhenAll(settings.Node.Seeds.Select(seed => SeedProbe.WhyNotHeardAsync(seed, tls, cancel)));
        log.LogWarning("not yet a member of the cluster: waiting for one of [{Seeds}]. If another cluster lives on this database, this host joins that one or none{Why}",
            string.Join(", ", settings.Node.Seeds), string.Concat(why.Where(one => one is not null).Select(one => $". {one}")));
    }

    private static IEnumerable<Member> Others(Cluster cluster, HostSettings settings) =>
        cluster.State.Members.Where(member => member.Status == MemberStatus.Up && !member.UniqueAddress.Equals(cluster.SelfUniqueAddress) && NodeRoles.HostOf(member) == settings.Host);

    private static async Task WaitedForAsync(Task what, Func<Task> tell, TimeProvider time, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await what.WaitAsync(TellEvery, time, cancel);
                return;
            }
            catch (TimeoutException)
            {
                await tell();
            }
        }
    }
}
