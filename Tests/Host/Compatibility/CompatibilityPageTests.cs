using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using NetworkCluster.DockerApi;
using NetworkCluster.Pbm;
using NetworkCluster.Tests.Host.Commands;
using NetworkCluster.Tests.Host.Refusals;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Host.Compatibility;

/// <summary>
/// <c>docs/docker-compatibility.md</c>. What Docker has stands in the lists beside this file; what becomes of it here is what the API answers when it is asked, what the bodies' types have, and what the palettes define.
/// </summary>
public sealed class CompatibilityPageTests : IAsyncLifetime
{
    private const string Head = """
        # What of Docker is here

        Applies to: `Host/DockerApi/`, `Host/Commands/`, `Tests/Host/Compatibility/`

        Written by a test: it sends each request and each field to the API in front of all deciders, and compares the flags of Docker's command line with the palettes. How things differ where they are there is told by [docker-api.md](docker-api.md); what a bad input is answered by
        [refusals.md](refusals.md) and [refusals-http.md](refusals-http.md).

        """;

    private readonly WorldGateway _world = new();
    private readonly string _socket = Path.Combine(Directory.CreateTempSubdirectory("nwc-test-").FullName, "docker.sock");
    private PbmHost _host = null!;
    private WebApplication _api = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await PbmHost.StartAsync(_world, new FakeJournal());
        _api = RequestsPageTests.Api(_world, _host, _socket);
        await _api.StartAsync();
        _client = UnixSocketClient.To(_socket);
        _client.Timeout = TimeSpan.FromSeconds(30);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_socket)!, recursive: true);
    }

    [Fact]
    public async Task The_page_says_what_is_here()
    {
        var text = new StringBuilder(Head).Append('\n');
        text.Append("## Command line\n\nThe `docker` command line works as it is, at a host's socket. These are pbm's commands beside it: flags of the same name mean the same.\n\n| docker | pbm | the same | not there |\n|---|---|---|---|\n");
        foreach (var line in Lines("flags.txt")) text.Append(Flags(line.Split('|', 3, StringSplitOptions.TrimEntries)));
        text.Append("\n## Paths\n\nWith API versions 1.24 to 1.47 in front, or none.\n\n| request | here |\n|---|---|\n");
        await BeginAsync();
        foreach (var line in Lines("routes.txt")) text.Append(await RouteAsync(line));
        text.Append("\n## Fields\n\n*Ignored*: Docker has it, and here nothing reads it.\n\n| request | field | value | here |\n|---|---|---|---|\n");
        foreach (var line in Lines("fields.txt")) text.Append(await FieldAsync(line.Split(" | ", 3)));
        Approved.VerifyPage(text.ToString(), "docker-compatibility", ".md");
    }

    /// <summary>The lists are Docker's, and the other way round nothing that is served is missing in them.</summary>
    [Fact]
    public void Every_path_that_is_served_and_every_field_that_is_read_is_in_the_lists()
    {
        var asked = Lines("routes.txt").Select(line => line.Split(' ', 3)).Select(words => (Method: words[0], Parts: words[1].Split('?')[0].Split('/'))).ToList();
        var served = _api.Services.GetServices<Microsoft.AspNetCore.Routing.EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>();
        Assert.All(served, endpoint => Assert.Contains(asked, request => request.Parts.Length == endpoint.RoutePattern.PathSegments.Count + 1));
        var fields = Lines("fields.txt").Select(line => line.Split(" | ", 3)).Select(parts => (parts[0], parts[2].Split(' ')[0].Split('.')[0])).ToHashSet();
        foreach (var (request, type) in Bodies) Assert.All(type.Properties.Where(property => !NotByItself.Contains(property.Name)), property => Assert.Contains((request, property.Name), fields));
    }

    // Whom a request is about; what the fields of are looked at each; and what is about the client's own terminal.
    private static readonly HashSet<string> NotByItself = ["Container", "Image", "Cmd", "HostConfig", "NetworkingConfig", "EndpointConfig", "IPAM", "ConsoleSize", "AttachStdin", "StdinOnce"];

    private static readonly (string Request, JsonTypeInfo Type)[] Bodies =
    [
        ("POST /networks/create", DockerJson.Plain.NetworkCreateBody), ("POST /networks/isolated_nw/connect", DockerJson.Plain.ConnectBody), ("POST /networks/isolated_nw/disconnect", DockerJson.Plain.DisconnectBody),
        ("POST /containers/create?name=made", DockerJson.Plain.ContainerCreateBody), ("POST /containers/one/exec", DockerJson.Plain.ExecBody),
    ];

    private async Task BeginAsync()
    {
        await _world.BeginAsync();
        foreach (var line in (string[])["network create --subnet 172.25.0.0/16 isolated_nw", "container run -d --name one", "container run -d --name two --network isolated_nw"]) Assert.Equal(0, (await _host.RunAsync(line)).Code);
    }

    private static string Flags(string[] parts)
    {
        var words = parts[1].Split(' ');
        if (ClientPalettes.All.Single(palette => palette.Name == words[0]).Commands.FirstOrDefault(command => command.IsNamed(words[1])) is not { } spec) return $"| `docker {parts[0]}` | none | | all |\n";
        var flags = parts[2].Split(' ', StringSplitOptions.RemoveEmptyEntries).ToLookup(flag => ClientOptions.Find(spec, flag[2..]) is not null);
        return $"| `docker {parts[0]}` | `pbm {parts[1]}` | {string.Join(' ', flags[true].Select(flag => $"`{flag}`"))} | {string.Join(' ', flags[false].Select(flag => $"`{flag}`"))} |\n";
    }

    private async Task<string> RouteAsync(string request)
    {
        var (status, message, _) = await AskAsync(request);
        Assert.True(status is not 500, $"{request}: {message}");
        return $"| `{request.Split('?')[0].Split(" {")[0]}` | {(status < 400 ? "served" : $"{status}: {RefusalsPageTests.Cell(RefusalsPageTests.Ids().Replace(message, "ID"))}")} |\n";
    }

    private async Task<string> FieldAsync(string[] parts)
    {
        // Without the field it is taken: what is refused is refused for its sake.
        await BeginAsync();
        Assert.True((await AskAsync($"{parts[0]} {parts[1]}")).Status < 400, $"{parts[0]} {parts[1]} is refused");
        await BeginAsync();
        var (path, value) = parts[2].Split(' ', 2) switch { var words => (words[0], words[1]) };
        var body = JsonNode.Parse(parts[1])!.AsObject();
        var owner = path.Split('.')[..^1].Aggregate(body, (at, name) => (JsonObject)(at[name] = new JsonObject()));
        owner[path.Split('.')[^1]] = JsonNode.Parse(value);
        var (status, message, warnings) = await AskAsync($"{parts[0]} {body.ToJsonString()}");
        Assert.True(status is not 500, $"{parts[0]} {path}: {message}");
        var answer = status >= 400 ? $"refused, {status}: {RefusalsPageTests.Ids().Replace(message, "ID")}"
            : !IsRead(Bodies.Single(one => one.Request == parts[0]).Type, path.Split('.')) ? "ignored"
            : warnings.FirstOrDefault(warning => warning.StartsWith(path.Split('.')[^1], StringComparison.Ordinal)) is { } warning ? $"taken with a warning: {warning}"
            : "taken";
        return $"| `{parts[0]}` | `{path}` | `{value.Replace("|", "\\|", StringComparison.Ordinal)}` | {RefusalsPageTests.Cell(answer)} |\n";
    }

    private static bool IsRead(JsonTypeInfo type, string[] path) =>
        type.Properties.FirstOrDefault(property => property.Name == path[0]) is { } property && (path.Length == 1 || IsRead(DockerJson.Plain.GetTypeInfo(property.PropertyType)!, path[1..]));

    private async Task<(int Status, string Message, IEnumerable<string> Warnings)> AskAsync(string request)
    {
        var words = request.Split(' ', 3);
        using var message = new HttpRequestMessage(new(words[0]), new Uri(words[1], UriKind.Relative));
        if (words.Length > 2) message.Content = new StringContent(words[2], Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        var status = (int)response.StatusCode;
        if (status >= 400) return (status, JsonNode.Parse(await response.Content.ReadAsStringAsync())!["message"]!.GetValue<string>(), []);
        if (status != 201) return (status, "", []);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (status, "", body.RootElement.TryGetProperty("Warnings", out var warnings) ? [.. warnings.EnumerateArray().Select(warning => warning.GetString()!)] : []);
    }

    private static IEnumerable<string> Lines(string file, [CallerFilePath] string here = "") => File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, file));
}
