using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using NetworkCluster.Operations;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;
using Xunit;

namespace NetworkCluster.Tests.Host.Hosting;

public sealed class ExportFaultsTests
{
    [Fact]
    public void A_collector_that_nobody_reaches_is_in_the_log_once()
    {
        var heard = new Heard();
        using var faults = new ExportFaults(heard);
        using var source = new ActivitySource(nameof(ExportFaultsTests));
        // Port 9 of this machine: nobody is there.
        using var provider = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).AddOtlpExporter(otlp =>
            (otlp.Endpoint, otlp.Protocol, otlp.ExportProcessorType) = (new("http://127.0.0.1:9/v1/traces"), OtlpExportProtocol.HttpProtobuf, ExportProcessorType.Simple)).Build();
        for (var i = 0; i < 3; i++) source.StartActivity("traced")!.Dispose();
        var line = Assert.Single(heard.Lines);
        Assert.StartsWith("Warning: traces cannot be sent, and are dropped until they can: ", line, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:9", line, StringComparison.Ordinal);
        Assert.Contains("Connection refused", line, StringComparison.Ordinal);
    }

    private sealed class Heard : ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
    }
}
