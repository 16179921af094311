using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Client;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;
using LinqToDB;
using Microsoft.Extensions.Logging;
using NetworkCluster.Agents;
using NetworkCluster.Dns;
using NetworkCluster.Entities;
using NetworkCluster.Gateway;
using NetworkCluster.Hosts;
using NetworkCluster.Membership;
using NetworkCluster.Serialization;
using NetworkCluster.Services;

namespace NetworkCluster.Hosting;

/// <summary>One process's part of the cluster: the actor system with its journal, the entities' regions and the host's agent.</summary>
public sealed class HostNode : IAsyncDisposable
{
    private readonly NodeSettings _settings;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _over = new();
    private Task _membership = Task.CompletedTask;
    private Task _watch = Task.CompletedTask;
    private readonly TaskCompletionSource _member = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostNode(ActorSystem system, DataOptions journal, NodeSettings settings, TimeProvider time)
    {
        Feed = new JournalFeed(system, journal, time);
        (System, _settings, _time) = (system, settings, time);
        Cluster = Cluster.Get(system);
        Cluster.RegisterOnMemberUp(() => (settings.Clustered ? _member : _up).TrySetResult());
        system.RegisterOnTermination(_over.Cancel);
    }

    /// <summary>The actor system.</summary>
    public ActorSystem System { get; }

    /// <summary>The cluster as this process sees it.</summary>
    public Cluster Cluster { get; }

    /// <summary>Where entities are reached.</summary>
    public EntityRouter Router { get; } = new();

    /// <summary>Tells what is journaled.</summary>
    public IJournalFeed Feed { get; }

    /// <summary>Whether the journal can be reached.</summary>
    public JournalHealth Journal { get; } = new();

    /// <summary>This life of the process, see <see cref="JoinHost"/>.</summary>
    public string Token => NodeRoles.TokenOf(Cluster.SelfUniqueAddress);

    /// <summary>Cancelled when the system has ended, by itself or by the others, who removed this process: whoever waits for it waits in vain from then on.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Completes when this process is a member of the cluster, and carries entities if it may.</summary>
    /// <exception cref="ForeignJournalException">The cluster has another journal: nothing was carried.</exception>
    public Task Up => _up.Task;

    /// <summary>What the journal and Akka's extensions say by themselves.</summary>
    public static Config Defaults { get; } = SqlPersistence.DefaultConfiguration.WithFallback(ExtensionDefaults.Config);

    /// <summary>Starts the system and begins to join. It carries entities as soon as it is <see cref="Up"/>; alone, at once.</summary>
    /// <param name="config">All layers; Akka's and the journal's own defaults are laid under it.</param>
    /// <param name="journal">How the journal is connected to: PostgreSQL where the node is clustered, otherwise SQLite.</param>
    /// <param name="settings">What this process is, and whom it joins.</param>
    /// <param name="logs">Where Akka's log goes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tls">Who this process is to the others; none: without TLS. Must outlive the node.</param>
    public static HostNode Start(Config config, string journal, NodeSettings settings, ILoggerFactory logs, TimeProvider time, TlsIdentity? tls = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        NameTheMachine();
        LastWords.Factory = logs;
        var roles = string.Join(", ", NodeRoles.Of(settings).Select(role => $"\"{role}\""));
        var options = settings.Clustered ? PostgresJournal.Options(journal) : SqliteJournal.Options(journal);
        var setup = BootstrapSetup.Create()
            .WithConfig(ConfigurationFactory.ParseString($"akka.cluster.roles = [{roles}]")
                .WithFallback(tls is null ? Config.Empty : WireConfig.Tls)
                .WithFallback(config)
                .WithFallback(Defaults))
            .And(new DataOptionsSetup(options))
            .And(new LoggerSetup(logs));
        if (tls is not null) setup = tls.Over(setup);
        var node = new HostNode(ActorSystem.Create("network-cluster", setup), options, settings, time);
        if (settings.Clustered)
        {
            node.System.ActorOf(Props.Create(() => new Expulsion()), "expulsion");
            if (settings.Control) EntityRegions.Prepare(node.System);
            node._membership = node.JoinAsync(new JournalClaim(journal, NodeRoles.PlaceOf(node.Cluster.SelfAddress), settings.Seeds, time, logs.CreateLogger<JournalClaim>()), logs.CreateLogger<ClusterJoin>());
            node._watch = WatchAsync(new JournalWatch(journal, node.Journal, node.Router, node.Up, time, logs.CreateLogger<JournalWatch>()), node._ending.Token);
        }
        else
        {
            node.Run();
            node.Cluster.Join(node.Cluster.SelfAddress);
            node._watch = EndedAsync(new SqliteWatch(journal, node.Journal, node.Router, time, logs.CreateLogger<SqliteWatch>()).RunAsync(node._ending.Token), node._ending.Token);
        }

        return node;
    }

