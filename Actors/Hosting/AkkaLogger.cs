using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;

namespace NetworkCluster.Hosting;

/// <summary>
/// Passes Akka's log on to the process's own, under the category of whoever speaks: our actors by their class, everything of Akka's as <c>Akka</c>, so that
/// an operator can have the one without the other. Of Akka's, what comes again and again is counted and not told. The factory comes with the actor system's setup.
/// </summary>
public sealed class AkkaLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly LogBursts _bursts = new(TimeProvider.System);

    /// <summary>Begins when the event bus says so.</summary>
    public AkkaLogger()
    {
        var factory = Context.System.Settings.Setup.Get<LoggerSetup>() is { HasValue: true } setup ? setup.Value.Factory : null;
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(entry => Tell(factory, entry));
    }

    private void Tell(ILoggerFactory? factory, LogEvent entry)
    {
        foreach (var (count, last) in _bursts.Over()) factory?.CreateLogger(nameof(Akka)).LogWarning("{Count} more lines like this one: {Last}", count, last);
        if (Category(entry.LogClass) != nameof(Akka) || _bursts.Passes($"{entry.LogSource}: {entry.Message}")) Log(factory, entry);
    }

    internal static void Log(ILoggerFactory? factory, LogEvent entry) =>
        factory?.CreateLogger(Category(entry.LogClass)).Log(Level(entry.LogLevel()), entry.Cause, "{Source}: {Message}", entry.LogSource, entry.Message);

    private static string Category(Type speaker) =>
        speaker.Namespace is { } name && name.StartsWith(nameof(NetworkCluster), StringComparison.Ordinal) ? $"{name}.{speaker.Name}" : nameof(Akka);

    private static Microsoft.Extensions.Logging.LogLevel Level(Akka.Event.LogLevel level) => level switch
    {
        Akka.Event.LogLevel.ErrorLevel => Microsoft.Extensions.Logging.LogLevel.Error,
        Akka.Event.LogLevel.WarningLevel => Microsoft.Extensions.Logging.LogLevel.Warning,
        Akka.Event.LogLevel.InfoLevel => Microsoft.Extensions.Logging.LogLevel.Information,
        _ => Microsoft.Extensions.Logging.LogLevel.Debug,
    };
}

/// <summary>Carries the process's logger factory into the actor system.</summary>
/// <param name="factory">The factory.</param>
public sealed class LoggerSetup(ILoggerFactory factory) : Akka.Actor.Setup.Setup
{
    /// <summary>The factory.</summary>
    public ILoggerFactory Factory { get; } = factory;
}
