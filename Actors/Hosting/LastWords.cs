using Akka.Event;
using Microsoft.Extensions.Logging;

namespace NetworkCluster.Hosting;

/// <summary>
/// What Akka says before its logger is there and after that has ended. Its own form of this writes to standard output past the process's log, which is then no log that a program can read.
/// Akka makes it without telling it of the actor system: the factory is the process's.
/// </summary>
public sealed class LastWords : MinimalLogger
{
    /// <summary>Where it goes; none: nowhere yet.</summary>
    internal static ILoggerFactory? Factory { get; set; }

    /// <inheritdoc/>
    protected override void Log(object message)
    {
        if (message is not LogEvent entry) return;
        try
        {
            AkkaLogger.Log(Factory, entry);
        }
        catch (ObjectDisposedException)
        {
            // The process ends.
        }
    }
}
