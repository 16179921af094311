using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using NetworkCluster.Addressing;
using NetworkCluster.Commands;
using NetworkCluster.Dataplane;
using NetworkCluster.Engine;
using NetworkCluster.Tests.Host.Commands;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Host.Engine;

/// <summary>The plugin's socket as a program sees it that is no engine: a real server, and a cluster that answers what it is told to.</summary>
public sealed class PluginSocketTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nwc-plugin-").FullName;
    private readonly FakeGateway _gateway = new();
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    private string SocketPath => Path.Combine(_directory, "plugin.sock");

    public Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenEngine(SocketPath));
        _app = builder.Build();
        var pools = new EnginePools(_gateway, ([], []), _ => Task.FromResult<System.Collections.Immutable.ImmutableArray<Subnet>>([]), TimeProvider.System);
        _app.MapEngine(new EngineDriver(_gateway, pools, new EngineNotes(_directory), new Naming(), TimeProvider.System), pools);
        _http = UnixSocketClient.To(SocketPath);
        return _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("NetworkDriver.CreateNetwork", "{\"Err\":")]
    [InlineData("IpamDriver.RequestPool", "{\"Error\":")]
    public async Task A_body_over_the_limit_is_refused_in_the_drivers_own_field(string call, string answer)
    {
        // It is refused for what it says of its length, before it is sent.
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /{call} HTTP/1.1\r\nHost: plugin\r\nContent-Length: {EnginePlugin.BodyLimitBytes + 1}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(new NetworkStream(socket));
        var text = await reader.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200", text, StringComparison.Ordinal);
        Assert.Contains(answer, text, StringComparison.Ordinal);
        Assert.Contains($"{EnginePlugin.BodyLimitBytes} bytes", text, StringComparison.Ordinal);
        Assert.Empty(_gateway.Sent);
    }

    private const string Network = "{\"NetworkID\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",";

    [Theory]
    [InlineData("null", "the body is null")]
    [InlineData("", "try again")]
    [InlineData("{", "NetworkDriver.CreateNetwork: ")]
    [InlineData("[]", "NetworkDriver.CreateNetwork: ")]
    [InlineData("{\"NetworkID\":5}", "NetworkDriver.CreateNetwork: ")]
    [InlineData("{\"NetworkID\":null}", "invalid network id")]
    [InlineData(Network + "\"IPv4Data\":[null]}", "a subnet of the network is null")]
    [InlineData(Network + "\"IPv4Data\":[{\"Pool\":null}]}", "invalid subnet")]
    [InlineData(Network + "\"IPv4Data\":[{\"Pool\":\"10.1.0.0/24\",\"AuxAddresses\":{\"a\":null}}]}", "invalid address")]
    public async Task What_is_no_question_is_refused_and_the_next_one_is_answered(string body, string reason)
    {
        var (status, text) = await PostAsync("NetworkDriver.CreateNetwork", body);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(reason, text, StringComparison.Ordinal);
        Assert.Empty(_gateway.Sent);
        Assert.Equal("{\"Implements\":[\"NetworkDriver\",\"IpamDriver\"]}", (await PostAsync("Plugin.Activate", "")).Text);
    }

    [Fact]
    public async Task Nothing_else_of_the_process_is_there()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("commands/network/ls", "{}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("v1.41/networks/create", "{}")).Status);
        Assert.Equal((HttpStatusCode.NotFound, "{\"Err\":\"there is no call NetworkDriver.Nope\"}"), await PostAsync("NetworkDriver.Nope", "{}"));
    }

    [Theory]
    [InlineData("{\"Pool\":\"10.210.0.0/24\",\"SubPool\":\"10.211.0.0/25\"}", "the ip-range 10.211.0.0/25 is not in the subnet 10.210.0.0/24")]
    [InlineData("{\"Options\":{\"nonsense\":\"1\"}}", "unknown option nonsense for addresses")]
    public async Task A_pool_that_cannot_be_is_refused(string body, string reason)
    {
        Assert.Contains(reason, (await PostAsync("IpamDriver.RequestPool", body)).Text, StringComparison.Ordinal);
        Assert.Empty(_gateway.Sent);
    }

    [Fact]
    public async Task A_fault_is_told_in_the_drivers_own_field()
    {
        // What this cluster does not know it throws at whoever asks.
        Assert.StartsWith("{\"Error\":\"IpamDriver.RequestPool: ", (await PostAsync("IpamDriver.RequestPool", "{\"Pool\":\"10.210.0.0/24\"}")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_process_left_unfinished_is_no_note()
    {
        var (network, networks) = (new string('a', 64), Path.Combine(_directory, "engine", "networks"));
        foreach (var name in (string[])[network, $"{network}.new"]) File.WriteAllText(Path.Combine(networks, name), network);
        Assert.Equal([network], new EngineNotes(_directory).Networks.Keys);
        Assert.Equal([network], Directory.GetFiles(networks).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Who_says_nothing_keeps_nobody_out()
    {
        var silent = new List<Socket>();
        try
        {
            for (var i = 0; i < PbmServer.ConnectionLimit + 10; i++) silent.Add(await ConnectAsync());
            foreach (var half in silent.Take(20)) await half.SendAsync(Encoding.ASCII.GetBytes("POST /Network"));
            Assert.Equal(HttpStatusCode.OK, (await PostAsync("Plugin.Activate", "")).Status);
        }
        finally
        {
            silent.ForEach(socket => socket.Dispose());
        }
    }

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(string call, string body)
    {
        using var response = await _http.PostAsync(call, new StringContent(body));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        return socket;
    }
}
