using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;
using NetworkCluster.Access;
using NetworkCluster.Addressing;
using NetworkCluster.Commands;
using NetworkCluster.Configuration;
using NetworkCluster.DockerApi;
using NetworkCluster.Engine;
using NetworkCluster.Gateway;
using NetworkCluster.Linux;
using NetworkCluster.Operations;
using NetworkCluster.Serialization;

namespace NetworkCluster.Hosting;

/// <summary>One running host: everything is put together here, and taken apart in the opposite order.</summary>
internal sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(2);

    private readonly HostSettings _options;
    private readonly HostDataplane? _dataplane;
    private readonly WebApplication _web;
    private readonly HostNode _node;
    private readonly Stack<IAsyncDisposable> _parts;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<string> _journalLost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(HostSettings options, HostDataplane? dataplane, WebApplication web, HostNode node, Stack<IAsyncDisposable> parts, TimeProvider time) =>
        (_options, _dataplane, _web, _node, _parts, _time) = (options, dataplane, web, node, parts, time);

    /// <summary>Whose process it is.</summary>
    public Hosts.HostId Id => _options.Host;

    /// <summary>Where pbm connects.</summary>
    public string PbmAddress => _web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(listened => !listened.Contains("unix:", StringComparison.Ordinal)).Split("//")[1];

    /// <summary>The first screen.</summary>
    public string Welcome
    {
        get
        {
            var pbm = PbmAddress == "127.0.0.1:9110" ? "./pbm" : $"./pbm {PbmAddress}";
            var another = _options.PbmTls is null ? "In another terminal:" : "In another terminal, with PBM_CERT_PATH naming the directory of an admin's ca.pem, cert.pem and key.pem:";
            return _dataplane is null ? $"""

                Host {_options.Host} is up, without a data plane (network-cluster.cluster.roles): it carries its part of the cluster, and containers are on other hosts. {another}

                  {pbm} network create --driver overlay multihost
                  {pbm} host ls
                  {pbm} cluster show

                {pbm} --help shows the rest; {pbm} alone is a prompt. Ctrl-C ends the host.

                """ : $"""

                Host {_options.Host} is up{(_dataplane.IsSimulated ? " (simulated: it prints what it would do and touches no kernel)" : "")}. Its journal is {(_options.Node.Clustered ? "the database" : $"in {_options.DataDirectory}")}. {another}

                  {pbm} network create isolated_nw --subnet 172.25.0.0/16
                  {pbm} container run -d --name container2
                  {pbm} network connect isolated_nw container2
                  {pbm} container run -d --name container3 --network isolated_nw --ip 172.25.3.3
                  {pbm} container exec container2 ping -c1 container3
                  {pbm} network inspect isolated_nw

                {pbm} --help shows the rest; {pbm} alone is a prompt. Ctrl-C ends the host; its containers live on and are adopted at the next start.

                """;
        }
    }

    /// <summary>Starts a host and returns when it answers.</summary>
    /// <exception cref="ConfigurationProblemException">It cannot be started so.</exception>
    /// <exception cref="RemovedFromClusterException">The other hosts removed it meanwhile; it may be started again.</exception>
    /// <exception cref="OperationCanceledException">It was told to end before it was up.</exception>
    /// <param name="config">All layers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tell">Is told what it is at: a start may take long.</param>
    /// <param name="told">The process is told to end (SIGTERM, SIGINT, SIGHUP).</param>
    public static async Task<HostProcess> StartAsync(Config config, TimeProvider time, Action<string> tell, CancellationToken told)
    {
        var options = HostSettings.From(config);
        var parts = new Stack<IAsyncDisposable>();
        try
        {
            return await StartAsync(config, options, time, parts, tell, told);
        }
        catch (Exception cause) when (IsOfListening(cause))
        {
            await DisposeAsync(parts);
            throw new ConfigurationProblemException([$"cannot listen, although nobody did when this was asked before all else: {cause.Message}"]);
        }
        catch (Exception cause)
        {
            var removed = !told.IsCancellationRequested && cause is not ConfigurationProblemException && parts.OfType<HostNode>().FirstOrDefault() is { Over.IsCancellationRequested: true };
            await DisposeAsync(parts);
            if (removed) throw new RemovedFromClusterException(cause);
            throw;
        }
    }

    private static async Task<HostProcess> StartAsync(Config config, HostSettings options, TimeProvider time, Stack<IAsyncDisposable> parts, Action<string> tell, CancellationToken told)
    {
        tell($"Host {options.Host} starts.");
        RefuseTaken("pbm", options.Pbm);
        var tls = options.Tls is null ? null : Keep(TlsReading.ReadPeer(options.Tls));
        var tcp = options.DockerTcp is null ? null : options.DockerTcp.Files == options.Tls ? tls : Keep(TlsReading.Read(options.DockerTcp.Files, "docker-api.tcp"));
        if (options.Operations is { } watched) RefuseTaken("operations", watched);
        if (options.DockerTcp is { Address: var address }) RefuseTaken("docker-api.tcp.address", address);
        var data = DataDirectory.Take(options);
        parts.Push(new Disposing(data));
        // What is traced last is sent, too.
        var traces = TraceExport.Start(options.Host);
        if (traces is not null) parts.Push(new Disposing(traces));
        var operations = options.Operations is null ? null : await OperationsServer.StartAsync(options.Host, options.Operations);
        if (operations is not null)
        {
            parts.Push(operations);
            parts.Push(told.Register(operations.Health.End));
        }

        var wished = options.DockerSocket;
        if (wished.Length > 0 && !DockerSocket.Prepare(wished, options.DockerGroup)) options = options with { DockerSocket = "" };
        if (options.Engine is { } engine && !DockerSocket.Prepare(engine.Plugin, "", "engine.plugin")) throw new ConfigurationProblemException([$"network-cluster.engine.plugin: this process may not listen at {engine.Plugin}"]);
        if (options is { Engine: not null, Node.Agent: false }) throw new ConfigurationProblemException(["network-cluster.engine.plugin: a host without the role agent has no data plane to give to an engine"]);
        var web = BuildWeb(options, options.PbmTls is null ? null : tls, tcp, time);
        parts.Push(web);
        parts.Push(told.Register(web.Lifetime.StopApplication));
        var logs = web.Services.GetRequiredService<ILoggerFactory>();
        if (traces is not null) parts.Push(new Disposing(new ExportFaults(logs.CreateLogger("NetworkCluster.Traces"))));

        if (wished != options.DockerSocket) logs.CreateLogger("NetworkCluster.DockerApi").LogWarning("this process may not listen at {Socket}: docker's clients are not served (network-cluster.docker-api.socket)", wished);

        await ClusterForming.RefuseWithoutTablesAsync(config, options, told);
        var dataplane = options.Node.Agent ? HostDataplane.Open(options, data.IsNew, logs, time, parts) : null;
        var node = ClusterForming.Start(config, options, tls, logs, time);
        parts.Push(node);
        operations?.Health.Begin(node);
        // Whatever is waited for from here on never comes once the others have removed this process.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(told, node.Over);
        if (options.Node.Clustered) tell("It joins the cluster.");
        await ClusterForming.JoinedAsync(node, options, tls, logs.CreateLogger("NetworkCluster.Cluster"), time, end.Token);
        IClusterGateway gateway = new ClusterGateway(options.Host, node.Router, (options.LocalPools, options.GlobalPools), dataplane is null ? _ => Task.FromResult<ImmutableArray<Subnet>>([]) : dataplane.Networking.HostRoutesAsync, node.Journal, logs.CreateLogger("NetworkCluster.Commands"));
        // The cluster's address space is recovered before a thousand endpoints of an adoption stand before it in the journal's queue; and the journal is warm for them.
        tell("It reads its journal.");
        await gateway.SendAsync(new Ipam.GetTakenSubnets(Ipam.AddressSpaceId.Global, []), end.Token);
        var processes = new SandboxProcesses(Path.Combine(options.DataDirectory, DataDirectory.Containers));
        node.StartClock();
        if (dataplane is null)
        {
            gateway = new GatewayWithoutDataplane(gateway);
        }
        else
        {
            node.StartAgent(new() { Host = options.Host, Token = node.Token, ReconcileEvery = options.ReconcileEvery, Vtep = options.Vtep }, dataplane.Networking, new SandboxServices(dataplane.Dns, processes, time), dataplane.Names);
            await Predefined.EnsureAsync(gateway, time, logs.CreateLogger("NetworkCluster.Host"), end.Token);
            tell("It takes over what lives.");
            // Up means that what outlived the last process answers again. If something of it does not, that is told below, and the rest goes on.
            await gateway.SendAsync(new Hosts.AwaitHost(options.Host, node.Token), end.Token);
        }

        var commands = new ContainerProcesses(processes, options.Networking.Naming.Sandbox, dataplane is not { IsSimulated: false });
        var reader = new JournalReader(node.System);
        if (options.DockerSocket.Length > 0 || tcp is not null) web.MapDocker(gateway, commands, (node.Journal, node.Feed, reader), new Random(), time);
        if (options.Engine is { } served && dataplane is not null) parts.Push(EngineSide.Start(served, options, web, gateway, dataplane, logs.CreateLogger("NetworkCluster.Engine"), time));
        var palettes = PbmPalettes.All(gateway, (reader, node.Feed), new ClusterMembers(node.Cluster), commands, new Random(), time);
        web.MapPbm(palettes, node.Journal);
        StartPetabridge(node.System, palettes, node.Journal, logs.CreateLogger("NetworkCluster.Pbm"), web.Lifetime.ApplicationStopping);
        await web.StartAsync(end.Token);
        if (options.DockerSocket.Length > 0) DockerSocket.Open(options.DockerSocket, options.DockerGroup);
        node.StartServices(gateway);
        operations?.Show(new HostGauges(gateway, node));
        var host = new HostProcess(options, dataplane, web, node, parts, time);
        data.Keep(host.LoseJournal, time);
        return host;

        TlsIdentity Keep(TlsIdentity identity)
        {
            parts.Push(new Disposing(identity));
            return identity;
        }
    }

    // Nothing, unless it is built with Petabridge.Cmd.
    static partial void StartPetabridge(Akka.Actor.ActorSystem system, IEnumerable<Palette> palettes, Entities.JournalHealth journal, ILogger log, CancellationToken stopping);

    private static bool IsOfListening(Exception cause) => cause is IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException or SocketException } or SocketException;

    // Found before the journal and the kernel are touched, and not when everything else is up.
    private static void RefuseTaken(string setting, IPEndPoint address)
    {
        try
        {
            using var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(address);
        }
        catch (SocketException cause)
        {
            throw new ConfigurationProblemException([$"network-cluster.{setting}: cannot listen on {address}: {cause.Message}"]);
        }
    }

    private static WebApplication BuildWeb(HostSettings options, TlsIdentity? pbm, TlsIdentity? tcp, TimeProvider time)
    {
        // Nothing of the folder that it is started in, and none of the framework's own variables, has a say in what it serves.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        if (options.LogFormat == LogFormat.Json)
        {
            builder.Services.AddSingleton<ConsoleFormatter>(new JsonLines(options.Host.ToString(), time));
            builder.Logging.AddConsole(console => console.FormatterName = JsonLines.FormatterName);
        }
        else
        {
            builder.Logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
            });
        }

        // What Akka says about itself as it starts would push everything else off the first screen; a level below Information asks for it.
        var akka = options.LogLevel < Microsoft.Extensions.Logging.LogLevel.Information ? options.LogLevel : Microsoft.Extensions.Logging.LogLevel.Warning;
        builder.Logging.SetMinimumLevel(options.LogLevel).AddFilter("Microsoft", Microsoft.Extensions.Logging.LogLevel.Warning).AddFilter("Akka", akka);
        var hijacked = new HijackedRequests(time);
        builder.Services.AddSingleton(hijacked);
        // Commands are told that the host ends; who does not listen is cut off.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownPatience);
        if (pbm is not null || tcp is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenPbm(options.Pbm, pbm is null ? null : (pbm, options.Access));
            if (options.DockerSocket.Length > 0) kestrel.ListenDocker(options.DockerSocket, hijacked);
            if (options.Engine is { } engine) kestrel.ListenEngine(engine.Plugin);
            if (options.DockerTcp is { } docker) kestrel.ListenDocker(docker, tcp!, options.Access, hijacked);
        });
        return builder.Build();
    }

    /// <summary>Returns when the process is told to end (SIGTERM, SIGINT, SIGHUP): true; or when the other hosts have removed it from the cluster: false, and it may be started again.</summary>
    /// <exception cref="ConfigurationProblemException">Its journal was taken away.</exception>
    public async Task<bool> WaitForEndAsync()
    {
        var told = _web.WaitForShutdownAsync();
        var end = await Task.WhenAny(told, _node.System.WhenTerminated, _journalLost.Task);
        if (end == _journalLost.Task) throw new ConfigurationProblemException([await _journalLost.Task]);
        return end == told;
    }

    private void LoseJournal(string how)
    {
        _node.Journal.Lose(how, _time.GetUtcNow());
        _journalLost.TrySetResult(how);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => DisposeAsync(_parts);

    private static async ValueTask DisposeAsync(Stack<IAsyncDisposable> parts)
    {
        while (parts.TryPop(out var part)) await part.DisposeAsync();
    }
}
