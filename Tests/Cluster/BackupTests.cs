using System.Globalization;
using Akka.Actor;
using Microsoft.Data.Sqlite;
using NetworkCluster.Tests.Support;
using Npgsql;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>A backup is taken while hosts work, more is done, everything dies, and the backup is put back, as docs/operations.md says it: what was in it is there, and of what came after nothing is left in a kernel.</summary>
[Collection(nameof(Underlay)), Trait("Category", "Kernel")]
public sealed class BackupTests : IAsyncLifetime
{
    private readonly string _backup = Directory.CreateTempSubdirectory("nwc-backup-").FullName;
    private readonly ActorSystem _reader = ActorSystem.Create("reader");

    public Task InitializeAsync()
    {
        // The database's programs are another user's.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_backup, (UnixFileMode)0b111_111_111);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _reader.Terminate();
        Directory.Delete(_backup, recursive: true);
    }

    [KernelFact]
    public async Task SQLite_backed_up_while_the_host_runs_and_put_back_after_kill_9()
    {
        await using var host = new HostUnderTest("bks");
        await host.StartAsync();
        await BeforeAsync(host, "bridge");
        var copy = Path.Combine(_backup, "journal.db");
        long last;
        await using (var journal = new SqliteConnection($"Data Source={host.Journal};Pooling=False"))
        {
            await journal.OpenAsync();
            await using var command = journal.CreateCommand();
            command.CommandText = $"VACUUM INTO '{copy}'";
            await command.ExecuteNonQueryAsync();
            command.CommandText = "SELECT MAX(ordering) FROM journal";
            last = (long)(await command.ExecuteScalarAsync())!;
        }

        await AfterAsync(host, "bridge");
        // The host notes once a second how far its journal has come.
        await Eventually.IsSoAsync(TimeSpan.FromSeconds(20), () => Task.FromResult(File.ReadAllLines(host.Mark) is [_, _, var noted, ..] && long.Parse(noted, CultureInfo.InvariantCulture) > last));
        await host.KillAsync();

        // Half put back is refused: what was noted as written is not there.
        foreach (var file in (string[])[host.Journal, $"{host.Journal}-wal", $"{host.Journal}-shm"]) File.Delete(file);
        File.Copy(copy, host.Journal);
        var (code, refusal) = await host.StartSecondAsync();
        Assert.True(code == 2, refusal);
        Assert.Contains($"or take {host.Mark} away, and the host goes on with what is there and removes the containers that it then does not know", refusal, StringComparison.Ordinal);

        foreach (var file in (string[])[host.Journal, $"{host.Journal}-wal", $"{host.Journal}-shm", host.Mark]) File.Delete(file);
        File.Copy(copy, host.Journal);
        await host.StartAsync();
        await IsAsBackedUpAsync(host);
        JournalFacts.AssertOneHolderEach(JournalFacts.Read(host.Journal, _reader));
    }

    [KernelFact]
    public async Task PostgreSQL_dumped_while_two_hosts_run_and_put_back_after_both_were_killed()
    {
        await using var underlay = await Underlay.StartAsync("bk", 2);
        var (first, second) = (underlay.Hosts[0], underlay.Hosts[1]);
        await BeforeAsync(first, "overlay");
        await second.Operator.DoneAsync("container", "run", ("name", "far"), ("detach", "true"), ("network", "web"));
        await second.Operator.PingsAsync("far", "aa");
        var dump = Path.Combine(_backup, "journal.dump");
        await underlay.Postgres.DumpAsync(dump);

        await AfterAsync(first, "overlay");
        await second.Operator.DoneAsync("container", "run", ("name", "farther"), ("detach", "true"), ("network", "later"));
        await second.Operator.DoneAsync("network", "disconnect", ("network", "web"), ("container", "far"));
        await Task.WhenAll(first.KillAsync(), second.KillAsync());
        await underlay.Postgres.RestoreAsync(dump);
        await Task.WhenAll(first.StartAsync(), second.StartAsync());

        await IsAsBackedUpAsync(first);
        // It lived on, and is in its network again, as the backup has it.
        await Eventually.IsSoAsync(TimeSpan.FromSeconds(20), async () => (await second.Operator.RunAsync("container", "exec", ("container", "far"), ("command", "ping"), ("command", "-c1"), ("command", "-W1"), ("command", "aa"))).Done);
        await Eventually.IsSoAsync(TimeSpan.FromSeconds(20), () => Task.FromResult(Kernel.Sandboxes(second.Prefix).Count == 1));
        await using var journal = new NpgsqlConnection($"{underlay.Journal};Pooling=False");
        await journal.OpenAsync();
        JournalFacts.AssertOneHolderEach(JournalFacts.Read(journal, _reader));
    }

