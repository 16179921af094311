using System.Diagnostics;
using NetworkCluster.Tests.Support;
using Npgsql;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>The PostgreSQL of two hosts crashes or cannot be heard, stays away and comes back.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class JournalOutageTests
{
    // The longest that whoever asks waits, and what a busy machine adds.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(13);

    [KernelFact]
    public Task While_the_journal_has_crashed_packets_names_and_questions_go_on_and_what_would_be_written_is_refused_in_time() =>
        AwayAsync("jc", underlay => underlay.Postgres.StopAsync(), underlay => underlay.Postgres.BeginAsync());

    [KernelFact]
    public Task So_it_is_while_nobody_hears_the_journal() => AwayAsync(
        "js",
        _ =>
        {
            Underlay.SilenceJournal();
            return Task.CompletedTask;
        },
        _ =>
        {
            Underlay.HearJournal();
            return Task.CompletedTask;
        });

    [KernelFact]
    public Task And_while_its_database_takes_no_writes() => AwayAsync("jr", underlay => TakesWritesAsync(underlay, false), underlay => TakesWritesAsync(underlay, true));

    [KernelFact]
    public async Task A_host_that_alone_has_no_way_to_the_journal_leaves_what_it_carries_to_the_others()
    {
        await using var underlay = await Underlay.StartAsync("jo", 3);
        var (one, two) = (underlay.Hosts[0].Operator, underlay.Hosts[1].Operator);
        await one.DoneAsync("network", "create", ("network", "multihost"), ("driver", "overlay"), ("subnet", "10.42.0.0/24"));
        await one.DoneAsync("container", "run", ("name", "aa"), ("detach", "true"), ("network", "multihost"));
        await two.DoneAsync("container", "run", ("name", "bb"), ("detach", "true"), ("network", "multihost"));
        Underlay.On(2, "nft 'add table inet deaf; add chain inet deaf out { type filter hook output priority 0; }; add rule inet deaf out tcp dport 5455 drop'");

        // Each network is somewhere else: with what a third of them is with, none of twelve would come about.
        var made = 0;
        await UntilAsync(async () =>
        {
            for (var network = 0; network < 12; network++)
            {
                if (!(await (network % 2 == 0 ? one : two).RunAsync("network", "create", ("network", $"net{made++}"), ("driver", "overlay"))).Done) return false;
            }

            return true;
        });
        // Also what is about its own containers; each kind of entity moves in its own time.
        var (run, name) = (0, "");
        await UntilAsync(async () => (await two.RunAsync("container", "run", ("name", name = $"cc{run++}"), ("detach", "true"), ("network", "multihost"))).Done);
        await two.PingsAsync(name, "aa");
        await one.PingsAsync("aa", name);

        Underlay.On(2, "nft delete table inet deaf");
        await UntilAsync(async () => (await two.RunAsync("network", "history", ("network", "multihost"))).Done);
        await two.DoneAsync("container", "rm", ("container", name), ("force", "true"));
        await one.DoneAsync("network", "create", ("network", "after"), ("driver", "overlay"));
    }

    // As after a failover to a replica: sessions end, and new ones are read-only.
    private static async Task TakesWritesAsync(Underlay underlay, bool takes)
    {
        await using var connection = new NpgsqlConnection($"{underlay.Journal};Pooling=false");
        await connection.OpenAsync();
        foreach (var statement in (string[])["SET transaction_read_only = off", $"ALTER SYSTEM SET default_transaction_read_only = {(takes ? "off" : "on")}", "SELECT pg_reload_conf()", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"])
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static async Task AwayAsync(string prefix, Func<Underlay, Task> goes, Func<Underlay, Task> comes)
    {
        await using var underlay = await Underlay.StartAsync(prefix, 2);
        var (one, two) = (underlay.Hosts[0].Operator, underlay.Hosts[1].Operator);
        await one.DoneAsync("network", "create", ("network", "multihost"), ("driver", "overlay"), ("subnet", "10.42.0.0/24"));
        await one.DoneAsync("container", "run", ("name", "aa"), ("detach", "true"), ("network", "multihost"));
        await two.DoneAsync("container", "run", ("name", "bb"), ("detach", "true"), ("network", "multihost"));
        await two.DoneAsync("container", "run", ("name", "short"), ("detach", "true"), ("network", "multihost"), ("command", "sleep"), ("command", "8"));

        using var http = UnixSocketClient.To(underlay.Hosts[1].DockerSocket);
        using var events = await http.GetAsync(new Uri("/events?filters={\"event\":[\"create\"],\"type\":[\"network\"]}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);

        // A load is under way when it crashes: some of it is caught in the middle of a write.
        using var loads = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(worker => LoadAsync(worker % 2 == 0 ? one : two, $"load{worker}", loads.Token)));
        await LoadedAsync(one);
        await goes(underlay);
        // Of the first that are asked the outcome may be unknown.
        foreach (var host in (Operator[])[one, two])
        {
            await UntilAsync(async () => (await host.RunAsync("network", "create", ("network", "first"))).Kind == nameof(JournalUnavailable));
            await host.RefusedAsync("the journal cannot be reached since", "network", "create", ("network", "refused"));
        }

        await loads.CancelAsync();
        await load;

        for (var i = 0; i < 12; i++)
        {
            var since = Stopwatch.GetTimestamp();
            var refused = await (i % 2 == 0 ? one : two).RunAsync("container", "run", ("name", $"no{i}"), ("detach", "true"), ("network", "multihost"));
            Assert.True(refused.Refused, $"{refused.Code} {refused.Kind}: {refused.Error}");
            Assert.Contains("the journal cannot be reached since", refused.Error, StringComparison.Ordinal);
            Assert.True(Stopwatch.GetElapsedTime(since) < Bound);
        }

        // Packets and names, and both hosts' questions.
        foreach (var (host, container, name) in ((Operator, string, string)[])[(one, "aa", "bb"), (two, "bb", "aa")])
        {
            await host.PingsAsync(container, name);
            Assert.Contains("aa", await host.MembersAsync("multihost"));
            Assert.Contains(await IdAsync(host, container), await IdsAsync(host));
        }

        // What was is in the journal alone.
        var past = await one.RunAsync("network", "history", ("network", "multihost"));
        Assert.True(past.Done || past.Kind == nameof(JournalUnavailable), $"{past.Code} {past.Kind}: {past.Error}");

        // It is back: everything goes on by itself, and nothing that was refused is there.
        await comes(underlay);
        foreach (var host in (Operator[])[one, two])
        {
            await UntilAsync(async () => (await host.RunAsync("network", "create", ("network", $"after-{(host == one ? 1 : 2)}"))).Done);
            // A write that is on a connection which died in the silence has an unknown outcome still; anything else that is not done is wrong.
            Answer? run = null;
            await UntilAsync(async () => !(run = await host.RunAsync("container", "run", ("name", "after"), ("detach", "true"))).Unknown);
            Assert.True(run!.Done || run.Kind == nameof(ContainerNameTaken), $"{run.Code} {run.Kind}: {run.Error}");
            await host.DoneAsync("container", "rm", ("container", "after"), ("force", "true"));
            for (var i = 0; i < 12; i++) await host.RefusedAsync("No such container", "container", "inspect", ("container", $"no{i}"));
            await host.RefusedAsync("network refused not found", "network", "inspect", ("network", "refused"));
        }

        // Who watches one host is told of both, once, also after the journal was away.
        using var told = new StreamReader(await events.Content.ReadAsStreamAsync());
        foreach (var name in (string[])["after-1", "after-2"])
        {
            string? line;
            do line = await told.ReadLineAsync().WaitAsync(Bound);
            while (line?.Contains("\"name\":\"first\"", StringComparison.Ordinal) == true);
            Assert.Contains($"\"name\":\"{name}\"", line, StringComparison.Ordinal);
        }

        // What came to an end meanwhile is noticed, and what was caught in the middle is at one end or the other.
        await UntilAsync(async () => (await two.InspectAsync("container", "short"))[0].GetProperty("State").GetProperty("Status").GetString() == "exited");
        await UntilAsync(async () =>
        {
            // A connection that died in the silence may be noticed only now, and be taken for another outage for a moment.
            if (!(await one.RunAsync("network", "inspect", ("network", "multihost"))).Done) return false;
            var members = await one.MembersAsync("multihost");
            return members is ["aa", "bb", .. var rest] && rest.All(name => name.StartsWith("load", StringComparison.Ordinal));
        });
        foreach (var host in (Operator[])[one, two])
        {
            foreach (var id in await IdsAsync(host)) await UntilAsync(async () => await host.RunAsync("container", "rm", ("container", id), ("force", "true")) is { Done: true } or { Kind: nameof(ContainerNotFound) });
        }

        await one.DoneAsync("network", "rm", ("network", "multihost"));
    }

    private static async Task<string> IdAsync(Operator host, string container) => (await host.InspectAsync("container", container))[0].GetProperty("Id").GetString()!;

    private static async Task<string[]> IdsAsync(Operator host) =>
        (await host.DoneAsync("container", "ls", ("all", "true"), ("quiet", "true"), ("no-trunc", "true"))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task LoadAsync(Operator host, string name, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            if ((await host.RunAsync("container", "run", ("name", name), ("detach", "true"), ("network", "multihost"))).Kind == nameof(JournalUnavailable)) return;
            await host.RunAsync("container", "rm", ("container", name), ("force", "true"));
        }
    }

    private static Task LoadedAsync(Operator host) => UntilAsync(async () => (await host.MembersAsync("multihost")).Count > 3);

    private static Task UntilAsync(Func<Task<bool>> so) => Eventually.IsSoAsync(TimeSpan.FromSeconds(60), so);
}
