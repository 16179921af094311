using System.Diagnostics;
using System.Globalization;

namespace NetworkCluster.Bench;

/// <summary>Times of one kind of work.</summary>
internal sealed class Samples
{
    private readonly List<double> _milliseconds = [];

    public async Task MeasureAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        _milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    public double P50 => At(0.5);

    public double P99 => At(0.99);

    private double At(double share)
    {
        var sorted = _milliseconds.Order().ToList();
        return sorted[(int)(share * (sorted.Count - 1))];
    }

    /// <summary>Of values that are there, the one in the middle.</summary>
    public static double Median(IReadOnlyCollection<double> values) => values.Order().ElementAt(values.Count / 2);

    public static void Print(string what, Samples samples, double? beside = null) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-58} p50 {samples.P50,8:0.00} ms   p99 {samples.P99,8:0.00} ms   {(beside is { } other ? $"x {samples.P50 / other:0.00}" : "")}"));
}
