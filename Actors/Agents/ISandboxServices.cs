using NetworkCluster.Containers;

namespace NetworkCluster.Agents;

/// <summary>What lives with a sandbox besides its links: its DNS server and the container's command. Implemented where the processes and sockets are. Each is idempotent.</summary>
public interface ISandboxServices
{
    /// <summary>The sandbox is there: serve names in it.</summary>
    /// <param name="container">The container.</param>
    /// <param name="sandbox">Its sandbox.</param>
    /// <param name="adopted">Whether it has outlived a process of ours: then its command may run on, or may have ended unseen. Otherwise it starts anew.</param>
    /// <param name="exited">Called once, from any thread, when an adopted command has ended.</param>
    void Open(ContainerSpec container, Sandbox sandbox, bool adopted, Action<int> exited);

    /// <summary>The sandbox may have been made anew under its name: serve names in the one that is there now.</summary>
    /// <param name="container">An open one.</param>
    /// <param name="sandbox">Its sandbox.</param>
    void Reopen(ContainerSpec container, Sandbox sandbox);

    /// <summary>Runs the container's command; returns when it runs, or what it cannot be run for.</summary>
    /// <param name="container">The container.</param>
    /// <param name="sandbox">Its sandbox.</param>
    /// <param name="exited">Called once, from any thread, when it has ended.</param>
    /// <param name="cancel">Gives up.</param>
    Task<Rejection?> StartCommandAsync(ContainerSpec container, Sandbox sandbox, Action<int> exited, CancellationToken cancel);

    /// <summary>Asks the command to end, waits, and kills it; returns when it has ended, and at once where none runs. Names are served meanwhile.</summary>
    /// <param name="container">The container.</param>
    /// <param name="patience">For how long it may go on; zero: it is killed.</param>
    /// <param name="signal">The signal by which it is asked.</param>
    /// <param name="cancel">Gives up; the command may live on.</param>
    Task EndCommandAsync(ContainerId container, TimeSpan patience, int signal, CancellationToken cancel);

    /// <summary>Serves no names any more and ends the command. The exit code, where one ran and it is known.</summary>
    /// <param name="container">The container.</param>
    /// <param name="forget">Whether the command's output and exit code are to be forgotten, too.</param>
    /// <param name="cancel">Gives up.</param>
    Task<int?> CloseAsync(ContainerId container, bool forget, CancellationToken cancel);
}
