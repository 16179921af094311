using NetworkCluster.Configuration;
using NetworkCluster.Gateway;
using NetworkCluster.Hosting;

namespace NetworkCluster.Engine;

/// <summary>What a host has for a Docker Engine beside it: the plugin, and where it may ask the engine, the watch.</summary>
internal sealed class EngineSide : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly EngineApi? _engine;
    private readonly Task _watching = Task.CompletedTask;

    private EngineSide(EngineApi? engine, Func<EngineApi, EngineWatch> watch)
    {
        _engine = engine;
        if (engine is not null) _watching = WatchAsync(watch(engine));
    }

    /// <summary>Serves the plugin's calls as soon as the server runs, and begins to watch.</summary>
    public static EngineSide Start(EngineSettings settings, HostSettings host, WebApplication web, IClusterGateway gateway, HostDataplane dataplane, ILogger log, TimeProvider time)
    {
        var notes = new EngineNotes(host.DataDirectory);
        var pools = new EnginePools(gateway, (host.LocalPools, host.GlobalPools), dataplane.Networking.HostRoutesAsync, time);
        var networks = new EngineDriver(gateway, pools, notes, host.Networking.Naming, time);
        web.MapEngine(networks, pools);
        return new(settings.Socket.Length > 0 ? new(settings.Socket) : null, engine => new(engine, settings, gateway, networks, notes, dataplane.Dns, time, log));
    }

    private async Task WatchAsync(EngineWatch watch)
    {
        try
        {
            await watch.RunAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The host ends; the engine goes on.
        }
    }

    /// <summary>Watches no more. The engine keeps what it has.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _engine?.Dispose();
        _stopping.Dispose();
    }
}
