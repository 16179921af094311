using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using NetworkCluster.Commands;
using NetworkCluster.Pbm;
using Xunit;

namespace NetworkCluster.Tests.Host.Commands;

/// <summary>The wire as a program that is not our client sees it.</summary>
public sealed class PbmServerTests : IAsyncLifetime, IDisposable
{
    private readonly HttpClient _http = new();
    private PbmHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await PbmHost.StartAsync();
        _http.BaseAddress = _host.Address.Root;
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Palettes_come_with_a_tag_and_are_not_sent_twice()
    {
        using var first = await _http.GetAsync("palettes");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var again = new HttpRequestMessage(HttpMethod.Get, "palettes") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var second = await _http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task An_answer_is_one_frame_a_line_and_the_exit_frame_last()
    {
        using var response = await PostAsync("network/ls", """{"arguments":{"quiet":["true"]}}""");
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.MediaType);
        var lines = (await response.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n');
        Assert.StartsWith("""{"frame":"table",""", lines[0], StringComparison.Ordinal);
        Assert.Equal(["""{"frame":"exit","code":0}"""], lines[1..]);
    }

    [Theory]
    [InlineData("""{"arguments":{"nope":["x"]}}""", "unknown option: --nope")]
    [InlineData("""{"arguments":{}}""", "network is missing")]
    [InlineData("""{"arguments":{"network":["a","b"]}}""", "network is given more than once")]
    [InlineData("""{"arguments":{"network":["a"],"subnet":[null]}}""", "subnet has a value that is null")]
    [InlineData("""{"arguments":{"network":["a"],"internal":["maybe"]}}""", "option --internal takes no value")]
    [InlineData("""{"arguments":{"network":["a"],"driver":["a","b"]}}""", "option --driver is given more than once")]
    public async Task The_server_checks_the_words_itself(string request, string problem)
    {
        using var response = await PostAsync("network/create", request);
        Assert.Equal($$"""{"frame":"error","kind":"Usage","text":"{{problem}}"}""" + "\n" + """{"frame":"exit","code":2}""" + "\n", await response.Content.ReadAsStringAsync());
        Assert.Empty(_host.Gateway.Sent);
    }

    [Theory]
    [InlineData("network/nope", "{}", HttpStatusCode.NotFound)]
    [InlineData("nope/ls", "{}", HttpStatusCode.NotFound)]
    [InlineData("network/ls", "not json", HttpStatusCode.BadRequest)]
    [InlineData("network/ls", "{}", HttpStatusCode.BadRequest)]
    [InlineData("network/ls", """{"arguments":null}""", HttpStatusCode.BadRequest)]
    public async Task What_is_no_request_is_refused(string path, string body, HttpStatusCode status)
    {
        using var response = await PostAsync(path, body);
        Assert.Equal(status, response.StatusCode);
        Assert.NotEmpty(await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        using var response = await PostAsync("network/ls", new string(' ', PbmServer.BodyLimitBytes + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Those_that_connect_and_say_nothing_keep_nobody_out()
    {
        var silent = new List<TcpClient>();
        try
        {
            for (var i = 0; i < PbmServer.ConnectionLimit + 1; i++)
            {
                silent.Add(new TcpClient());
                await silent[i].ConnectAsync(IPAddress.Loopback, _host.Address.Root.Port);
            }

            using var response = await _http.GetAsync("palettes");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        finally
        {
            silent.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task A_web_page_cannot_command_the_cluster()
    {
        using var form = await _http.PostAsync("commands/network/ls", new StringContent("""{"arguments":{}}""", new MediaTypeHeaderValue("text/plain")));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);

        using var request = new HttpRequestMessage(HttpMethod.Get, "palettes") { Headers = { { "Origin", "https://example.com" } } };
        using var page = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);

        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "https://example.com");
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(SocketUri("container/exec"), CancellationToken.None));
    }

    [Fact]
    public async Task A_socket_that_says_nonsense_is_closed()
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(SocketUri("container/exec"), CancellationToken.None);
        await socket.SendAsync(Encoding.UTF8.GetBytes("nonsense"), WebSocketMessageType.Text, true, CancellationToken.None);
        var read = await socket.ReceiveAsync(new byte[16], CancellationToken.None);
        Assert.Equal(WebSocketMessageType.Close, read.MessageType);
    }

    [Fact]
    public async Task A_socket_that_says_nothing_is_closed()
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(SocketUri("container/exec"), CancellationToken.None);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[16], CancellationToken.None));
    }

    [Fact]
    public async Task Names_are_completed_by_prefix()
    {
        using var client = new PbmClient(_host.Address);
        Assert.Equal("isolated_nw", Assert.Single(await client.NamesAsync("network", "iso", CancellationToken.None)));
        Assert.Equal(["container1", "container2", "container3"], (await client.NamesAsync("container", "", CancellationToken.None)).Order());
        Assert.Empty(await client.NamesAsync("ipam", "", CancellationToken.None));
    }

    private Uri SocketUri(string command) => new($"ws://{_host.Address}/commands/{command}");

    private Task<HttpResponseMessage> PostAsync(string command, string body) =>
        _http.PostAsync($"commands/{command}", new StringContent(body, new MediaTypeHeaderValue("application/json")));
}
