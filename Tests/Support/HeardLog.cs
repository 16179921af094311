using Microsoft.Extensions.Logging;

namespace NetworkCluster.Tests.Support;

/// <summary>A log that keeps what it is told.</summary>
/// <param name="least">What is below that is not wanted.</param>
internal sealed class HeardLog(LogLevel least = LogLevel.Trace) : ILogger
{
    public List<(LogLevel Level, string Text)> Said { get; } = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Said.Add((logLevel, formatter(state, exception)));
}
