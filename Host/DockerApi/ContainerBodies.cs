using System.Collections.Immutable;
using System.Text.Json;

namespace NetworkCluster.DockerApi;

/// <summary>The body of <c>POST /containers/create</c>, as far as a sandbox has such parts.</summary>
internal sealed record ContainerCreateBody
{
    public string? Hostname { get; init; }
    public IReadOnlyList<string>? Env { get; init; }
    public JsonElement? Cmd { get; init; }
    public JsonElement? Entrypoint { get; init; }
    public bool? Tty { get; init; }
    public bool? OpenStdin { get; init; }
    public bool? StdinOnce { get; init; }
    public string? Image { get; init; }
    public string? MacAddress { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public IReadOnlyDictionary<string, JsonElement>? ExposedPorts { get; init; }
    public HostConfigBody? HostConfig { get; init; }
    public NetworkingConfigBody? NetworkingConfig { get; init; }
}

/// <summary>What a container asks of its host.</summary>
internal sealed record HostConfigBody
{
    public string? NetworkMode { get; init; }
    public IReadOnlyDictionary<string, IReadOnlyList<PortBindingBody>?>? PortBindings { get; init; }
    public bool? PublishAllPorts { get; init; }
    public IReadOnlyList<string>? Links { get; init; }
    public bool? AutoRemove { get; init; }
    public IReadOnlyList<string>? Dns { get; init; }
    public IReadOnlyList<string>? DnsSearch { get; init; }
    public IReadOnlyList<string>? DnsOptions { get; init; }
    public IReadOnlyList<string>? ExtraHosts { get; init; }
}

/// <summary>A port of the host.</summary>
internal sealed record PortBindingBody
{
    public string? HostIp { get; init; }
    public string? HostPort { get; init; }
}

/// <summary>The networks besides the one of the network mode.</summary>
internal sealed record NetworkingConfigBody
{
    public IReadOnlyDictionary<string, EndpointBody?>? EndpointsConfig { get; init; }
}

/// <summary>The answer to it.</summary>
internal sealed record ContainerCreatedDocument(string Id, ImmutableArray<string> Warnings);

/// <summary>The body of <c>POST /containers/{id}/exec</c>.</summary>
internal sealed record ExecBody
{
    public IReadOnlyList<string>? Cmd { get; init; }
    public IReadOnlyList<string>? Env { get; init; }
    public bool? AttachStdin { get; init; }
    public bool? Tty { get; init; }
    public IReadOnlyList<int>? ConsoleSize { get; init; }
    public string? DetachKeys { get; init; }
    public string? User { get; init; }
    public string? WorkingDir { get; init; }
}

/// <summary>The answer to it.</summary>
internal sealed record ExecCreatedDocument(string Id);

/// <summary>The body of <c>POST /exec/{id}/start</c>.</summary>
internal sealed record ExecStartBody
{
    public bool? Detach { get; init; }
    /// <summary>Whether the client wants no frames: it is this that counts, not what was said when the exec was made.</summary>
    public bool? Tty { get; init; }
}

/// <summary>The answer to <c>GET /exec/{id}/json</c>.</summary>
internal sealed record ExecDocument
{
    public required string ID { get; init; }
    public required bool Running { get; init; }
    public required int? ExitCode { get; init; }
    public required string ContainerID { get; init; }
    public bool OpenStdin { get; init; }
    public bool OpenStdout { get; init; } = true;
    public bool OpenStderr { get; init; } = true;
}
