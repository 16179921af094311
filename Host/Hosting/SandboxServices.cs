using System.Net;
using NetworkCluster.Agents;
using NetworkCluster.Containers;
using NetworkCluster.Dns;
using NetworkCluster.Linux;

namespace NetworkCluster.Hosting;

/// <summary>What lives with a sandbox besides its links, on this machine: the DNS server in it and its main command.</summary>
internal sealed class SandboxServices(EmbeddedDns? dns, SandboxProcesses processes, TimeProvider time) : ISandboxServices
{
    private const int DnsPort = 53, Terminate = 15;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    public void Open(ContainerSpec container, Sandbox sandbox, bool adopted, Action<int> exited)
    {
        Reopen(container, sandbox);
        var main = processes.Main(container.Id.ToString());
        if (!adopted) main.Forget();
        else if (!container.Command.IsEmpty) _ = WatchAsync(main, exited);
    }

    public void Reopen(ContainerSpec container, Sandbox sandbox)
    {
        if (container.Mode == SandboxMode.Own) dns?.Open(container.Id, sandbox.Path, [.. (container.Resolver?.Servers ?? []).Select(server => new IPEndPoint(server.ToIPAddress(), DnsPort))]);
    }

    public async Task<Rejection?> StartCommandAsync(ContainerSpec container, Sandbox sandbox, Action<int> exited, CancellationToken cancel)
    {
        var main = processes.Main(container.Id.ToString());
        var refused = await main.StartAsync(NameOf(sandbox), new() { Command = container.Command, WorkingDirectory = container.WorkingDirectory, Environment = container.Environment, Interactive = container.OpenStdin ?? false, Terminal = container.Tty is true ? new(container.TerminalSize) : null, Hostname = ContainerProcesses.HostnameOf(container) }, cancel);
        if (refused is { } code) return new CommandNotRunnable(container.Command[0], code);
        _ = WatchAsync(main, exited);
        return null;
    }

    public Task EndCommandAsync(ContainerId container, TimeSpan patience, int signal, CancellationToken cancel) => processes.Main(container.ToString()).StopAsync(patience, signal, time, cancel);

    public async Task<int?> CloseAsync(ContainerId container, bool forget, CancellationToken cancel)
    {
        dns?.Close(container);
        var main = processes.Main(container.ToString());
        // Who removes a container that runs has no patience.
        var status = await main.StopAsync(forget ? TimeSpan.Zero : StopPatience, Terminate, time, cancel);
        if (forget) main.Forget();
        return (status as MainProcessStatus.Exited)?.Code;
    }

    private static async Task WatchAsync(MainProcess main, Action<int> exited)
    {
        // One that ended while nobody looked is news all the same; 255 where nobody saw how, as in Docker.
        exited(await main.WaitAsync(CancellationToken.None) is MainProcessStatus.Exited ended ? ended.Code : 255);
    }

    private static string? NameOf(Sandbox sandbox) => sandbox.Name.Length == 0 ? null : sandbox.Name;
}
