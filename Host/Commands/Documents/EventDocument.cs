using System.Collections.Immutable;
using System.Text.Json.Serialization;
using NetworkCluster.Commands.Events;

namespace NetworkCluster.Commands.Documents;

/// <summary>One event, as a line of Docker's <c>/events</c>. The first three are there for old clients, and for containers alone.</summary>
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

    public static EventDocument Of(Happening happened)
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
