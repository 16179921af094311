using System.Collections.Immutable;

namespace NetworkCluster.Commands.Events;

/// <summary>Something that happened, as Docker tells it.</summary>
internal sealed record Happening
{
    /// <summary><c>network</c> or <c>container</c>.</summary>
    public required string Type { get; init; }
    /// <summary>What happened to it.</summary>
    public required string Action { get; init; }
    /// <summary>To which.</summary>
    public required string Id { get; init; }
    /// <summary>Its name, and more.</summary>
    public required ImmutableSortedDictionary<string, string> Attributes { get; init; }
    /// <summary>When it was journaled.</summary>
    public DateTimeOffset At { get; init; }
}