    // Akka's transport numbers its channels with a link-layer address of the machine. It looks through all interfaces for one, and fails for the rest of the process's life when one of them
    // goes away meanwhile; and interfaces are what we make and remove. The number is for logs alone: 8 hex digits of our own do.
    internal static void NameTheMachine()
    {
        const string Setting = "io.netty.machineId";
        if (Environment.GetEnvironmentVariable(Setting) is null) Environment.SetEnvironmentVariable(Setting, "6e776331");
    }

    private async Task JoinAsync(JournalClaim claim, ILogger log)
    {
        await using var held = claim.ConfigureAwait(false);
        try
        {
            await new ClusterJoin(Cluster, _settings, claim, _member.Task, _time, log).RunAsync(_ending.Token).ConfigureAwait(false);
            Run();
            _up.TrySetResult();
            await claim.KeepAsync(_ending.Token).ConfigureAwait(false);
        }
        catch (ForeignJournalException foreign)
        {
            _up.TrySetException(foreign);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The lock goes with the session.
        }
        catch (Exception) when (Over.IsCancellationRequested)
        {
            // The others have removed it meanwhile: there is no system that could carry anything.
        }
    }

    private static async Task WatchAsync(JournalWatch watch, CancellationToken ending)
    {
        await using var watching = watch.ConfigureAwait(false);
        await EndedAsync(watch.RunAsync(ending), ending).ConfigureAwait(false);
    }

    private static async Task EndedAsync(Task watching, CancellationToken ending)
    {
        try
        {
            await watching.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Nobody writes any more.
        }
    }

    private void Run()
    {
        var reach = _settings.Clustered ? new JournalReach(_time) : null;
        EntityRegions.Start(System, Router, Journal, _settings.Control, reach);
        Router.Register(EntityKind.Agent, System.ActorOf(Props.Create(() => new AgentDirectory(_settings.Host)), "agents"));
        if (reach is null || !_settings.Control) return;
        System.ActorOf(Props.Create(() => new JournalReports(Journal, reach)), JournalReports.Name);
        System.ActorOf(Props.Create(() => new Witness()), WitnessLease.Witness);
        System.ActorOf(Props.Create(() => new LostHosts(_settings, Router, _time)), "lost-hosts");
    }

    /// <summary>Starts the host's agent; it joins by itself.</summary>
    public void StartAgent(AgentSettings settings, IHostNetworking networking, ISandboxServices services, NameTable names)
    {
        var agent = System.ActorOf(Props.Create(() => new HostAgent(settings, Router, networking, services, names, _time)), AgentDirectory.AgentName);
        Router.TargetOf(EntityKind.Agent).Tell(new AgentDirectory.OwnAgent(agent), ActorRefs.NoSender);
        // Said again by the leader, should it get lost: see LostHosts.
        Router.Send(new RegisterHost(settings.Host), ActorRefs.NoSender);
    }

    /// <summary>Lets other services of the neighbourhood speak to this host, see <see cref="Services.ServiceAddress"/>. Only in a cluster: a host that is alone is reached by nobody.</summary>
    public void StartServices(IClusterGateway gateway)
    {
        if (!_settings.Clustered) return;
        ClusterClientReceptionist.Get(System).RegisterService(System.ActorOf(Props.Create(() => new ServiceGateway(gateway, Router, Feed)), ServiceGateway.Name));
    }

    /// <summary>Starts the clock that ends reservations.</summary>
    public void StartClock() => System.ActorOf(Props.Create(() => new ReservationClock(_settings.Host, Router, _time)), "reservation-clock");

    /// <summary>Leaves the cluster and stops everything in order.</summary>
    public async ValueTask DisposeAsync()
    {
        await CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance).ConfigureAwait(false);
        await _ending.CancelAsync().ConfigureAwait(false);
        await _membership.ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        _ending.Dispose();
        _over.Dispose();
    }
}
