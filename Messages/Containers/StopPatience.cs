namespace NetworkCluster.Containers;

/// <summary>How long a command may go on after it was asked to end.</summary>
public static class StopPatience
{
    /// <summary>In seconds, where nobody says.</summary>
    public const int Usual = 10;

    /// <summary>In seconds: a day. Who says "for ever" gets it.</summary>
    public const int Most = 86_400;

    /// <summary>The time.</summary>
    /// <param name="seconds">Below 0: <see cref="Most"/>.</param>
    public static TimeSpan Of(int seconds) => TimeSpan.FromSeconds(seconds is < 0 or > Most ? Most : seconds);
}
