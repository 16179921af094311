using System.Diagnostics.Metrics;

namespace NetworkCluster.Hosting;

/// <summary>What this process counts and times, under the meter <c>NetworkCluster</c>. Nobody who listens: it costs nothing.</summary>
public static class NodeMetrics
{
    /// <summary>The meter's name.</summary>
    public const string Name = "NetworkCluster";

    private static readonly Meter Meter = new(Name);

    // Seconds; from what a query of memory takes to the patience of whoever asks.
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };

    private static readonly Histogram<double> Commands =
        Meter.CreateHistogram("network_cluster_command_duration", "s", "Commands and queries of this host's edges, from the question to the answer, by kind of message and outcome (done, or the kind of the refusal)", advice: Seconds);

    private static readonly Counter<long> Services =
        Meter.CreateCounter<long>("network_cluster_service_messages", null, "Messages of other services to this host (/user/services), by kind; their answers go past it");

    private static readonly Histogram<double> Writes =
        Meter.CreateHistogram("network_cluster_journal_write_duration", "s", "Writes of entities that this process carries, from the decision until the journal has its facts, by kind of entity", advice: Seconds);

    private static readonly Counter<long> WriteFailures =
        Meter.CreateCounter<long>("network_cluster_journal_write_failures", null, "Writes that the journal did not take, by kind of entity");

    private static readonly Histogram<double> Reconciliations =
        Meter.CreateHistogram("network_cluster_reconcile_duration", "s", "Comparisons of this host's kernel with what is wanted, with what was put right meanwhile", advice: Seconds);

    private static readonly Counter<long> Drifts =
        Meter.CreateCounter<long>("network_cluster_drift_repairs", null, "What somebody had changed or taken away in this host's kernel and was put back, by what it was");

    /// <summary>Counts nothing yet, for whoever listens by now: a counter that is first heard of when it is more than 0 has not risen, to those who compare.</summary>
    public static void Begin()
    {
        foreach (var what in Enum.GetValues<Drift>()) Drifts.Add(0, What(what));
        foreach (var kind in Enum.GetValues<EntityKind>().Where(kind => kind != EntityKind.Agent)) WriteFailures.Add(0, Of(kind));
    }

    /// <summary>A message was answered.</summary>
    internal static void Answered(IAddressed message, IReply reply, TimeSpan after)
    {
        if (!Commands.Enabled) return;
        var outcome = reply is Rejected rejected ? rejected.Reason.Kind.ToString() : "Done";
        Commands.Record(after.TotalSeconds, new("kind", message.GetType().Name), new KeyValuePair<string, object?>("outcome", outcome));
    }

    /// <summary>Another service said something.</summary>
    internal static void Served(IMessage message) => Services.Add(1, new KeyValuePair<string, object?>("kind", message.GetType().Name));

    /// <summary>The journal has the facts of a decision.</summary>
    internal static void Written(EntityKind kind, TimeSpan after) => Writes.Record(after.TotalSeconds, Of(kind));

    /// <summary>The journal did not take them.</summary>
    internal static void NotWritten(EntityKind kind) => WriteFailures.Add(1, Of(kind));

    /// <summary>The kernel was compared with what is wanted.</summary>
    internal static void Reconciled(TimeSpan after) => Reconciliations.Record(after.TotalSeconds);

    /// <summary>Something of it was put right.</summary>
    internal static void Drifted(Drift what) => Drifts.Add(1, What(what));

    private static KeyValuePair<string, object?> What(Drift what) => new("what", what.ToString().ToLowerInvariant());

    private static KeyValuePair<string, object?> Of(EntityKind kind) => new("entity", kind.ToString());
}
