using Microsoft.Extensions.Logging;
using NetworkCluster.Hosting;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>What a line of the log says that has somebody else's words in it.</summary>
public sealed class NodeLogTests
{

    [Fact]
    public void Names_in_a_line_command_no_terminal_and_begin_no_line()
    {
        var heard = new Heard();
        heard.Say(LogLevel.Information, "invalid name a\u0000b\u001b[31m\n00:00:00 info: forged", null);
        Assert.Equal("invalid name a\\u0000b\\u001b[31m\\u000a00:00:00 info: forged", heard.Said);
    }

    private sealed class Heard : ILogger
    {
        public string Said { get; private set; } = "";

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Said = formatter(state, exception);
    }
}
