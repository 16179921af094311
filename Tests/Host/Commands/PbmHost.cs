using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NetworkCluster.Commands;
using NetworkCluster.Commands.Containers;
using NetworkCluster.Containers;
using NetworkCluster.Entities;
using NetworkCluster.Gateway;
using NetworkCluster.Linux;
using NetworkCluster.Pbm;

namespace NetworkCluster.Tests.Host.Commands;

/// <summary>A real Kestrel on a free loopback port that serves the palettes over a fake cluster. Commands run without a namespace of their own.</summary>
internal sealed class PbmHost : IAsyncDisposable, IClusterMembers, IContainerProcesses
{
    private readonly WebApplication _app;
    private readonly IClusterGateway _gateway;

    private PbmHost(IClusterGateway gateway, IJournalReader journal, IJournalFeed feed, ImmutableArray<Palette> more)
    {
        _gateway = gateway;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenPbm(new IPEndPoint(IPAddress.Loopback, 0)));
        _app = builder.Build();
        Palettes = [.. PbmPalettes.All(gateway, (journal, feed), this, this, new Random(1), TimeProvider.System), .. more];
        _app.MapPbm(Palettes, Journal, silence: TimeSpan.FromSeconds(3));
    }

    /// <summary>The fake cluster, where this serves one.</summary>
    public FakeGateway Gateway => (FakeGateway)_gateway;

    public ImmutableArray<Palette> Palettes { get; }

    public HostAddress Address { get; private set; }

    /// <summary>Whether the journal can be reached.</summary>
    public JournalHealth Journal { get; } = new();

    public ImmutableArray<ClusterMember> Members => [new(_gateway.Host, "akka://cluster@127.0.0.1:4053#17", "Up", Reachable: true, Leader: true)];

    public static Task<PbmHost> StartAsync(FakeGateway? gateway = null, params ImmutableArray<Palette> more) =>
        StartAsync(gateway ??= Samples.Guide(), gateway.Journal, more);

    /// <summary>Serves any cluster.</summary>
    public static async Task<PbmHost> StartAsync(IClusterGateway gateway, IJournalReader journal, params ImmutableArray<Palette> more)
    {
        var host = new PbmHost(gateway, journal, journal as IJournalFeed ?? new FakeJournal(), more);
        await host._app.StartAsync();
        var url = host._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        host.Address = new("127.0.0.1", new Uri(url).Port);
        return host;
    }

    /// <summary>Runs one command line in this process.</summary>
    public async Task<Outcome> RunAsync(string line, string? input = null, CancellationToken cancel = default, CancellationToken unread = default)
    {
        using var client = new PbmClient(Address);
        var terminal = new RecordingTerminal { Unread = unread };
        var code = await new Session(client, terminal, () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input ?? ""))).RunAsync(ShellWords.Split(line), cancel);
        return new(code, terminal.Output, terminal.Error);
    }

    public Task<int> ExecAsync(ContainerView container, ExecRequest request, IExecStreams streams, CancellationToken cancel) =>
        SandboxProcesses.ExecAsync(null, request, streams, cancel);

    public Task WriteInputAsync(ContainerView container, Stream input, string? past, CancellationToken cancel) => Task.CompletedTask;

    public ContainerPlace PlaceOf(ContainerView container) => new(4711, $"/run/netns/nwc-{container.Spec.Id.Short}");

    public string? LifeOf(ContainerView container) => null;

    public bool Signal(ContainerView container, int signal) => false;

    public bool Resize(ContainerView container, TerminalSize size) => false;

    public Task ReadOutputAsync(ContainerView container, IExecStreams streams, int? tail, CancellationToken cancel) =>
        streams.WriteOutputAsync(System.Text.Encoding.UTF8.GetBytes($"{tail?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "all"} of {container.Spec.Name}\n"), cancel).AsTask();

    public async Task<int?> FollowAsync(ContainerView container, IExecStreams streams, int? tail, string? past, CancellationToken cancel) =>
        await SandboxProcesses.ExecAsync(null, new() { Command = container.Spec.Command }, streams, cancel);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>What a command line came to.</summary>
internal sealed record Outcome(int Code, string Output, string Error);
