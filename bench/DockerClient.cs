using System.Text;
using System.Text.Json;
using NetworkCluster.Tests.Support;

namespace NetworkCluster.Bench;

/// <summary>Docker's API at a unix socket, whoever serves it: one kept-alive connection for each request under way.</summary>
internal sealed class DockerClient(string socket) : IDisposable
{
    private readonly HttpClient _http = UnixSocketClient.To(socket);

    public Task PingAsync() => SendAsync(HttpMethod.Get, "/_ping");

    public Task CreateAsync(string network) => SendAsync(HttpMethod.Post, "/networks/create", $$"""{"Name":"{{network}}","CheckDuplicate":true,"Driver":"bridge"}""");

    public Task ConnectAsync(string network, string container) => SendAsync(HttpMethod.Post, $"/networks/{network}/connect", $$"""{"Container":"{{container}}"}""");

    public Task DisconnectAsync(string network, string container) => SendAsync(HttpMethod.Post, $"/networks/{network}/disconnect", $$"""{"Container":"{{container}}"}""");

    public Task InspectAsync(string network) => SendAsync(HttpMethod.Get, $"/networks/{network}");

    public Task ListAsync() => SendAsync(HttpMethod.Get, "/networks");

    public Task RemoveAsync(string network) => SendAsync(HttpMethod.Delete, $"/networks/{network}");

    /// <summary>A container that runs, in that network: a command, or what its image says.</summary>
    public async Task RunAsync(string container, string network, string image = DockerEngine.Image, string[]? command = null)
    {
        await SendAsync(HttpMethod.Post, $"/containers/create?name={container}", $$$"""{"Image":"{{{image}}}","Cmd":{{{JsonSerializer.Serialize(command)}}},"HostConfig":{"NetworkMode":"{{{network}}}"}}""");
        await SendAsync(HttpMethod.Post, $"/containers/{container}/start");
    }

    /// <summary>Kills and removes it.</summary>
    public Task RemoveContainerAsync(string container) => SendAsync(HttpMethod.Delete, $"/containers/{container}?force=1");

    /// <summary>An image out of an archive of its files.</summary>
    public Task ImportAsync(string image, string change, Stream tar) =>
        SendAsync(HttpMethod.Post, $"/images/create?fromSrc=-&repo={image}&changes={Uri.EscapeDataString(change)}", new StreamContent(tar));

    private Task SendAsync(HttpMethod method, string path, string? json = null) => SendAsync(method, path, json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"));

    private async Task SendAsync(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        using var response = await _http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {answer.Trim()}");
    }

    public void Dispose() => _http.Dispose();
}
