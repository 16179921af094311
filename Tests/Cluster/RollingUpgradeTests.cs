using System.Diagnostics;
using NetworkCluster.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Three hosts are taken out of service, ended and started again one by one, as an upgrade does it, and whoever commands the cluster by the others meets no failure.</summary>
[Collection(nameof(Underlay)), Trait("Category", "Kernel")]
public sealed class RollingUpgradeTests(ITestOutputHelper output)
{
    private const int Hosts = 3;
    private const int Workers = 4;
    private const int DoneBetween = 100;

    private readonly Lock _gate = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<string> _steps = [];
    private int _away;
    private int _done;
    private TimeSpan _slowest;

    [KernelFact]
    public async Task No_command_fails_while_hosts_are_upgraded_one_by_one()
    {
        await using var underlay = await Underlay.StartAsync("ru", Hosts);
        for (var host = 1; host <= Hosts; host++) await underlay.Hosts[host - 1].Operator.DoneAsync("container", "run", ("name", $"stays{host}"), ("detach", "true"));
        await underlay.Hosts[0].Operator.DoneAsync("network", "create", ("network", "shared"), ("driver", "overlay"), ("subnet", "10.50.0.0/16"));
        using var stop = new CancellationTokenSource();
        var busy = new int[Hosts + 1];
        var workers = Enumerable.Range(1, Workers).Select(number => LoadAsync(underlay, number, busy, stop.Token)).ToList();
        try
        {
            for (var host = 1; host <= Hosts; host++)
            {
                Step($"{host} is taken out", host);
                // What was asked of it comes to its end; the rest goes by the others.
                await Eventually.IsSoAsync(TimeSpan.FromSeconds(60), () => Task.FromResult(Volatile.Read(ref busy[host]) == 0));
                var living = underlay.Hosts[host % Hosts];
                await living.Operator.DoneAsync("host", "drain", ("host", underlay.Hosts[host - 1].HostId), ("keep-running", "true"));
                Step($"{host} is told to end", host);
                Assert.Equal(0, await underlay.Hosts[host - 1].TerminateAsync());
                Step($"{host} has ended", host);
                await underlay.Hosts[host - 1].StartAsync();
                Step($"{host} is up", host);
                await living.Operator.DoneAsync("host", "activate", ("host", underlay.Hosts[host - 1].HostId));
                Step($"{host} is back", 0);
                // Each goes with its share of the entities: until it has one it is not the next one's turn.
                var enough = Volatile.Read(ref _done) + DoneBetween;
                await Eventually.IsSoAsync(TimeSpan.FromSeconds(60), () => Task.FromResult(Volatile.Read(ref _done) >= enough || workers.Any(worker => worker.IsFaulted)));
            }
        }
        finally
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(workers);
        output.WriteLine($"{_done} commands done, none failed, the slowest took {_slowest.TotalSeconds:0.0} s; {string.Join(", ", _steps)}");
        for (var host = 1; host <= Hosts; host++) await underlay.Hosts[host - 1].Operator.PingsAsync($"stays{host}", "127.0.0.1");
        Assert.Empty(await underlay.Hosts[0].Operator.MembersAsync("shared"));
    }

    // Rounds of commands that leave nothing, each by one host that stays for as long as the round lasts.
    private async Task LoadAsync(Underlay underlay, int number, int[] busy, CancellationToken stop)
    {
        for (var round = 0; !stop.IsCancellationRequested; round++)
        {
            int host;
            lock (_gate)
            {
                host = Enumerable.Range(0, Hosts).Select(step => (number + round + step) % Hosts + 1).First(candidate => candidate != _away);
                busy[host]++;
            }

            try
            {
                var edge = underlay.Hosts[host - 1].Operator;
                var (network, container) = ($"n{number}x{round}", $"c{number}x{round}");
                await DoneAsync(edge, "network", "create", ("network", network), ("driver", number % 2 == 0 ? "overlay" : "bridge"), ("subnet", $"10.{60 + number}.{round % 250}.0/24"));
                await DoneAsync(edge, "container", "run", ("name", container), ("detach", "true"), ("network", network));
                await DoneAsync(edge, "network", "connect", ("network", "shared"), ("container", container));
                await DoneAsync(edge, "network", "inspect", ("network", network));
                await DoneAsync(edge, "network", "disconnect", ("network", "shared"), ("container", container));
                await DoneAsync(edge, "container", "rm", ("container", container), ("force", "true"));
                await DoneAsync(edge, "network", "rm", ("network", network));
            }
            finally
            {
                lock (_gate) busy[host]--;
            }
        }
    }

    private void Step(string what, int away)
    {
        lock (_gate)
        {
            _away = away;
            _steps.Add($"{_clock.Elapsed.TotalSeconds:0.0} s: {what}");
        }
    }

    // What went before, and how long it took, is half of finding out why.
    private async Task DoneAsync(Operator edge, string palette, string command, params (string Name, string Value)[] arguments)
    {
        var began = _clock.Elapsed;
        var answer = await edge.RunAsync(palette, command, arguments);
        var took = _clock.Elapsed - began;
        lock (_gate)
        {
            if (took > _slowest) _slowest = took;
            _done++;
            Assert.True(answer.Done, $"{palette} {command} {string.Join(' ', arguments)} at {edge.Address}, asked at {began.TotalSeconds:0.0} s, was answered {answer.Code} after {took.TotalSeconds:0.0} s: {answer.Error}; {string.Join(", ", _steps)}");
        }
    }
}
