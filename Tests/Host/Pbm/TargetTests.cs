using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using NetworkCluster.Pbm;
using Xunit;

namespace NetworkCluster.Tests.Host.Pbm;

public sealed class TargetTests
{
    [Theory]
    [InlineData("network ls", "127.0.0.1:9110  network ls")]
    [InlineData("10.8.0.1:9210 network ls", "10.8.0.1:9210  network ls")]
    [InlineData("10.8.0.1:9210 --cert-path certs network ls", "10.8.0.1:9210 certs network ls")]
    [InlineData("--cert-path certs 10.8.0.1:9210 network ls", "10.8.0.1:9210 certs network ls")]
    [InlineData("--cert-path=certs [fd00::1]:9210 network ls", "[fd00::1]:9210 certs network ls")]
    [InlineData("--json network ls", "127.0.0.1:9110  --json network ls")]
    [InlineData("--format={{.Name}}:x network ls", "127.0.0.1:9110  --format={{.Name}}:x network ls")]
    [InlineData("", "127.0.0.1:9110  ")]
    public void The_host_and_the_certificate_come_first_in_either_order(string line, string expected)
    {
        var target = Target.Of(Words(line), _ => null);
        Assert.Equal(expected, $"{target.Address} {target.CertificatePath} {string.Join(' ', target.Words)}");
    }

    [Fact]
    public void What_is_not_said_is_in_the_environment()
    {
        Assert.Equal(("10.8.0.1:9210", "certs"), Said(""));
        Assert.Equal(("10.8.0.2:9110", "certs"), Said("10.8.0.2:9110"));
        Assert.Equal(("10.8.0.1:9210", "mine"), Said("--cert-path mine"));

        static (string, string?) Said(string line) => Target.Of(Words(line), name => name == "PBM_HOST" ? "10.8.0.1:9210" : "certs") is var target ? (target.Address.ToString(), target.CertificatePath) : default;
    }

    [Theory]
    [InlineData("10.8.0.1:port network ls", "not host:port: 10.8.0.1:port")]
    [InlineData("--cert-path certs 10.8.0.1:99999 network ls", "not host:port: 10.8.0.1:99999")]
    [InlineData("10.8.0.1:9110 10.8.0.2:9110 network ls", "one host at a time: 10.8.0.1:9110, and then 10.8.0.2:9110")]
    [InlineData("--cert-path", "--cert-path takes a directory with ca.pem, cert.pem and key.pem")]
    [InlineData("network ls", "PBM_HOST is not host:port: here")]
    public void What_makes_no_sense_is_named(string line, string problem) =>
        Assert.Equal(problem, Assert.Throws<UsageError>(() => Target.Of(Words(line), name => name == "PBM_HOST" ? "here" : null)).Message);

    [Fact]
    public async Task Another_port_that_speaks_HTTP_is_told_from_pbms()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var other = builder.Build();
        await other.StartAsync();
        Assert.True(HostAddress.TryParse(new Uri(other.Urls.Single()).Authority, out var address));
        using var client = new PbmClient(address);
        var wrong = await Assert.ThrowsAsync<UnreachableException>(() => client.PalettesAsync(CancellationToken.None));
        Assert.Equal($"{address} speaks HTTP, but is not pbm's port of a host (network-cluster.pbm.port, 9110 unless it is set): it answered 404 NotFound", wrong.Message);
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
