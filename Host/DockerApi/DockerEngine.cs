using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using NetworkCluster.Engine;

namespace NetworkCluster.DockerApi;

/// <summary>An engine could not be asked; its message is one line that says which and why.</summary>
internal sealed class DockerEngineException(string message) : Exception(message);

/// <summary>A Docker engine on this host, as a client sees it. One connection for one question; nothing is kept.</summary>
internal sealed class DockerEngine(string socket)
{
    /// <summary>Where an engine listens when nobody has told it otherwise.</summary>
    public const string DefaultSocket = "/var/run/docker.sock";

    private const int LargestAnswerBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Where it listens.</summary>
    public string Socket => socket;

    /// <summary>Its networks, in its order.</summary>
    /// <exception cref="DockerEngineException">It cannot be reached, or answers something else.</exception>
    public async Task<ImmutableArray<EngineNetwork>> NetworksAsync(CancellationToken cancel)
    {
        using var http = new HttpClient(EngineConnections.To(socket)) { BaseAddress = new("http://docker"), Timeout = Patience, MaxResponseContentBufferSize = LargestAnswerBytes };
        try
        {
            using var response = await http.GetAsync(new Uri("/networks", UriKind.Relative), cancel);
            if (!response.IsSuccessStatusCode) throw new DockerEngineException($"the engine at {socket} answered {(int)response.StatusCode} to GET /networks");
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancel), DockerJson.Plain.ImmutableArrayEngineNetwork);
        }
        catch (Exception cause) when (cause is HttpRequestException or JsonException or InvalidOperationException || (cause is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new DockerEngineException(cause is JsonException ? $"what listens at {socket} is no Docker engine: {cause.Message.ReplaceLineEndings(" ")}"
                : cause is OperationCanceledException ? $"the engine at {socket} does not answer within {Patience.TotalSeconds:0} s"
                : $"cannot reach an engine at {socket}: {Why(cause.InnerException ?? cause)}");
        }
    }

    private string Why(Exception cause) => cause switch
    {
        SocketException when !File.Exists(socket) => "there is no such file",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "nobody listens there",
        _ => cause.Message,
    };
}

/// <summary>A network as an engine lists it: what it would be made with, and more.</summary>
internal sealed record EngineNetwork
{
    public string Name { get; init; } = "";
    public string Driver { get; init; } = "";
    public bool Internal { get; init; }
    public bool Attachable { get; init; }
    public bool Ingress { get; init; }
    public bool ConfigOnly { get; init; }
    public Commands.Documents.ConfigFromDocument? ConfigFrom { get; init; }
    public bool? EnableIPv4 { get; init; }
    public bool EnableIPv6 { get; init; }
    [JsonPropertyName("IPAM")]
    public IpamBody? Ipam { get; init; }
    public IReadOnlyDictionary<string, string>? Options { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
