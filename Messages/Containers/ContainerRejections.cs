using NetworkCluster.Containers;
using NetworkCluster.Hosts;

namespace NetworkCluster;

/// <summary>No container of that name or id.</summary>
public sealed record ContainerNotFound(string Name) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"No such container: {Name}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>The name belongs to another container of the host.</summary>
public sealed record ContainerNameTaken(string Name, ContainerId Holder) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Conflict. The container name \"/{Name}\" is already in use by container \"{Holder}\". You have to remove (or rename) that container to be able to reuse that name.";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>It has to be stopped first, or force asked for.</summary>
public sealed record ContainerIsRunning(string Name, ContainerId Id) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"You cannot remove a running container {Id} ({Name}). Stop the container before attempting removal or force remove";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>Its command is asked to end: until it has, or is killed, nothing else is done with it.</summary>
public sealed record ContainerIsStopping(string Name, ContainerId Id) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"container {Id} ({Name}) is being stopped and its command has not ended yet: wait for it, or end it now ('stop -t 0', 'rm -f')";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>It has to be started first.</summary>
public sealed record ContainerNotRunning(string Name, ContainerId Id) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Container {Id} ({Name}) is not running";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>The container's command is no program that its host can run.</summary>
/// <param name="Program">Its first word.</param>
/// <param name="ExitCode">What a shell would end with: 127 when there is no such program, 126 when it cannot be run.</param>
public sealed record CommandNotRunnable(string Program, int ExitCode) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"exec: \"{Program}\": {(ExitCode == 126 ? "permission denied" : Program.Contains('/', StringComparison.Ordinal) ? "no such file or directory" : "executable file not found in $PATH")} (a command is a program of the host: there are no images)";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}

/// <summary>A Docker Engine runs the container: whatever is to become of it is told to that engine.</summary>
public sealed record ContainerOfEngine(string Name, HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"container {Name} is run by the Docker Engine of host {Host}: tell that engine (docker stop, docker rm, docker network connect and disconnect)";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}
