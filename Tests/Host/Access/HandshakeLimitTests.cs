using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using NetworkCluster.Access;
using NetworkCluster.Commands;
using NetworkCluster.Serialization;
using Xunit;

namespace NetworkCluster.Tests.Host.Access;

public sealed class HandshakeLimitTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("fd00::1", "fd00::ffff:2:3:4", true)]
    [InlineData("fd00::1", "fd00:0:0:1::1", false)]
    public void A_client_is_an_address_or_the_network_that_one_machine_may_have_for_itself(string one, string other, bool same)
    {
        var limit = new HandshakeLimit();
        for (var i = 0; i < HandshakeLimit.PerClient; i++) Assert.NotNull(limit.TryBegin(IPAddress.Parse(one)));
        Assert.Equal(same, limit.TryBegin(IPAddress.Parse(other)) is null);
    }

    [Fact]
    public void What_is_finished_makes_room_for_one_however_often_it_is_said()
    {
        var limit = new HandshakeLimit();
        var begun = Enumerable.Range(0, HandshakeLimit.PerClient).Select(_ => limit.TryBegin(IPAddress.Loopback)!).ToList();
        begun[0].Dispose();
        begun[0].Dispose();
        Assert.NotNull(limit.TryBegin(IPAddress.Loopback));
        Assert.Null(limit.TryBegin(IPAddress.Loopback));
    }

    [Fact]
    public async Task Strangers_that_never_finish_a_handshake_keep_nobody_else_out()
    {
        using var authority = new Authority();
        using var own = authority.Host();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenPbm(new IPEndPoint(IPAddress.Loopback, 0), (own, new([], []))));
        await using var host = builder.Build();
        await host.StartAsync();
        var port = new Uri(host.Urls.Single()).Port;
        var strangers = new List<TcpClient>();
        try
        {
            for (var i = 0; i < PbmServer.ConnectionLimit + 50; i++) strangers.Add(await BeginAsync());
            // All but those that are counted are closed at once, and not because the time for a handshake is over: those have it still.
            await Task.WhenAll(strangers.Skip(HandshakeLimit.PerClient).Select(ClosedAsync)).WaitAsync(PbmServer.IdleLimit);
            Assert.All(strangers.Take(HandshakeLimit.PerClient), stranger => Assert.False(stranger.Client.Poll(0, SelectMode.SelectRead)));
            await FinishAsync(IPAddress.Parse("127.0.0.2"));
            // Whoever shares their address is served when they are gone, and what has finished is not counted.
            strangers.ForEach(stranger => stranger.Dispose());
            for (var i = 0; i < HandshakeLimit.PerClient * 2; i++) await FinishAsync(IPAddress.Loopback);
        }
        finally
        {
            strangers.ForEach(stranger => stranger.Dispose());
        }

        async Task<TcpClient> BeginAsync()
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            try
            {
                await client.GetStream().WriteAsync(new byte[] { 0x16, 3, 1, 2, 0, 1, 0 });
            }
            catch (IOException)
            {
                // It was closed before.
            }

            return client;
        }

        async Task FinishAsync(IPAddress from)
        {
            var client = new TcpClient(new IPEndPoint(from, 0));
            strangers.Add(client);
            await client.ConnectAsync(IPAddress.Loopback, port);
            var tls = new SslStream(client.GetStream(), false, (_, shown, _, _) => shown?.Subject == "CN=host");
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "host", ClientCertificates = [authority.Admin] }).WaitAsync(PbmServer.IdleLimit);
            await tls.WriteAsync("GET / HTTP/1.1\r\nHost: host\r\n\r\n"u8.ToArray());
            Assert.True(await tls.ReadAsync(new byte[1]) > 0);
        }

        static async Task ClosedAsync(TcpClient client)
        {
            try
            {
                Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]));
            }
            catch (IOException)
            {
                // So it ends where something had been said.
            }
        }
    }

    private sealed class Authority : IDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("nwc-test-tls-").FullName;
        private readonly X509Certificate2 _ca;

        public Authority()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            _ca = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
            Admin = Signed("CN=alice, OU=admin", TlsIdentity.ClientUsage, 1);
        }

        public X509Certificate2 Admin { get; }

        public TlsIdentity Host()
        {
            using var host = Signed("CN=host", TlsIdentity.ServerUsage, 2);
            var files = new TlsFiles(File("ca", _ca.ExportCertificatePem()), File("cert", host.ExportCertificatePem()), File("key", host.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()));
            return TlsIdentity.Read(files, (what, why) => Assert.Fail($"{what}: {why}"))!;
        }

        public void Dispose()
        {
            _ca.Dispose();
            Admin.Dispose();
            Directory.Delete(_directory, recursive: true);
        }

        private string File(string name, string pem)
        {
            var path = Path.Combine(_directory, $"{name}.pem");
            System.IO.File.WriteAllText(path, pem);
            return path;
        }

        private X509Certificate2 Signed(string subject, string usage, byte serial)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(usage)], false));
            using var signed = request.Create(_ca, TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddHours(1), [serial]);
            return signed.CopyWithPrivateKey(key);
        }
    }
}
