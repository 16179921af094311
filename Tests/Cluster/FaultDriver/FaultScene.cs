
namespace NetworkCluster.Tests.Cluster.FaultDriver;

/// <summary>Where faults happen: does to the hosts what they ask for, tells the model, and remembers what was done.</summary>
internal sealed class FaultScene(Underlay underlay, HostClocks clocks, FaultModel model, Random random, Action<string> tell)
{
    private static readonly TimeSpan NothingAfter = TimeSpan.FromSeconds(15), WholeAfter = TimeSpan.FromSeconds(60);

    public Underlay Underlay => underlay;

    public IEnumerable<int> Hosts => Enumerable.Range(1, underlay.Hosts.Count);

    public int AnyHost() => random.Next(underlay.Hosts.Count) + 1;

    /// <summary>Seconds that the seed chooses.</summary>
    public Task WaitAsync(double least, double most)
    {
        var time = TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least)));
        tell($"  {time.TotalSeconds:0.0} s");
        return Task.Delay(time);
    }

    /// <summary>What was done to something that is no host.</summary>
    public void Say(string what) => tell($"  {what}");

    public Task KillAsync(int host)
    {
        tell($"  kill -9 {host}");
        return underlay.Hosts[host - 1].KillAsync();
    }

    public Task StartAsync(int host)
    {
        tell($"  start {host}");
        return underlay.Hosts[host - 1].StartAsync();
    }

    public async Task TerminateAsync(int host)
    {
        tell($"  kill -TERM {host}");
        var code = await underlay.Hosts[host - 1].TerminateAsync();
        if (code != 0) throw new FaultViolationException($"host{host} was told to end and ended with {code}", []);
    }

    public Task FreezeAsync(int host, bool frozen) => DoAsync($"kill {(frozen ? "-STOP" : "-CONT")} {host}", () => underlay.Hosts[host - 1].Freeze(frozen));

    public Task CutOffAsync(int host, bool bothSides) => DoAsync($"{host} hears nobody{(bothSides ? " and nobody hears it" : "")}", () => underlay.CutOff(host, bothSides));

    public Task JoinAsync(int host) => DoAsync($"{host} hears the others", () => Underlay.Join(host));

    public Task ThinAsync(int host) => DoAsync($"{host} loses every fifth packet", () => Underlay.Thin(host));

    public Task SlowAsync(int host) => DoAsync($"{host} is hard to reach", () => Underlay.Slow(host));

    public Task QuickAsync(int host) => DoAsync($"{host} is quick again", () => Underlay.Quick(host));

    /// <summary>Its wall clock is somewhere within an hour of everybody else's, and stays there until the next jump.</summary>
    public Task JumpAsync(int host)
    {
        var ahead = TimeSpan.FromSeconds(random.Next(-3600, 3600));
        return DoAsync($"{host} has its clock {ahead.TotalSeconds:0} s ahead", () => clocks.Set(host, ahead));
    }

    // What is done as soon as it is said.
    private Task DoAsync(string what, Action act)
    {
        Say(what);
        act();
        return Task.CompletedTask;
    }

    public Task PowerOffAsync(int host)
    {
        tell($"  power off {host}");
        // What is answered from now on was asked before.
        model.Boot(host);
        return underlay.PowerOffAsync(host);
    }

    public Task PowerOnAsync(int host)
    {
        tell($"  power on {host}");
        return underlay.PowerOnAsync(host);
    }

    /// <summary>All hosts are members as all of them say. Of a cluster that has just lost one, another's death may leave half, which has to begin anew.</summary>
    public Task WholeAsync() => Eventually.IsSoAsync(WholeAfter, async () =>
        (await Task.WhenAll(underlay.Hosts.Select(host => host.Operator.RunAsync("cluster", "show")))).All(answer => answer.Done && answer.Rows.Length == underlay.Hosts.Count));

    /// <summary>Law 3: while it is away, nothing of it is in any network of the cluster 15 s later.</summary>
    public async Task NothingIsLeftAsync(int host)
    {
        var own = model.Boxes.Where(box => box.Host == host).Select(box => box.Name).ToHashSet();
        var other = Hosts.First(one => one != host);
        var (left, took) = await HostSight.UntilRightAsync(NothingAfter, async () =>
        {
            var sight = await HostSight.LookAsync(other, underlay.Hosts[other - 1]);
            return [.. sight.Networks.Where(network => network.Global).SelectMany(network => network.Members.Keys.Where(own.Contains).Select(name => $"{name} is in {network.Name}"))];
        });
        tell($"  {took.TotalSeconds:0.0} s until nothing of {host} was left");
        if (left.Count > 0) throw FaultViolationException.Of($"{NothingAfter.TotalSeconds:0} s after host{host} died, as host {other} says", left);
    }
}
