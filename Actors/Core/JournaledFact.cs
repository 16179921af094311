namespace NetworkCluster;

/// <summary>A fact with the time at which the journal was told, by the clock of the host that wrote it.</summary>
/// <param name="At">When.</param>
/// <param name="Fact">What.</param>
public sealed record JournaledFact(DateTimeOffset At, IEvent Fact)
{
    /// <summary>The number of the fact within its entity, from 1.</summary>
    public long Number { get; init; }

    /// <summary>A row of the journal.</summary>
    /// <param name="fact">What.</param>
    /// <param name="ticks">When, in the ticks of UTC that the journal keeps.</param>
    /// <param name="number">See <see cref="Number"/>.</param>
    public static JournaledFact Of(IEvent fact, long ticks, long number) => new(new DateTimeOffset(ticks, TimeSpan.Zero), fact) { Number = number };
}
