using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NetworkCluster.Addressing;
using NetworkCluster.DockerApi;
using NetworkCluster.Tests.Host.Commands;
using Xunit;

namespace NetworkCluster.Tests.Host.Refusals;

/// <summary>What a Docker engine was asked over HTTP, asked here: <c>requests.txt</c> has the requests and what Docker answered, <c>docs/refusals-http.md</c> what is answered here.</summary>
public sealed class RequestsPageTests
{
    [Fact]
    public async Task The_page_says_what_is_answered_and_nothing_is_the_fault_of_the_server()
    {
        var gateway = new WorldGateway { Routes = [Subnet.Parse("10.99.0.0/24")] };
        await using var host = await PbmHost.StartAsync(gateway, new FakeJournal());
        var socket = Path.Combine(Directory.CreateTempSubdirectory("nwc-test-").FullName, "docker.sock");
        await using var api = Api(gateway, host, socket);
        await api.StartAsync();
        using var client = Support.UnixSocketClient.To(socket);
        var rows = new StringBuilder();
        var isFresh = false;
        foreach (var line in File.ReadLines(RefusalsPageTests.Beside("requests.txt")))
        {
            if (!isFresh) await RefusalsPageTests.BeginAsync(gateway, host);
            var (number, request, status, docker) = line.Split(" | ", 4) switch { var parts => (parts[0], parts[1], parts[2], parts[3]) };
            foreach (var command in request.Split(" ;; ")[..^1]) Assert.Equal(0, (await host.RunAsync(command)).Code);
            var (code, answer) = await AskAsync(client, request.Split(" ;; ")[^1]);
            Assert.True(code is not 500, $"{request}: {code} {answer}");
            isFresh = code >= 400 && !request.Contains(" ;; ", StringComparison.Ordinal);
            rows.Append($"| {number} | `{RefusalsPageTests.Cell(RefusalsPageTests.Short(request.Replace(" ;; ", "; ", StringComparison.Ordinal)))}` | {status}: {RefusalsPageTests.Cell(Ids(docker))} | {code}: {RefusalsPageTests.Cell(Ids(answer))} |\n");
        }

        Support.Approved.VerifyPage(Head + rows, "refusals-http", ".md");
        Directory.Delete(Path.GetDirectoryName(socket)!, recursive: true);
    }

    private static async Task<(int Code, string Answer)> AskAsync(HttpClient client, string request)
    {
        var words = request.Split(' ', 3);
        using var message = new HttpRequestMessage(new(words[0]), new Uri(words[1], UriKind.Relative));
        if (words.Length > 2) message.Content = new StringContent(words[2], Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(message);
        var text = await response.Content.ReadAsStringAsync();
        if (response.IsSuccessStatusCode) return ((int)response.StatusCode, "accepted");
        using var body = JsonDocument.Parse(text);
        return ((int)response.StatusCode, body.RootElement.GetProperty("message").GetString()!);
    }

    internal static WebApplication Api(WorldGateway gateway, PbmHost host, string socket)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var hijacked = new HijackedRequests(TimeProvider.System);
        builder.Services.AddSingleton(hijacked);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenDocker(socket, hijacked));
        var app = builder.Build();
        app.MapDocker(gateway, host, (new(), new FakeJournal(), new FakeJournal()), new Random(1), TimeProvider.System);
        return app;
    }

    private static string Ids(string text) => RefusalsPageTests.Ids().Replace(text.Trim().ReplaceLineEndings("; "), "ID");

    private static string Head => $"""
        # Refusals over HTTP

        Applies to: `Actors/Core/`, `Host/DockerApi/`, `Tests/Host/Refusals/`

        What Docker 20.10 answered over its HTTP API, and what is answered here: 4xx where the caller is wrong, also where Docker says 500. `Tests/Host/Refusals/RequestsPageTests.cs` sends every
        request to all deciders and writes this page. Before each there is what [refusals.md](refusals.md) says. Ids are written ID. What is refused has changed nothing, so the next is sent right after it.

        | # | request | Docker 20.10 | here |
        |---|---|---|---|

        """;
}
