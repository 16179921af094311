using NetworkCluster.Containers;
using NetworkCluster.Linux;

namespace NetworkCluster.Commands.Containers;

/// <summary>The commands that run in containers of this host.</summary>
internal interface IContainerProcesses
{
    /// <summary>Runs a further command in a running container; its exit code.</summary>
    Task<int> ExecAsync(ContainerView container, ExecRequest request, IExecStreams streams, CancellationToken cancel);

    /// <summary>Passes on the output of the container's own command until it ends; its exit code, none when nobody saw it end.</summary>
    Task<int?> FollowAsync(ContainerView container, IExecStreams streams, CancellationToken cancel);
}
