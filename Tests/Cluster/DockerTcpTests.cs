using System.Net;
using System.Net.Sockets;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>The unchanged docker command line over TCP, with certificates on both sides.</summary>
[Trait("Category", "Kernel")]
public sealed class DockerTcpTests : IAsyncLifetime
{
    private const string Address = "127.0.0.1:23761";

    private readonly Certificates _ours = new Certificates().Host("host", "127.0.0.1").Admin("client").Reader("viewer");
    private readonly Certificates _theirs = new Certificates().Admin("stranger");
    private readonly HostUnderTest _host;

    public DockerTcpTests() => _host = new("dtc", more: ["--set", $"network-cluster.docker-api.tcp.address={Address}", .. _ours.Settings("host", "docker-api.tcp")]);

    public Task InitializeAsync() => _host.StartAsync();

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _ours.Dispose();
        _theirs.Dispose();
    }

    [KernelFact]
    public async Task Who_has_a_certificate_of_the_authority_commands_the_host_and_nobody_else_does()
    {
        var client = new DockerCommandLine(_host.DockerSocket, Options(_ours, "client"));
        client.Done("network create --subnet 10.67.0.0/24 far");
        client.Done("run -d --name one --network far busybox");
        Assert.Equal("one", client.Done("ps --format '{{.Names}}'"));
        // Streams over a connection that is taken over, and the end of the input.
        Assert.Equal((3, "typed", ""), client.Run("exec -i one sh -c 'cat; exit 3'", "typed"));
        Assert.Equal("over", client.Done("run --rm busybox echo over"));

        // Who may look may look, and no more.
        var viewer = new DockerCommandLine(_host.DockerSocket, Options(_ours, "viewer"));
        Assert.Equal("one", viewer.Done("ps --format '{{.Names}}'"));
        Assert.Equal("far", viewer.Done("network inspect --format '{{.Name}}' far"));
        foreach (var (command, request) in new[] { ("network rm far", "DELETE /networks/"), ("network create near", "POST /networks/create"), ("stop one", "POST /containers/"), ("exec one true", "POST /containers/") })
        {
            var (code, _, error) = viewer.Run(command);
            Assert.True(code != 0 && error.Contains($"viewer is a reader, and {request}", StringComparison.Ordinal) && error.Contains("takes an admin: use a certificate with OU=admin", StringComparison.Ordinal), $"{command}: {code} {error}");
        }

        // A request that takes its connection over is the server's before the rest is looked at.
        Assert.Contains("HTTP/1.1 403 Forbidden", Kernel.Run("sh", "-c", $"printf 'POST /v1.43/exec/1/start HTTP/1.1\\r\\nHost: x\\r\\nUpgrade: tcp\\r\\nConnection: Upgrade\\r\\nContent-Type: application/json\\r\\nContent-Length: 2\\r\\n\\r\\n{{}}' | timeout 5 openssl s_client -quiet -connect {Address} -CAfile {_ours.File("viewer", "ca")} -cert {_ours.File("viewer", "cert")} -key {_ours.File("viewer", "key")} 2>&1"), StringComparison.Ordinal);

        foreach (var options in new[] { Options(_theirs, "stranger"), $"--tls --tlscacert {_ours.File("client", "ca")} -H tcp://{Address}", $"-H tcp://{Address}" })
        {
            var (code, output, _) = new DockerCommandLine(_host.DockerSocket, options).Run("ps");
            Assert.Equal((1, ""), (code, output));
        }

        // One that believes our authority and has a certificate of another.
        Kernel.Run("sh", "-c", $"echo | timeout 5 openssl s_client -ign_eof -connect {Address} -CAfile {_ours.File("client", "ca")} -cert {_theirs.File("stranger", "cert")} -key {_theirs.File("stranger", "key")} 2>&1");
        await Eventually.IsSoAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(_host.Output.Contains("showed a certificate that is not taken: CN=stranger, OU=admin: ", StringComparison.Ordinal)));
        Assert.Contains("docker's API speaks TLS here, and this came without: ", new DockerCommandLine(_host.DockerSocket, $"-H tcp://{Address}").Run("ps").Error, StringComparison.Ordinal);

        // Those that say nothing, or nonsense, keep nobody of another address out.
        var silent = new List<TcpClient>();
        for (var i = 0; i < 200; i++)
        {
            silent.Add(new(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0)));
            await silent[i].ConnectAsync("127.0.0.1", 23761);
            if (i % 2 == 0) await silent[i].GetStream().WriteAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01 });
        }

        Assert.Equal("one", client.Done("ps --format '{{.Names}}'"));
        silent.ForEach(one => one.Dispose());

        // Over the socket as before.
        Assert.Equal("one", new DockerCommandLine(_host.DockerSocket).Done("ps --format '{{.Names}}'"));
    }

    [KernelFact]
    public async Task Files_that_make_no_sense_are_named_before_anything_is_started()
    {
        var empty = Path.Combine(_ours.Of("host"), "empty.pem");
        File.WriteAllText(empty, "nothing");
        foreach (var (wrong, file, why) in new[]
        {
            ("key", _ours.File("client", "key"), $"network-cluster.docker-api.tcp.key: {_ours.File("client", "key")} is not the key of {_ours.File("host", "cert")}"),
            ("ca", empty, $"network-cluster.docker-api.tcp.ca: there is no PEM certificate in {empty}"),
            ("certificate", "/nowhere.pem", "network-cluster.docker-api.tcp.certificate: there is no file /nowhere.pem"),
        })
        {
            var (code, output) = await _host.StartSecondAsync(["--set", $"network-cluster.docker-api.tcp.{wrong}={file}"]);
            Assert.True(code != 0 && output.Contains(why, StringComparison.Ordinal), output);
        }
    }

    private static string Options(Certificates certificates, string who) =>
        $"--tlsverify --tlscacert {certificates.File(who, "ca")} --tlscert {certificates.File(who, "cert")} --tlskey {certificates.File(who, "key")} -H tcp://{Address}";
}
