using NetworkCluster.Containers;

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

/// <summary>It has to be started first.</summary>
public sealed record ContainerNotRunning(string Name, ContainerId Id) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Container {Id} ({Name}) is not running";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>On the predefined network a link is to a container that exists.</summary>
public sealed record LinkTargetNotFound(string Target) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"could not get container for {Target}: No such container: {Target}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>On the predefined network a link is to a container that runs there.</summary>
public sealed record LinkTargetNotRunning(string Target, string Container, string Alias, bool Running) : Rejection
{
    /// <inheritdoc/>
    public override string Text => Running
        ? $"Cannot link to /{Target}, as it does not belong to the default network"
        : $"Cannot link to a non running container: /{Target} AS /{Container}/{Alias}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}
