namespace NetworkCluster.Tests.Support.Simulation;

/// <summary>What may go wrong in a world, each as a chance from 0 to 1 for every step or piece of kernel work.</summary>
internal sealed record Faults
{
    public static Faults None { get; } = new();

    /// <summary>The kernel refuses an attach, a sandbox or a network.</summary>
    public double Kernel { get; init; }

    /// <summary>An entity loses its memory and perhaps what waited for it.</summary>
    public double EntityDies { get; init; }

    /// <summary>The journal fails before or after it has taken the facts of one message.</summary>
    public double JournalFails { get; init; }

    /// <summary>The process is killed.</summary>
    public double ProcessDies { get; init; }

    /// <summary>Whether the machine goes down with the process, of those cases.</summary>
    public double MachineDies { get; init; }

    /// <summary>An operation runs out of time while its messages are still on their way.</summary>
    public double Slow { get; init; }

    /// <summary>A command that is not answered is said again, the same way.</summary>
    public double AskedAgain { get; init; }
}
