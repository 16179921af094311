using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NetworkCluster.DockerApi;

/// <summary>The body of <c>POST /containers/create</c>, as far as a sandbox has such parts.</summary>
internal sealed record ContainerCreateBody
{
    public string? Hostname { get; init; }
    public string? User { get; init; }
    public string? WorkingDir { get; init; }
    public IReadOnlyList<string>? Env { get; init; }
    public JsonElement? Cmd { get; init; }
    public JsonElement? Entrypoint { get; init; }
    public string? StopSignal { get; init; }
    public int? StopTimeout { get; init; }
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
    public IReadOnlyList<int>? ConsoleSize { get; init; }
    public IReadOnlyList<string>? Dns { get; init; }
    public IReadOnlyList<string>? DnsSearch { get; init; }
    public IReadOnlyList<string>? DnsOptions { get; init; }
    public IReadOnlyList<string>? ExtraHosts { get; init; }
    public JsonElement? Binds { get; init; }
    public JsonElement? Mounts { get; init; }
    public JsonElement? VolumesFrom { get; init; }
    public JsonElement? Tmpfs { get; init; }
    public JsonElement? CapAdd { get; init; }
    public JsonElement? CapDrop { get; init; }
    public JsonElement? Sysctls { get; init; }
    public JsonElement? Ulimits { get; init; }
    public bool? ReadonlyRootfs { get; init; }
    public long? Memory { get; init; }
    public long? NanoCpus { get; init; }
    public long? PidsLimit { get; init; }
    public RestartPolicyBody? RestartPolicy { get; init; }

    /// <summary>What was asked for and has no effect in a network sandbox, in words.</summary>
    public IEnumerable<string> WithoutEffect()
    {
        (string, bool)[] asked =
        [
            ("Binds", Says(Binds)), ("Mounts", Says(Mounts)), ("VolumesFrom", Says(VolumesFrom)), ("Tmpfs", Says(Tmpfs)), ("CapAdd", Says(CapAdd)), ("CapDrop", Says(CapDrop)), ("Sysctls", Says(Sysctls)), ("Ulimits", Says(Ulimits)),
            ("ReadonlyRootfs", ReadonlyRootfs is true), ("Memory", Memory > 0), ("NanoCpus", NanoCpus > 0), ("PidsLimit", PidsLimit > 0), ("RestartPolicy", RestartPolicy?.Name is { Length: > 0 } and not "no"),
        ];
        return asked.Where(one => one.Item2).Select(one => $"{one.Item1} has no effect: a container is a network sandbox with the host's file system");
    }

    private static bool Says(JsonElement? value) => value is { ValueKind: JsonValueKind.Array } list ? list.GetArrayLength() > 0 : value is { ValueKind: JsonValueKind.Object } pairs && pairs.EnumerateObject().Any();
}

/// <summary>When the host is to start it again by itself.</summary>
internal sealed record RestartPolicyBody
{
    public string? Name { get; init; }
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

/// <summary>The answer to <c>POST /containers/prune</c>.</summary>
internal sealed record PrunedContainersDocument(ImmutableArray<string>? ContainersDeleted)
{
    /// <summary>A container takes none of its own.</summary>
    public long SpaceReclaimed { get; init; }
}

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
    public required ExecProcessDocument ProcessConfig { get; init; }
    public bool CanRemove { get; init; }
    public string DetachKeys { get; init; } = "";
    /// <summary>Nobody but its parent knows it.</summary>
    public int Pid { get; init; }
}

/// <summary>What it runs.</summary>
internal sealed record ExecProcessDocument
{
    [JsonPropertyName("tty")]
    public required bool Tty { get; init; }
    [JsonPropertyName("entrypoint")]
    public required string Entrypoint { get; init; }
    [JsonPropertyName("arguments")]
    public required ImmutableArray<string> Arguments { get; init; }
    [JsonPropertyName("privileged")]
    public bool Privileged { get; init; }
}
