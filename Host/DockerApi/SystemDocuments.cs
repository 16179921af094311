using System.Collections.Immutable;

namespace NetworkCluster.DockerApi;

/// <summary>A refusal.</summary>
internal sealed record MessageDocument([property: System.Text.Json.Serialization.JsonPropertyName("message")] string Message);

/// <summary>The answer to <c>/version</c>.</summary>
internal sealed record VersionDocument
{
    public required PlatformDocument Platform { get; init; }
    public required ImmutableArray<ComponentDocument> Components { get; init; }
    public required string Version { get; init; }
    public required string ApiVersion { get; init; }
    public required string MinAPIVersion { get; init; }
    public string GitCommit { get; init; } = "";
    public string GoVersion { get; init; } = "";
    public string Os { get; init; } = "linux";
    public required string Arch { get; init; }
    public required string KernelVersion { get; init; }
    public string BuildTime { get; init; } = "";
}

/// <summary>What the product is called.</summary>
internal sealed record PlatformDocument
{
    public required string Name { get; init; }
}

/// <summary>A part of the product.</summary>
internal sealed record ComponentDocument
{
    public required string Name { get; init; }
    public required string Version { get; init; }
    public required IReadOnlyDictionary<string, string> Details { get; init; }
}

/// <summary>The answer to <c>/info</c>, as far as it is true of this.</summary>
internal sealed record InfoDocument
{
    public required string ID { get; init; }
    public required int Containers { get; init; }
    public required int ContainersRunning { get; init; }
    public int ContainersPaused { get; init; }
    public required int ContainersStopped { get; init; }
    public int Images { get; init; }
    public string Driver { get; init; } = "host";
    public ImmutableArray<ImmutableArray<string>> DriverStatus { get; init; } = [];
    public required PluginsDocument Plugins { get; init; }
    public bool IPv4Forwarding { get; init; } = true;
    public required string SystemTime { get; init; }
    public string LoggingDriver { get; init; } = "json-file";
    public required string KernelVersion { get; init; }
    public required string OperatingSystem { get; init; }
    public string OSType { get; init; } = "linux";
    public required string Architecture { get; init; }
    public required int NCPU { get; init; }
    public required long MemTotal { get; init; }
    public required string Name { get; init; }
    public ImmutableArray<string> Labels { get; init; } = [];
    public required string ServerVersion { get; init; }
    public SwarmDocument Swarm { get; init; } = new();
    public required ImmutableArray<string> Warnings { get; init; }
}

/// <summary>What it can do, by kind.</summary>
internal sealed record PluginsDocument
{
    public ImmutableArray<string> Volume { get; init; } = [];
    public required ImmutableArray<string> Network { get; init; }
    public ImmutableArray<string>? Authorization { get; init; }
    public ImmutableArray<string> Log { get; init; } = ["json-file"];
}

/// <summary>Never in a swarm.</summary>
internal sealed record SwarmDocument
{
    public string NodeID { get; init; } = "";
    public string NodeAddr { get; init; } = "";
    public string LocalNodeState { get; init; } = "inactive";
    public bool ControlAvailable { get; init; }
    public string Error { get; init; } = "";
    public ImmutableArray<string>? RemoteManagers { get; init; }
}
