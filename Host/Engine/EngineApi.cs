using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace NetworkCluster.Engine;

/// <summary>A network as the engine lists it; with its endpoints where it was asked for by id.</summary>
internal sealed record ListedNetwork(string Id, string Name)
{
    /// <summary>By container id.</summary>
    public IReadOnlyDictionary<string, EngineMember>? Containers { get; init; }
    /// <summary>As the engine's users have set them.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>An endpoint in such a network.</summary>
internal sealed record EngineMember([property: JsonPropertyName("EndpointID")] string EndpointId);

/// <summary>What of a container matters to networks.</summary>
internal sealed record EngineContainer(string Id, string Name, EngineProcess State, EngineContainerNetworks NetworkSettings);

/// <summary>Its first process; 0: it does not run.</summary>
internal sealed record EngineProcess(int Pid);

/// <summary>Its endpoints by network name.</summary>
internal sealed record EngineContainerNetworks(IReadOnlyDictionary<string, EngineEndpoint>? Networks);

/// <summary>One of them.</summary>
internal sealed record EngineEndpoint([property: JsonPropertyName("EndpointID")] string EndpointId, IReadOnlyList<string>? Aliases, IReadOnlyList<string>? Links);

/// <summary>A network that the engine is to have.</summary>
internal sealed record EngineNetworkBody
{
    public required string Name { get; init; }
    public required string Driver { get; init; }
    public bool CheckDuplicate { get; init; } = true;
    public bool Internal { get; init; }
    public bool Attachable { get; init; }
    public bool EnableIPv6 { get; init; }
    [JsonPropertyName("IPAM")]
    public required EngineIpamBody Ipam { get; init; }
    public required IReadOnlyDictionary<string, string> Options { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
}

/// <summary>Its subnets.</summary>
internal sealed record EngineIpamBody(string Driver, IReadOnlyDictionary<string, string> Options, IReadOnlyList<EngineSubnetBody> Config);

/// <summary>One of them.</summary>
internal sealed record EngineSubnetBody(string Subnet, [property: JsonPropertyName("IPRange")] string? IpRange, string? Gateway, IReadOnlyDictionary<string, string> AuxiliaryAddresses);

/// <summary>How the engine refuses.</summary>
internal sealed record EngineMessage([property: JsonPropertyName("message")] string Message);

/// <summary>What an event of the engine's is about; nothing else of it matters.</summary>
internal sealed record EngineEvent(string Type, string Action);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<ListedNetwork>))]
[JsonSerializable(typeof(ListedNetwork))]
[JsonSerializable(typeof(EngineContainer))]
[JsonSerializable(typeof(EngineNetworkBody))]
[JsonSerializable(typeof(EngineMessage))]
[JsonSerializable(typeof(EngineEvent))]
internal sealed partial class EngineJson : JsonSerializerContext;

/// <summary>The engine does not answer, or not so. It may be about to start.</summary>
internal sealed class EngineException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The part of the Docker Engine's API that is needed of an engine on this host. Version 1.24: every engine speaks it.</summary>
internal sealed class EngineApi(string socket) : IDisposable
{
    private const string Base = "http://engine/v1.24";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http = new(EngineConnections.To(socket)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The networks of a driver.</summary>
    public async Task<IReadOnlyList<ListedNetwork>> NetworksAsync(string driver, CancellationToken cancel) =>
        [.. await GetAsync($"/networks?filters={Uri.EscapeDataString($"{{\"driver\":[\"{driver}\"]}}")}", EngineJson.Default.IReadOnlyListListedNetwork, cancel) ?? []];

    /// <summary>What tells the engine's store from any other: the id of a network that it makes once and keeps.</summary>
    public async Task<string?> StoreAsync(CancellationToken cancel) => (await NetworksAsync("null", cancel)).FirstOrDefault(network => network.Name == "none")?.Id;

    /// <summary>One network with its endpoints; none where there is none.</summary>
    public Task<ListedNetwork?> NetworkAsync(string id, CancellationToken cancel) => GetAsync($"/networks/{id}", EngineJson.Default.ListedNetwork, cancel);

    /// <summary>One container; none where there is none.</summary>
    public Task<EngineContainer?> ContainerAsync(string id, CancellationToken cancel) => GetAsync($"/containers/{id}/json", EngineJson.Default.EngineContainer, cancel);

    /// <summary>Has the engine make a network. The refusal, where it does not.</summary>
    public Task<string?> CreateAsync(EngineNetworkBody network, CancellationToken cancel) =>
        SendAsync(() => new(HttpMethod.Post, $"{Base}/networks/create") { Content = new StringContent(JsonSerializer.Serialize(network, EngineJson.Default.EngineNetworkBody), Encoding.UTF8, "application/json") }, cancel);

    /// <summary>Has the engine remove a network. The refusal, where it does not.</summary>
    public Task<string?> RemoveAsync(string id, CancellationToken cancel) => SendAsync(() => new(HttpMethod.Delete, $"{Base}/networks/{id}"), cancel);

    /// <summary>What happens to its networks and containers from now on. The first is none: now it is being listened.</summary>
    public async IAsyncEnumerable<EngineEvent?> EventsAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var filters = Uri.EscapeDataString("""{"type":["network","container"],"event":["connect","disconnect","create","destroy","start","die","rename"]}""");
        using var response = await AnsweredAsync(() => new(HttpMethod.Get, $"{Base}/events?filters={filters}"), HttpCompletionOption.ResponseHeadersRead, cancel);
        yield return null;
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        while (await NextAsync(lines, cancel) is { } line) yield return JsonSerializer.Deserialize(line, EngineJson.Default.EngineEvent);
    }

    private static async Task<string?> NextAsync(StreamReader lines, CancellationToken cancel)
    {
        try
        {
            return await lines.ReadLineAsync(cancel);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task<T?> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) where T : class
    {
        var (status, text) = await TextAsync(() => new(HttpMethod.Get, Base + path), cancel);
        if (status == HttpStatusCode.NotFound) return null;
        try
        {
            return IsSuccess(status) ? JsonSerializer.Deserialize(text, type) : throw new EngineException($"GET {path}: {text.Trim()}");
        }
        catch (JsonException cause)
        {
            throw new EngineException($"GET {path}: {cause.Message}", cause);
        }
    }

    private async Task<string?> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancel)
    {
        var (status, text) = await TextAsync(request, cancel);
        if (IsSuccess(status)) return null;
        try
        {
            return JsonSerializer.Deserialize(text, EngineJson.Default.EngineMessage)?.Message ?? text;
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static bool IsSuccess(HttpStatusCode status) => (int)status is >= 200 and < 300;

    private async Task<(HttpStatusCode Status, string Text)> TextAsync(Func<HttpRequestMessage> request, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            using var response = await AnsweredAsync(request, HttpCompletionOption.ResponseContentRead, patience.Token);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(patience.Token));
        }
        catch (OperationCanceledException cause) when (!cancel.IsCancellationRequested)
        {
            throw new EngineException($"the engine at {socket} did not answer within {Patience.TotalSeconds:0} s", cause);
        }
    }

    private async Task<HttpResponseMessage> AnsweredAsync(Func<HttpRequestMessage> request, HttpCompletionOption option, CancellationToken cancel)
    {
        using var asked = request();
        try
        {
            return await _http.SendAsync(asked, option, cancel);
        }
        catch (HttpRequestException cause)
        {
            throw new EngineException($"the engine at {socket} does not answer: {cause.GetBaseException().Message}", cause);
        }
    }

    public void Dispose() => _http.Dispose();
}
