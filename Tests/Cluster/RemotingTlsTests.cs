using System.Net.Sockets;
using System.Text;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>A cluster whose hosts speak TLS with each other: real processes, and those that want to come in without being of it.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class RemotingTlsTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Certificates _ours = new Certificates().Host("h1", "10.99.0.1").Host("h2", "10.99.0.2").Host("h3", "10.99.0.3").Admin("alice").Host("service", "10.99.0.254");
    private readonly Certificates _theirs = new Certificates().Host("h3", "10.99.0.3");

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
    }

    [KernelFact]
    public async Task Hosts_of_one_authority_form_a_cluster_and_nobody_else_comes_in()
    {
        await using var underlay = await Underlay.StartAsync("tl", 3, seeds: "\"10.99.0.1:4053\"", more: host => _ours.Settings($"h{host}"));
        var (one, three) = (underlay.Hosts[0].Operator, underlay.Hosts[2].Operator);
        await one.DoneAsync("network", "create", ("network", "multihost"), ("driver", "overlay"));
        await one.DoneAsync("container", "run", ("name", "db"), ("detach", "true"), ("network", "multihost"));
        await three.DoneAsync("container", "run", ("name", "web"), ("detach", "true"), ("network", "multihost"));
        await three.PingsAsync("web", "db");

        // Who is wrong says so itself, with what to do.
        await StaysOutAsync(underlay, _theirs.Settings("h3"), "The certificate of 10.99.0.1:4053 (CN=h1, OU=host) is not taken: ", "The authority in " + _theirs.File("h3", "ca"));
        await StaysOutAsync(underlay, [], "10.99.0.1:4053 speaks TLS, and this host without: give it network-cluster.tls.ca, .certificate and .key");
        // One that believes our authority, and has a certificate of another.
        await StaysOutAsync(underlay, [.. _theirs.Settings("h3"), "--set", $"network-cluster.tls.ca={Both()}"], "10.99.0.1:4053 does not take this host's certificate (CN=h3, OU=host): ");
        Assert.Contains("showed a certificate that is not taken (CN=h3, OU=host): ", underlay.Hosts[0].Output, StringComparison.Ordinal);
        Assert.Contains($"that the authority in {_ours.File("h1", "ca")} has signed", underlay.Hosts[0].Output, StringComparison.Ordinal);

        // An operator's certificate is of the same authority, and no host's.
        Talk(_ours.Of("alice"));
        await Eventually.IsSoAsync(Limit, () => Task.FromResult(underlay.Hosts[0].Output.Contains("showed a certificate that is not taken (CN=alice, OU=admin): ", StringComparison.Ordinal)));

        // A service has a certificate as a host has.
        Assert.Contains("all are placed", Kernel.Run("timeout", "30", "env", $"NETWORK_CLUSTER_CERT_PATH={_ours.Of("service")}", "dotnet", Path.Combine(AppContext.BaseDirectory, "..", "..", "Orchestrator", "release", "Akka.NetworkCluster.Orchestrator.dll"), "10.99.0.254", "worker", "1", "10.99.0.1:4053"), StringComparison.Ordinal);

        // Without a handshake there is no answer, whatever is said.
        Assert.Equal("", await SaidToAsync("10.99.0.1", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n")));
        Assert.Equal("", await SaidToAsync("10.99.0.1", [0x08, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]));

        await three.PingsAsync("web", "db");
        await one.DoneAsync("network", "inspect", ("network", "multihost"));

        // One that takes connections and says nothing, and then a stranger at its address, whom the others call: they go on.
        underlay.Hosts[1].Freeze(true);
        await Eventually.IsSoAsync(Limit, async () => !(await one.RunAsync("cluster", "show")).Out.Contains("host-tl2", StringComparison.Ordinal));
        underlay.Hosts[1].Freeze(false);
        try
        {
            await Eventually.IsSoAsync(Limit, async () => (await one.RunAsync("cluster", "show")).Out.Contains("host-tl2", StringComparison.Ordinal));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"the host that was frozen is not back:\n{underlay.Hosts[1].Output}\nand the seed:\n{underlay.Hosts[0].Output}");
        }

        await underlay.Hosts[1].KillAsync();
        var stranger = Task.Run(() => Underlay.On(2, $"timeout 10 openssl s_server -quiet -accept 10.99.0.2:4053 -cert {_theirs.File("h3", "cert")} -key {_theirs.File("h3", "key")} || true"));
        await Eventually.IsSoAsync(Limit, () => Task.FromResult(underlay.Hosts.Any(host => host.Output.Contains("10.99.0.2:4053 is not spoken to: its certificate is not taken", StringComparison.Ordinal))));
        await stranger;
        await underlay.Hosts[1].StartAsync();
        await underlay.Hosts[1].Operator.DoneAsync("network", "inspect", ("network", "multihost"));
        foreach (var host in (int[])[0, 2]) Assert.False(underlay.Hosts[host].Output.Contains("it joins again", StringComparison.Ordinal), underlay.Hosts[host].Output);
    }

    [KernelFact]
    public async Task Files_that_no_host_would_take_are_named_before_anything_is_started()
    {
        await using var host = new HostUnderTest("tlw");
        foreach (var (settings, why) in new (string[], string)[]
        {
            (["--set", $"network-cluster.tls.ca={_ours.File("h1", "ca")}"], "network-cluster.tls.key: it is needed: network-cluster.tls.ca, network-cluster.tls.certificate and network-cluster.tls.key go together"),
            ([.. _ours.Settings("h1"), "--set", "network-cluster.tls.key=/nowhere.pem"], "network-cluster.tls.key: there is no file /nowhere.pem"),
            ([.. _ours.Settings("h1"), "--set", $"network-cluster.tls.key={_ours.File("h2", "key")}"], $"network-cluster.tls.key: {_ours.File("h2", "key")} is not the key of {_ours.File("h1", "cert")}"),
            ([.. _ours.Settings("h1"), "--set", $"network-cluster.tls.ca={_theirs.File("h3", "ca")}"], $"network-cluster.tls.certificate: no host would take {_ours.File("h1", "cert")}: "),
            (_ours.Settings("alice"), $"network-cluster.tls.certificate: no host would take {_ours.File("alice", "cert")}: "),
            (["--set", "network-cluster.pbm.tls=on"], "network-cluster.pbm.tls: on needs network-cluster.tls.ca, network-cluster.tls.certificate and network-cluster.tls.key"),
            (["--set", "network-cluster.pbm.tls=auto", "--set", "network-cluster.pbm.address=0.0.0.0"], "network-cluster.pbm.address: others reach 0.0.0.0, and who reaches pbm commands the host: give it network-cluster.tls.ca"),
        })
        {
            var (code, output) = await host.StartSecondAsync(settings);
            Assert.True(code == 2 && output.Contains(why, StringComparison.Ordinal), output);
        }
    }

    private static async Task StaysOutAsync(Underlay underlay, string[] settings, params string[] sentences)
    {
        await using var stranger = new HostUnderTest("tlx", "machine3", "10.99.0.3:9111",
            ["--config", Path.Combine(AppContext.BaseDirectory, "hocon", "cluster.conf"), "--set", "network-cluster.cluster.address=10.99.0.3", "--set", "network-cluster.cluster.port=4054", "--set", "network-cluster.cluster.seeds=[\"10.99.0.1:4053\"]", "--set", $"network-cluster.journal.connection-string={underlay.Journal}", .. settings]);
        var starting = stranger.StartAsync();
        try
        {
            await Eventually.IsSoAsync(Limit, () => Task.FromResult(sentences.All(sentence => stranger.Output.Contains(sentence, StringComparison.Ordinal))));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"it did not say {string.Join(" nor ", sentences)}, but:\n{stranger.Output}\nand the seed:\n{underlay.Hosts[0].Output}");
        }

        Assert.DoesNotContain("host-tlx", (await underlay.Hosts[1].Operator.RunAsync("cluster", "show")).Out, StringComparison.Ordinal);
        await stranger.KillAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => starting);
    }

    private string Both()
    {
        var both = Path.Combine(_theirs.Of("h3"), "both.pem");
        File.WriteAllText(both, File.ReadAllText(_theirs.File("h3", "ca")) + File.ReadAllText(_ours.File("h1", "ca")));
        return both;
    }

    private static string Talk(string who) => KernelShell($"echo hello | timeout 5 openssl s_client -ign_eof -connect 10.99.0.1:4053 -CAfile {who}/ca.pem -cert {who}/cert.pem -key {who}/key.pem 2>&1");

    private static string KernelShell(string command) => Kernel.Run("sh", "-c", command);

    private static async Task<string> SaidToAsync(string address, byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address, 4053);
        await client.GetStream().WriteAsync(bytes);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var answer = new byte[1024];
        try
        {
            return Encoding.Latin1.GetString(answer, 0, await client.GetStream().ReadAsync(answer, limit.Token));
        }
        catch (Exception cause) when (cause is IOException or OperationCanceledException)
        {
            return "";
        }
    }
}
