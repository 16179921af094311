using NetworkCluster.Commands;
using NetworkCluster.Commands.Containers;
using NetworkCluster.Containers;

namespace NetworkCluster.Linux;

/// <summary>Commands in the containers of this host, by the names of their namespaces.</summary>
/// <param name="processes">Runs them.</param>
/// <param name="netnsName">The name of a container's namespace under <c>/run/netns</c>; asked only for containers that have one of their own.</param>
/// <param name="simulated">Whether there are no such namespaces.</param>
internal sealed class ContainerProcesses(SandboxProcesses processes, Func<ContainerId, string> netnsName, bool simulated) : IContainerProcesses
{
    public Task<int> ExecAsync(ContainerView container, ExecRequest request, IExecStreams streams, CancellationToken cancel)
    {
        var spec = container.Spec;
        if (spec.Mode == SandboxMode.Engine) throw new RefusedException(new ContainerOfEngine(spec.Name, container.Host));
        if (simulated && spec.Mode != SandboxMode.Host) throw new RefusedException(new InvalidRequest($"the data plane of host {container.Host} is simulated: nothing can run in container {spec.Name}"));
        return SandboxProcesses.ExecAsync(
            spec.Mode == SandboxMode.Host ? null : netnsName(spec.Id),
            request with { Hostname = HostnameOf(spec), Environment = [.. spec.Environment, .. request.Environment] },
            streams, cancel);
    }

    public Task WriteInputAsync(ContainerView container, Stream input, string? past, CancellationToken cancel) =>
        processes.Main(container.Spec.Id.ToString()).WriteInputAsync(input, container.Spec is { StdinOnce: true, Tty: not true }, past, cancel);

    public string? LifeOf(ContainerView container) => processes.Main(container.Spec.Id.ToString()).Life;

    public ContainerPlace PlaceOf(ContainerView container)
    {
        // As ip netns has it, which runs commands there.
        var path = container.Spec.Mode == SandboxMode.Host ? "" : $"/run/netns/{netnsName(container.Spec.Id)}";
        return new(processes.Main(container.Spec.Id.ToString()).Pid ?? 0, File.Exists(path) ? path : "");
    }

    public bool Signal(ContainerView container, int signal) => processes.Main(container.Spec.Id.ToString()).Signal(signal);

    public bool Resize(ContainerView container, TerminalSize size) => processes.Main(container.Spec.Id.ToString()).Resize(size);

    public Task ReadOutputAsync(ContainerView container, IExecStreams streams, int? tail, CancellationToken cancel) => processes.Main(container.Spec.Id.ToString()).ReadOutputAsync(streams, tail, cancel);

    public async Task<int?> FollowAsync(ContainerView container, IExecStreams streams, int? tail, string? past, CancellationToken cancel) =>
        await processes.Main(container.Spec.Id.ToString()).FollowAsync(streams, tail, past, cancel) is MainProcessStatus.Exited { Code: var code } ? code : null;

    /// <summary>The host name inside a container: its own, the beginning of its id, or none where it shares the host's.</summary>
    public static string? HostnameOf(ContainerSpec spec) => spec.Mode == SandboxMode.Host ? spec.Hostname : spec.Hostname ?? spec.Id.Short;
}
