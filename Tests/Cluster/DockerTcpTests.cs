using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>The unchanged docker command line over TCP, with certificates on both sides.</summary>
[Trait("Category", "Kernel")]
public sealed class DockerTcpTests : IAsyncLifetime
{
    private const string Address = "127.0.0.1:23761";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1", ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly string _files = Directory.CreateTempSubdirectory("nwc-test-tls-").FullName;
    private readonly HostUnderTest _host;

    public DockerTcpTests()
    {
        using var ours = Authority("ours");
        using var theirs = Authority("theirs");
        Issue(ours, "host", ServerAuthentication);
        Issue(ours, "client", ClientAuthentication);
        Issue(ours, "other-host", ServerAuthentication);
        Issue(theirs, "stranger", ClientAuthentication);
        _host = new("dtc", more: [.. Settings(("address", Address), ("ca", File("ours.pem")), ("certificate", File("host.pem")), ("key", File("host.key")))]);
    }

    public Task InitializeAsync() => _host.StartAsync();

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_files, recursive: true);
    }

    [KernelFact]
    public async Task Who_has_a_certificate_of_the_authority_commands_the_host_and_nobody_else_does()
    {
        var client = new DockerCommandLine(_host.DockerSocket, Options("client"));
        client.Done("network create --subnet 10.67.0.0/24 far");
        client.Done("run -d --name one --network far busybox");
        Assert.Equal("one", client.Done("ps --format '{{.Names}}'"));
        // Streams over a connection that is taken over, and the end of the input.
        Assert.Equal((3, "typed", ""), client.Run("exec -i one sh -c 'cat; exit 3'", "typed"));
        Assert.Equal("over", client.Done("run --rm busybox echo over"));

        foreach (var options in new[] { Options("stranger"), Options("other-host"), $"--tls --tlscacert {File("ours.pem")} -H tcp://{Address}", $"-H tcp://{Address}" })
        {
            var (code, output, _) = new DockerCommandLine(_host.DockerSocket, options).Run("ps");
            Assert.Equal((1, ""), (code, output));
        }

        foreach (var who in new[] { "stranger", "other-host" }) Assert.Contains($"showed a certificate that is not taken: CN={who}: ", _host.Output, StringComparison.Ordinal);

        // Those that say nothing, or nonsense, keep nobody out.
        var silent = new List<TcpClient>();
        for (var i = 0; i < 200; i++)
        {
            silent.Add(new());
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
        System.IO.File.WriteAllText(File("empty.pem"), "nothing");
        foreach (var (wrong, file, why) in new[]
        {
            ("key", "client.key", $"network-cluster.docker-api.tcp.key: {File("client.key")} is not the key of {File("host.pem")}"),
            ("ca", "empty.pem", $"network-cluster.docker-api.tcp.ca: there is no PEM certificate in {File("empty.pem")}"),
            ("certificate", "nowhere.pem", $"network-cluster.docker-api.tcp.certificate: there is no file {File("nowhere.pem")}"),
        })
        {
            var (code, output) = await _host.StartSecondAsync([.. Settings((wrong, File(file)))]);
            Assert.True(code != 0 && output.Contains(why, StringComparison.Ordinal), output);
        }
    }

    private string File(string name) => Path.Combine(_files, name);

    private string Options(string who) => $"--tlsverify --tlscacert {File("ours.pem")} --tlscert {File($"{who}.pem")} --tlskey {File($"{who}.key")} -H tcp://{Address}";

    private static IEnumerable<string> Settings(params (string Key, string Value)[] settings) => settings.SelectMany(setting => (string[])["--set", $"network-cluster.docker-api.tcp.{setting.Key}={setting.Value}"]);

    private X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        var made = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(2));
        System.IO.File.WriteAllText(File($"{name}.pem"), made.ExportCertificatePem());
        return made;
    }

    private void Issue(X509Certificate2 authority, string name, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(usage)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.Create(authority, now.AddMinutes(-30), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        System.IO.File.WriteAllText(File($"{name}.pem"), made.ExportCertificatePem());
        System.IO.File.WriteAllText(File($"{name}.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
