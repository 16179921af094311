using System.Globalization;
using System.Text.Json;
using NetworkCluster.Commands;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Commands.Events;
using NetworkCluster.Entities;

namespace NetworkCluster.DockerApi;

/// <summary><c>/events</c>: what happens to networks and containers on every host, and what happened, out of the journal.</summary>
internal sealed class EventEndpoints(EventTail tail, JournalHealth journal, StreamPlaces places, TimeProvider time)
{
    /// <summary>Maps it.</summary>
    public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/events", EventsAsync);

    private async Task EventsAsync(HttpContext http)
    {
        var (since, until) = (Time(http, "since"), Time(http, "until"));
        if (since > until) throw new UsageException($"`since` time ({Seconds(since.Value)}) cannot be after `until` time ({Seconds(until.Value)})");
        var filter = FilterTerms.Parse(DockerValues.Filters(http), EventTail.Keys);
        if (journal.Outage is { } outage) throw new RefusedException(outage.Refusal.Reason);

        using var held = places.Take();
        var place = await tail.PlaceAsync(since, http.RequestAborted);
        http.Response.ContentType = "application/json";
        await http.Response.StartAsync(http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        await foreach (var happened in tail.ReadAsync(place, since, until, filter, http.RequestAborted))
        {
            // As one: clients that take a piece of the answer for an event get no empty ones.
            await http.Response.Body.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(EventDocument.Of(happened), DockerJson.Plain.EventDocument), (byte)'\n'], http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }

    private DateTimeOffset? Time(HttpContext http, string name) =>
        http.Request.Query[name] is [{ Length: > 0 } text] && text != "0" ? PointInTime.Parse(name, text, time) : null;

    private static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
