using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using NetworkCluster.Gateway;

namespace NetworkCluster.Commands.Events;

/// <summary>What happens to networks and containers on every host from now on, and what happened, out of the journal.</summary>
internal sealed class EventTail(IJournalFeed feed, IJournalReader reader, TimeProvider time)
{
    /// <summary>By what events can be narrowed.</summary>
    public static readonly ImmutableArray<string> Keys = ["container", "event", "image", "label", "network", "scope", "type"];

    // What was journaled before a time may be read a little after it.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromDays(40);

    /// <summary>Where <see cref="ReadAsync"/> begins. What happens after this has returned is not missed.</summary>
    /// <param name="since">None: now.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<long> PlaceAsync(DateTimeOffset? since, CancellationToken cancel) => since is { } from ? feed.BeforeAsync(from, cancel) : feed.EndAsync(cancel);

    /// <summary>The events, in the order they were journaled.</summary>
    /// <param name="place">See <see cref="PlaceAsync"/>.</param>
    /// <param name="since">None before it.</param>
    /// <param name="until">None at it or later; it ends when that has come. None: it goes on until cancelled.</param>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Ends it, with an exception.</param>
    public async IAsyncEnumerable<Happening> ReadAsync(long place, DateTimeOffset? since, DateTimeOffset? until, FilterTerms filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        // A timer has an end of its own; who asks for more has asked for no end.
        using var ending = until > now && until - now < Longest ? new CancellationTokenSource(until.Value - now + Late, time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, cancel);
        var projection = new EventProjection(reader);
        await using var facts = feed.FactsAsync(place, follow: until is null || until > now, either.Token).GetAsyncEnumerator(either.Token);
        while (await NextAsync())
        {
            var (entity, fact) = facts.Current;
            var told = await ToldAsync(projection, entity, fact, cancel);
            if (fact.At < since || fact.At >= until) continue;
            foreach (var happened in told.Where(happened => filter.Match((key, value) => Has(happened, key, value)))) yield return happened;
        }

        async ValueTask<bool> NextAsync()
        {
            try
            {
                return await facts.MoveNextAsync();
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // Until then was asked for.
                return false;
            }
        }
    }

    // The journal may go away in the middle of it: then it waits.
    private async Task<ImmutableArray<Happening>> ToldAsync(EventProjection projection, EntityKey entity, JournaledFact fact, CancellationToken cancel)
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

    // As Docker: containers and networks by the beginning of their id or name.
    private static bool Has(Happening happened, string key, string value) => key switch
    {
        "type" => happened.Type == value,
        "event" => happened.Action == value,
        "scope" => value == "local",
        "label" => FilterTerms.HasLabel(happened.Attributes, value),
        "image" => happened.Attributes.GetValueOrDefault("image") == value,
        _ => happened.Id.StartsWith(value, StringComparison.Ordinal) || happened.Attributes["name"].StartsWith(value, StringComparison.Ordinal),
    };
}
