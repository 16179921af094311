using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace NetworkCluster.Serialization;

/// <summary>
/// Which trace a message is part of. That stands beside the message and not in it, so that whoever decides, and the journal, know nothing of it; on the wire it is one more member of the message's JSON, in W3C's
/// form (<c>traceparent</c>), which a process without traces passes over. Where nobody traces nothing is kept. For all threads.
/// </summary>
public static class MessageTrace
{
    // By the message itself, and for as long as somebody has it.
    private static readonly ConditionalWeakTable<object, Noted> All = [];
    private static volatile bool _any;

    private sealed record Noted(ActivityContext Trace);

    /// <summary>The message is part of this trace, from now on: who sends one again sends it in the trace of that time.</summary>
    /// <returns>The message.</returns>
    public static T Note<T>(T message, ActivityContext trace) where T : class
    {
        ArgumentNullException.ThrowIfNull(message);
        _any = true;
        All.AddOrUpdate(message, new(trace));
        return message;
    }

    /// <summary>Which trace a message is part of; none: nobody has said so.</summary>
    public static ActivityContext? Of(object message) => _any && All.TryGetValue(message, out var noted) ? noted.Trace : null;

    /// <summary>W3C's form.</summary>
    internal static string Write(ActivityContext trace) => $"00-{trace.TraceId}-{trace.SpanId}-{(trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";
}
