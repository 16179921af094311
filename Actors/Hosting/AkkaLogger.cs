using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace NetworkCluster.Hosting;

/// <summary>
/// Passes Akka's log on to the process's own, under the category of whoever speaks: our actors by their class, everything of Akka's as <c>Akka</c>, so that
/// an operator can have the one without the other. Of Akka's, what comes again and again is counted and not told. The factory comes with the actor system's setup.
/// </summary>
public sealed class AkkaLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    /// <summary>Begins when the event bus says so.</summary>
    public AkkaLogger()
    {
        var factory = Context.System.Settings.Setup.Get<LoggerSetup>() is { HasValue: true } setup ? setup.Value.Factory : NullLoggerFactory.Instance;
        var bursts = new LogBursts(factory.CreateLogger(nameof(Akka)), TimeProvider.System);
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(
            entry => Category(entry.LogClass) != nameof(Akka) || bursts.Passes(Level(entry.LogLevel()), $"{entry.LogSource}: {entry.Message}"),
            entry => Log(factory, entry));
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
