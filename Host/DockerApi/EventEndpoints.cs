using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using NetworkCluster.Commands;
using NetworkCluster.Entities;
using NetworkCluster.Gateway;

namespace NetworkCluster.DockerApi;

/// <summary><c>/events</c>: what happens to networks and containers on every host, and what happened, out of the journal.</summary>
internal sealed class EventEndpoints(IJournalFeed feed, IJournalReader reader, JournalHealth journal, TimeProvider time)
{
    private static readonly ImmutableArray<string> Keys = ["container", "event", "image", "label", "network", "scope", "type"];

    // What was journaled before a time may be read a little after it.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <summary>Maps it.</summary>
    public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/events", EventsAsync);

    private async Task EventsAsync(HttpContext http)
    {
        var (since, until) = (Time(http, "since"), Time(http, "until"));
        if (since > until) throw new UsageException($"`since` time ({Seconds(since.Value)}) cannot be after `until` time ({Seconds(until.Value)})");
        var filter = FilterTerms.Parse(DockerValues.Filters(http), Keys, (_, _) => true);
        if (journal.Outage is { } outage) throw new RefusedException(outage.Refusal.Reason);

        var now = time.GetUtcNow();
        var place = since is { } from ? await feed.BeforeAsync(from, http.RequestAborted) : await feed.EndAsync(http.RequestAborted);
        http.Response.ContentType = "application/json";
        await http.Response.StartAsync(http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);

        using var ending = until > now ? new CancellationTokenSource(until.Value - now + Late, time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, http.RequestAborted);
        var projection = new EventProjection(reader);
        try
        {
            await foreach (var (entity, fact) in feed.FactsAsync(place, follow: until is null || until > now, either.Token))
            {
                var told = await ToldAsync(projection, entity, fact, either.Token);
                if (fact.At < since || fact.At >= until) continue;
                foreach (var happened in told.Where(happened => filter.Match((key, value) => Has(happened, key, value)))) await WriteAsync(http, happened);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Until then was asked for.
        }
    }

    // The journal may go away in the middle of it: then it waits.
    private async Task<ImmutableArray<DockerEvent>> ToldAsync(EventProjection projection, EntityKey entity, JournaledFact fact, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await projection.ApplyAsync(entity, fact, cancel);
            }
            catch (IOException)
            {
                await Task.Delay(Late, time, cancel);
            }
        }
    }

    private static async Task WriteAsync(HttpContext http, DockerEvent happened)
    {
        await http.WriteBodyAsync(EventDocument.Of(happened), DockerJson.Plain.EventDocument);
        await http.Response.Body.WriteAsync(LineEnd, http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    // As Docker: containers and networks by the beginning of their id or name.
    private static bool Has(DockerEvent happened, string key, string value) => key switch
    {
        "type" => happened.Type == value,
        "event" => happened.Action == value,
        "scope" => value == "local",
        "label" => FilterTerms.HasLabel(happened.Attributes, value),
        "image" => happened.Attributes.GetValueOrDefault("image") == value,
        _ => happened.Id.StartsWith(value, StringComparison.Ordinal) || happened.Attributes["name"].StartsWith(value, StringComparison.Ordinal),
    };

    private DateTimeOffset? Time(HttpContext http, string name) =>
        http.Request.Query[name] is [{ Length: > 0 } text] && text != "0" ? PointInTime.Parse(text, time) : null;

    private static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}

/// <summary>One line of <c>/events</c>. The first three are there for old clients, and for containers alone.</summary>
internal sealed record EventDocument
{
    [JsonPropertyName("status"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Status { get; init; }
    [JsonPropertyName("id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }
    [JsonPropertyName("from"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; init; }
    public required string Type { get; init; }
    public required string Action { get; init; }
    public required EventActorDocument Actor { get; init; }
    [JsonPropertyName("scope")]
    public string Scope { get; init; } = "local";
    [JsonPropertyName("time")]
    public required long Time { get; init; }
    [JsonPropertyName("timeNano")]
    public required long TimeNano { get; init; }

    public static EventDocument Of(DockerEvent happened)
    {
        var container = happened.Type == "container";
        return new()
        {
            Status = container ? happened.Action : null,
            Id = container ? happened.Id : null,
            From = container ? happened.Attributes["image"] : null,
            Type = happened.Type,
            Action = happened.Action,
            Actor = new() { ID = happened.Id, Attributes = happened.Attributes },
            Time = happened.At.ToUnixTimeSeconds(),
            TimeNano = (happened.At - DateTimeOffset.UnixEpoch).Ticks * 100,
        };
    }
}

/// <summary>Whom it happened to.</summary>
internal sealed record EventActorDocument
{
    public required string ID { get; init; }
    public required ImmutableSortedDictionary<string, string> Attributes { get; init; }
}
