using NetworkCluster.Containers;
using NetworkCluster.Linux;

namespace NetworkCluster.Commands.Containers;

/// <summary>Where a container is, on this host.</summary>
/// <param name="Pid">Its own command; 0: none runs here.</param>
/// <param name="Namespace">The path of its network namespace; empty: it has none here.</param>
internal readonly record struct ContainerPlace(int Pid, string Namespace);

/// <summary>The commands that run in containers of this host.</summary>
internal interface IContainerProcesses
{
    /// <summary>Runs a further command in a running container; its exit code.</summary>
    Task<int> ExecAsync(ContainerView container, ExecRequest request, IExecStreams streams, CancellationToken cancel);

    /// <summary>Passes on the output of the container's own command until it ends; its exit code, none when nobody saw it end.</summary>
    /// <param name="container">Which.</param>
    /// <param name="streams">Where to.</param>
    /// <param name="tail">How many of the last lines there are now come first; none: all.</param>
    /// <param name="past">A life that is over, see <see cref="LifeOf"/>: one that comes after it is meant.</param>
    /// <param name="cancel">Gives up; the command lives on.</param>
    /// <exception cref="FileNotFoundException">It has not begun.</exception>
    Task<int?> FollowAsync(ContainerView container, IExecStreams streams, int? tail, string? past, CancellationToken cancel);

    /// <summary>Writes into the open input of the container's own command, see <see cref="ContainerSpec.OpenStdin"/>, until the stream ends.</summary>
    /// <param name="container">Which.</param>
    /// <param name="input">Read to its end.</param>
    /// <param name="past">As for <see cref="FollowAsync"/>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="IOException">It does not run (yet).</exception>
    Task WriteInputAsync(ContainerView container, Stream input, string? past, CancellationToken cancel);

    /// <summary>Which of its lives the container's own command has, or had last; none: it has not begun.</summary>
    string? LifeOf(ContainerView container);

    /// <summary>Where a container is now.</summary>
    ContainerPlace PlaceOf(ContainerView container);

    /// <summary>Sends a signal to the container's own command; false where none runs on this host.</summary>
    bool Signal(ContainerView container, int signal);

    /// <summary>Gives the terminal of the container's own command another size; false where it has none, yet or any more.</summary>
    bool Resize(ContainerView container, TerminalSize size);

    /// <summary>Passes on what the container's own command has written until now: nothing where it never ran.</summary>
    Task ReadOutputAsync(ContainerView container, IExecStreams streams, int? tail, CancellationToken cancel);
}