    private static async Task BeforeAsync(HostUnderTest host, string driver)
    {
        await host.Operator.DoneAsync("network", "create", ("network", "web"), ("driver", driver), ("subnet", "10.236.0.0/24"));
        await host.Operator.DoneAsync("container", "run", ("name", "aa"), ("detach", "true"), ("network", "web"), ("ip", "10.236.0.10"));
        await host.Operator.DoneAsync("container", "run", ("name", "bb"), ("detach", "true"), ("network", "web"));
        await host.Operator.PingsAsync("aa", "bb");
    }

    // Another one gets the address of one that was there; one that stays is in a further network; a new network, and one in it.
    private static async Task AfterAsync(HostUnderTest host, string driver)
    {
        var address = (await host.Operator.InspectAsync("container", "bb"))[0].GetProperty("NetworkSettings").GetProperty("Networks").GetProperty("web").GetProperty("IPAddress").GetString()!;
        await host.Operator.DoneAsync("container", "rm", ("container", "bb"), ("force", "true"));
        await host.Operator.DoneAsync("container", "run", ("name", "late"), ("detach", "true"), ("network", "web"), ("ip", address));
        await host.Operator.DoneAsync("network", "create", ("network", "later"), ("driver", driver), ("subnet", "10.236.1.0/24"));
        await host.Operator.DoneAsync("network", "connect", ("network", "later"), ("container", "aa"));
        await host.Operator.DoneAsync("container", "run", ("name", "dd"), ("detach", "true"), ("network", "later"));
        await host.Operator.PingsAsync("aa", "dd");
    }

    private static async Task IsAsBackedUpAsync(HostUnderTest host)
    {
        var networks = (await host.Operator.DoneAsync("network", "ls", ("filter", "type=custom"), ("no-trunc", "true"))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("web", (await host.Operator.InspectAsync("network", Assert.Single(networks)))[0].GetProperty("Name").GetString());
        var containers = (await host.Operator.InspectAsync("container", "aa", "bb")).EnumerateArray().ToDictionary(container => container.GetProperty("Name").GetString()!.TrimStart('/'));
        Assert.Equal(("running", "exited"), (StatusOf("aa"), StatusOf("bb")));
        await host.Operator.RefusedAsync("No such container: late", "container", "inspect", ("container", "late"));

        // Who came later is gone from the kernel, and so is what those that stay had of it.
        var sandbox = $"{host.Prefix}-{containers["aa"].GetProperty("Id").GetString()![..12]}";
        await Eventually.IsSoAsync(TimeSpan.FromSeconds(20), () => Task.FromResult(Kernel.Sandboxes(host.Prefix) is [var only] && only == sandbox && Kernel.Addresses(sandbox) is ["10.236.0.10/24"]));

        // And who was there comes again, at an address that nobody else has.
        await host.Operator.DoneAsync("container", "start", ("container", "bb"));
        await host.Operator.PingsAsync("bb", "aa");
        await host.Operator.PingsAsync("aa", "bb");
        var addresses = (await host.Operator.DoneAsync("ipam", "addresses", ("network", "web"))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(addresses.Distinct(), addresses);

        string StatusOf(string name) => containers[name].GetProperty("State").GetProperty("Status").GetString()!;
    }
}
