using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;

namespace NetworkCluster.Operations;

/// <summary>Says in the log that traces cannot be sent: OpenTelemetry's exporter tells that only to who listens to its event source. Once, and again after ten minutes: it happens with every batch.</summary>
internal sealed class ExportFaults(ILogger log) : EventListener
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(10);
    private readonly Lock _turn = new();
    private long? _said;

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        ArgumentNullException.ThrowIfNull(eventSource);
        if (eventSource.Name == "OpenTelemetry-Exporter-OpenTelemetryProtocol") EnableEvents(eventSource, EventLevel.Error);
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        ArgumentNullException.ThrowIfNull(eventData);
        lock (_turn)
        {
            if (_said is { } said && Stopwatch.GetElapsedTime(said) < Again) return;
            _said = Stopwatch.GetTimestamp();
        }

        log.LogWarning("traces cannot be sent, and are dropped until they can: {Why}", Text(eventData));
    }

    // An exception's first line says what is wrong; the rest is where.
    private static string Text(EventWrittenEventArgs fault)
    {
        var text = string.Format(CultureInfo.InvariantCulture, fault.Message ?? fault.EventName ?? "", fault.Payload?.ToArray() ?? []);
        return text.Split('\n', 2)[0].TrimEnd('\r', ' ');
    }
}
