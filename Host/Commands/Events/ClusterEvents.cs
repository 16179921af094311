using System.Data.Common;
using System.Text.Json;
using NetworkCluster.Commands.Documents;

namespace NetworkCluster.Commands.Events;

/// <summary><c>cluster events</c>.</summary>
internal sealed class ClusterEvents(EventTail tail, TimeProvider time)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "events",
        ReadsOnly = true,
        Description = "Show what happens to networks and containers on every host, as it happens",
        Details = "Out of the journal, which forgets nothing: with --since, what happened, too. Without --until it goes on until Ctrl-C. The same as 'docker events' shows.",
        Options =
        [
            new() { Name = "since", ValueName = "time", Description = "Also what happened since then: 2026-11-27T20:00, seconds since 1970, or how long ago (10m, 1h30m)" },
            new() { Name = "until", ValueName = "time", Description = "End then; 0s: with what the journal has now" },
            new()
            {
                Name = "filter", Short = 'f', ValueName = "key=value", Repeatable = true, Choices = FilterTerms.Beginnings(EventTail.Keys),
                Description = "Show only some: type=network|container, event=connect, network= and container= (the beginning of a name or id), label=KEY[=VALUE], image=, scope=",
            },
        ],
        Output = CommandOutput.Document,
        Examples = ["cluster events", "cluster events --since 1h --until 0s -f type=network", "cluster events --format '{{.Action}} {{.Actor.ID}}'"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var (since, until) = (Time(invocation, "since"), Time(invocation, "until"));
        if (since > until) throw new UsageException("--since cannot be after --until");
        var filter = FilterTerms.Parse(invocation.Values("filter"), EventTail.Keys);
        try
        {
            var place = await tail.PlaceAsync(since, cancel);
            await foreach (var happened in tail.ReadAsync(place, since, until, filter, cancel))
            {
                await output.WriteAsync(new TextFrame(Line(happened)) { Document = JsonSerializer.SerializeToElement(EventDocument.Of(happened), DocumentJson.Default.EventDocument) }, cancel);
            }
        }
        catch (Exception cause) when (cause is DbException or IOException && !cancel.IsCancellationRequested)
        {
            throw new RefusedException(new JournalUnavailable(time.GetUtcNow(), cause.GetBaseException().Message));
        }

        return ExitCodes.Ok;
    }

    // As Docker's client prints it.
    private static string Line(Happening happened) =>
        $"{Rfc3339.Text(happened.At)} {happened.Type} {happened.Action} {happened.Id} ({string.Join(", ", happened.Attributes.Select(attribute => $"{attribute.Key}={attribute.Value}"))})";

    private DateTimeOffset? Time(Invocation invocation, string name) => invocation.Value(name) is { } text ? PointInTime.Parse($"--{name}", text, time) : null;
}
