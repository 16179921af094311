using System.Collections.Concurrent;
using NetworkCluster.Agents;
using NetworkCluster.Commands.Containers;
using NetworkCluster.Containers;
using NetworkCluster.Dns;
using NetworkCluster.Linux;

namespace NetworkCluster.Hosting;

/// <summary>What lives with a sandbox besides its links, on this machine: the DNS server in it, its main command, and commands that operators run in it.</summary>
internal sealed class SandboxServices(EmbeddedDns? dns, SandboxProcesses processes, TimeProvider time) : ISandboxServices, IContainerProcesses
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<ContainerId, Sandbox> _sandboxes = new();

    public void Open(ContainerSpec container, Sandbox sandbox, Action<int> exited)
    {
        _sandboxes[container.Id] = sandbox;
        if (container.Mode == SandboxMode.Own) dns?.Open(container.Id, sandbox.Path);
        var main = processes.Main(container.Id.ToString());
        switch (main.Status)
        {
            case MainProcessStatus.Running: _ = WatchAsync(main, exited); break;
            // It ended while nobody looked: that is news all the same. A start in progress forgets the old status first.
            case MainProcessStatus.Exited ended when !container.Command.IsEmpty: exited(ended.Code); break;
        }
    }

    public async Task StartCommandAsync(ContainerSpec container, Sandbox sandbox, Action<int> exited, CancellationToken cancel)
    {
        var main = processes.Main(container.Id.ToString());
        await main.StartAsync(NameOf(sandbox), new() { Command = container.Command, Environment = container.Environment, Hostname = HostnameOf(container) }, cancel);
        _ = WatchAsync(main, exited);
    }

    public async Task<int?> CloseAsync(ContainerId container, bool forget, CancellationToken cancel)
    {
        _sandboxes.TryRemove(container, out _);
        dns?.Close(container);
        var main = processes.Main(container.ToString());
        var status = await main.StopAsync(StopPatience, time, cancel);
        if (forget) main.Forget();
        return (status as MainProcessStatus.Exited)?.Code;
    }

    public Task<int> ExecAsync(ContainerView container, ExecRequest request, IExecStreams streams, CancellationToken cancel) =>
        _sandboxes.TryGetValue(container.Spec.Id, out var sandbox)
            ? SandboxProcesses.ExecAsync(NameOf(sandbox), request with { Hostname = HostnameOf(container.Spec), Environment = [.. container.Spec.Environment, .. request.Environment] }, streams, cancel)
            : throw new Commands.RefusedException(new ContainerNotRunning(container.Spec.Name, container.Spec.Id));

    public async Task<int?> FollowAsync(ContainerView container, IExecStreams streams, CancellationToken cancel)
    {
        var main = processes.Main(container.Spec.Id.ToString());
        return await main.FollowAsync(streams, cancel) is MainProcessStatus.Exited ended ? ended.Code : null;
    }

    private static async Task WatchAsync(MainProcess main, Action<int> exited)
    {
        if (await main.WaitAsync(CancellationToken.None) is MainProcessStatus.Exited ended) exited(ended.Code);
    }

    private static string? NameOf(Sandbox sandbox) => sandbox.Name.Length == 0 ? null : sandbox.Name;

    private static string? HostnameOf(ContainerSpec container) => container.Mode == SandboxMode.Host ? null : container.Hostname ?? container.Id.Short;
}
