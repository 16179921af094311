using System.Diagnostics;
using NetworkCluster.Serialization;

namespace NetworkCluster.Hosting;

/// <summary>
/// One trace for each command, from the edge to the kernel, under the source <c>NetworkCluster</c>; the names of its spans are in docs/operations.md. A command's trace goes where its messages go
/// (<see cref="MessageTrace"/>); what nobody has asked for (retries, reconciliation, recoveries) begins none. Nobody who listens: it costs nothing.
/// </summary>
public static class NodeTraces
{
    /// <summary>The source's name.</summary>
    public const string Name = "NetworkCluster";

    private const string Prefix = "network_cluster.";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>A command of an edge begins: the one place where a trace does.</summary>
    /// <param name="what">Who asked, and for what, without any name or id in it.</param>
    /// <param name="caller">W3C's <c>traceparent</c> of whoever asks; none, or what is none: the trace begins here.</param>
    public static Activity? Begin(string what, string? caller)
    {
        if (!Source.HasListeners()) return null;
        // The HTTP server has a span of its own, which nobody is told of: it would be everybody's missing parent.
        Activity.Current = null;
        return Source.StartActivity(what, ActivityKind.Server, ActivityContext.TryParse(caller, null, isRemote: true, out var parent) ? parent : default);
    }

    /// <summary>Somebody takes a message that is part of a trace. The span is the thread's, until <see cref="Leave"/> or <see cref="End"/>.</summary>
    internal static Activity? Take(string who, IMessage message)
    {
        if (!Source.HasListeners() || MessageTrace.Of(message) is not { } parent) return null;
        return Tell(Source.StartActivity($"{who} {message.GetType().Name}", ActivityKind.Consumer, parent), message);
    }

    /// <summary>A step of what this thread is doing, if that is traced.</summary>
    public static Activity? Step(string what, ActivityKind kind = ActivityKind.Internal) => IsTraced ? Source.StartActivity(what, kind) : null;

    /// <summary>A message is sent, and its answer waited for, as a step of what this thread is doing.</summary>
    internal static Activity? Ask(string who, IMessage message) => IsTraced ? Tell(Source.StartActivity($"{who} {message.GetType().Name}", ActivityKind.Client), message) : null;

    // What is over has begun things that go on for as long as the process lives: those are no part of it.
    private static bool IsTraced => Source.HasListeners() && Activity.Current is { Recorded: true, IsStopped: false } current && current.Source == Source;

    /// <summary>What is sent now is part of what this thread is doing, if that is traced.</summary>
    internal static void Carry(IMessage message)
    {
        if (IsTraced) MessageTrace.Note(message, Activity.Current!.Context);
    }

    /// <summary>Says what it is about.</summary>
    internal static Activity? Tell(Activity? span, IMessage message)
    {
        if (span is null) return null;
        if (message is IAddressed { Entity: var entity }) span.SetTag($"{Prefix}entity", entity.ToString());
        foreach (var (name, value) in MessageSubject.Of(message)) span.SetTag(Prefix + name, value);
        return span;
    }

    /// <summary>What the span is about.</summary>
    public static Activity? Tell(this Activity? span, string name, object? value) => span?.SetTag(Prefix + name, value);

    /// <summary>It goes on later, on another thread perhaps.</summary>
    internal static void Leave(Activity? span)
    {
        if (span is not null) Activity.Current = null;
    }

    /// <summary>It goes on now, here.</summary>
    internal static void GoOn(Activity? span)
    {
        if (span is not null) Activity.Current = span;
    }

    /// <summary>It is over, with this answer, if it has given one.</summary>
    internal static void End(Activity? span, IReply? answer = null)
    {
        if (span is null) return;
        if (answer is Rejected rejected) Fail(span, rejected.Reason);
        span.Dispose();
        Activity.Current = null;
    }

    /// <summary>It was refused, or nobody knows how it ended. That something is not there is an answer, too, where that was the question.</summary>
    internal static void Fail(Activity? span, Rejection? reason, IMessage? asked = null)
    {
        if (span is null || reason is null) return;
        span.Tell("outcome", reason.Kind.ToString());
        if (asked is not IQuery || reason.Kind != RejectionKind.NotFound) span.Fail(reason.GetType().Name, reason.Text);
    }

    /// <summary>It failed.</summary>
    /// <param name="span">What.</param>
    /// <param name="kind">The name of the refusal, <c>Usage</c> or <c>Fault</c>.</param>
    /// <param name="text">One line for people.</param>
    public static void Fail(this Activity? span, string kind, string text) => span?.SetStatus(ActivityStatusCode.Error, text).SetTag($"{Prefix}rejection", kind);
}
