using System.Diagnostics;

namespace NetworkCluster.Bench;

/// <summary>One of the two that are compared: who is asked, and how it did.</summary>
/// <param name="client">Its API.</param>
/// <param name="pid">A process in its network namespace.</param>
internal sealed class DockerSide(DockerClient client, int pid)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private Dictionary<string, Samples> _samples = [];
    private Dictionary<string, Samples> _first = [];
    private readonly Dictionary<string, (int Times, TimeSpan Spent)> _rates = [];

    public DockerClient Client => client;

    /// <summary>How many links there are.</summary>
    public int Links => File.ReadLines($"/proc/{pid}/net/dev").Count();

    /// <summary>In milliseconds.</summary>
    public double P50(string what) => _samples[what].P50;

    /// <summary>Times a second.</summary>
    public double Rate(string what) => _rates[what].Times / _rates[what].Spent.TotalSeconds;

    public async Task MeasureAsync(string what, Func<DockerClient, Task> request)
    {
        if (!_samples.TryGetValue(what, out var samples)) _samples[what] = samples = new();
        await samples.MeasureAsync(() => request(client));
    }

    /// <summary>In milliseconds, of the first ones.</summary>
    public double FirstP50(string what) => _first[what].P50;

    /// <summary>What was measured until now was to warm up, or is kept as the first ones.</summary>
    public void Forget(bool asFirst = false)
    {
        if (asFirst) _first = _samples;
        _samples = [];
    }

    /// <summary>As often as so many clients get it done in that time. What is left for later counts as well: the clock runs until its links are gone.</summary>
    public async Task MeasureRateAsync(string what, int clients, TimeSpan time, Func<DockerClient, int, Task> work)
    {
        var (links, clock, done) = (Links, Stopwatch.StartNew(), 0);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async number =>
        {
            do
            {
                await work(client, number);
                Interlocked.Increment(ref done);
            }
            while (clock.Elapsed < time);
        }));
        await LinksGoneAsync(links);
        var (times, spent) = _rates.GetValueOrDefault(what);
        _rates[what] = (times + done, spent + clock.Elapsed);
    }

    /// <summary>Waits until there are no more links than that. The kernel makes nobody a link while it deletes some, in whichever namespace: the other side would pay for it.</summary>
    public async Task LinksGoneAsync(int links)
    {
        for (var clock = Stopwatch.StartNew(); Links > links; await Task.Delay(2))
        {
            if (clock.Elapsed > Patience) throw new InvalidOperationException($"{Links - links} links are not deleted after {Patience.TotalSeconds} s");
        }
    }
}
