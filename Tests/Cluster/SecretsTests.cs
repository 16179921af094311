using NetworkCluster.Tests.Support;
using Npgsql;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>A password in the settings is nowhere in what a host prints: with everything logged, with a database that refuses it, with one that is not there, and where the setting itself is wrong.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class SecretsTests
{
    private const string Secret = "sesame-4711";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string[] LogsAll = ["--set", "network-cluster.log-level=Trace", "--set", "akka.loglevel=DEBUG", "--set", "akka.actor.debug.unhandled=on", "--set", "akka.remote.log-received-messages=on", "--set", "akka.remote.log-sent-messages=on"];

    [KernelFact]
    public async Task A_password_is_nowhere_in_what_a_host_prints()
    {
        await using var underlay = await Underlay.StartAsync("sc", 1);
        var admin = new NpgsqlConnection(underlay.Journal);
        await using (admin)
        {
            await admin.OpenAsync();
            foreach (var statement in new[]
            {
                $"CREATE ROLE nwc LOGIN PASSWORD '{Secret}' SUPERUSER",
                $"COPY (SELECT unnest(ARRAY['host all nwc 0.0.0.0/0 scram-sha-256', 'host all all 0.0.0.0/0 trust', 'local all all trust'])) TO '{await new NpgsqlCommand("SHOW hba_file", admin).ExecuteScalarAsync()}'",
                "SELECT pg_reload_conf()",
            })
            {
                await using var command = new NpgsqlCommand(statement, admin);
                await command.ExecuteNonQueryAsync();
            }
        }

        var right = $"{new NpgsqlConnectionStringBuilder(underlay.Journal) { Username = "nwc", Password = Secret }}";
        await using (var host = Host(right, "cluster.seeds=[\"10.99.0.1:4053\"]"))
        {
            await host.StartAsync();
            await host.Operator.DoneAsync("network", "create", ("network", "seen"), ("driver", "overlay"));
            Silent(host.Output, "DEBUG", "dbug");
        }

        await using (var host = Host(right.Replace(Secret, $"{Secret}-wrong", StringComparison.Ordinal)))
        {
            await SaysAsync(host, "password authentication failed");
        }

        await using (var host = Host(right.Replace("5455", "5499", StringComparison.Ordinal)))
        {
            await SaysAsync(host, "the database cannot be asked");
        }

        // Wrong in itself: what is wrong is shown, but for this.
        await using var never = Host(right);
        foreach (var wrong in new[] { $"network-cluster.journal=Host=x;Password={Secret}", $"network-cluster.journal.conection-string=Host=x;Password={Secret}", "akka.log-config-on-start=on", $"Password:{Secret}" })
        {
            var (code, output) = await never.StartSecondAsync("--set", wrong);
            Assert.Equal(2, code);
            Silent(output, "was not started");
        }
    }

    private static HostUnderTest Host(string journal, string more = "cluster.seeds=[]") => new("scx", pbm: "127.0.0.1:0", more:
    [
        "--config", Path.Combine(AppContext.BaseDirectory, "hocon", "cluster.conf"), "--set", "network-cluster.cluster.address=10.99.0.254", "--set", "network-cluster.cluster.port=4099",
        "--set", $"network-cluster.{more}", "--set", $"network-cluster.journal.connection-string={journal}", .. LogsAll,
    ]);

    private static async Task SaysAsync(HostUnderTest host, string sentence)
    {
        var starting = host.StartAsync();
        await Eventually.IsSoAsync(Limit, () => Task.FromResult(host.Output.Contains(sentence, StringComparison.Ordinal)));
        Silent(host.Output, sentence);
        // Tried again and again, and said once by each who tries.
        await Task.Delay(TimeSpan.FromSeconds(7));
        Assert.Single(host.Output.Split('\n'), line => line.Contains("the database cannot be asked", StringComparison.Ordinal));
        Assert.DoesNotContain("the rest goes on", host.Output, StringComparison.Ordinal);
        await host.KillAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => starting);
    }

    private static void Silent(string output, params string[] said)
    {
        Assert.True(said.Any(one => output.Contains(one, StringComparison.Ordinal)), $"it was to say {string.Join(" or ", said)}, but:\n{output}");
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
    }
}
