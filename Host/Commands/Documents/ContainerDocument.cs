using System.Collections.Immutable;
using System.Text.Json.Serialization;
using NetworkCluster.Commands.Containers;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Documents;

/// <summary>A container as Docker's <c>inspect</c> prints it, as far as a container here has such parts.</summary>
internal sealed record ContainerDocument
{
    public required string Id { get; init; }
    public required string Created { get; init; }
    public string Image { get; init; } = HostImageId;
    public required string Path { get; init; }
    public required ImmutableArray<string> Args { get; init; }
    public required ContainerStateDocument State { get; init; }

    /// <summary>With a leading slash, as Docker has it.</summary>
    public required string Name { get; init; }
    public required HostConfigDocument HostConfig { get; init; }
    public required ContainerConfigDocument Config { get; init; }
    public required NetworkSettingsDocument NetworkSettings { get; init; }

    /// <summary>How often the host has started it again by itself: it does not.</summary>
    public int RestartCount { get; init; }
    public string Platform { get; init; } = "linux";
    public string Driver { get; init; } = "host";
    /// <summary>The file that is laid over the host's, for commands in the sandbox; empty: it does not run, or has the host's.</summary>
    public required string ResolvConfPath { get; init; }
    /// <inheritdoc cref="ResolvConfPath"/>
    public required string HostsPath { get; init; }
    public ImmutableArray<NothingDocument> Mounts { get; init; } = [];

    /// <summary>The document of one.</summary>
    /// <param name="view">The container.</param>
    /// <param name="place">Where it is on this host.</param>
    public static ContainerDocument From(ContainerView view, ContainerPlace place) => new()
    {
        Id = view.Spec.Id.ToString(),
        Created = Rfc3339.Text(view.Spec.Created),
        Path = view.Spec.Command is [var path, ..] ? path : "",
        Args = view.Spec.Command is [_, .. var args] ? args : [],
        State = new()
        {
            Status = StatusText(view.Status),
            Running = view.Status == ContainerStatus.Running,
            ExitCode = view.ExitCode ?? 0,
            Error = view.Failure?.Text ?? "",
            Pid = view.Status == ContainerStatus.Running ? place.Pid : 0,
            StartedAt = Rfc3339.Text(view.StartedAt ?? DateTimeOffset.MinValue),
            FinishedAt = Rfc3339.Text(view.FinishedAt ?? DateTimeOffset.MinValue),
        },
        Name = $"/{view.Spec.Name}",
        ResolvConfPath = FileOf(place, "resolv.conf"),
        HostsPath = FileOf(place, "hosts"),
        HostConfig = new()
        {
            NetworkMode = ModeOf(view),
            AutoRemove = view.Spec.AutoRemove ?? false,
            ConsoleSize = view.Spec.TerminalSize is { } size ? [size.Rows, size.Columns] : [0, 0],
            PortBindings = PortDocument.Wishes(view.Spec.Ports),
            PublishAllPorts = view.Spec.Ports?.PublishAll ?? false,
            Dns = [.. (view.Spec.Resolver?.Servers ?? []).Select(server => server.ToString())],
            DnsOptions = view.Spec.Resolver?.Options ?? [],
            DnsSearch = view.Spec.Resolver?.Search ?? [],
            ExtraHosts = ExtraHosts(view.Spec.Resolver),
            Links = Links(view),
        },
        Config = new()
        {
            ExposedPorts = new SortedDictionary<string, NothingDocument>(PortText.Known(view.Spec.Ports).ToDictionary(port => port.ToString(), _ => new NothingDocument()), StringComparer.Ordinal),
            Hostname = view.Spec.Hostname ?? view.Spec.Id.Short,
            Image = view.Spec.Image ?? HostImage,
            Tty = view.Spec.Tty ?? false,
            OpenStdin = view.Spec.OpenStdin ?? false,
            StdinOnce = view.Spec.StdinOnce ?? false,
            Env = view.Spec.Environment,
            Cmd = view.Spec.Command,
            WorkingDir = view.Spec.WorkingDirectory ?? "",
            Labels = view.Spec.Labels,
            StopSignal = view.Spec.StopSignal is { } signal ? Signals.Text(signal) : null,
            StopTimeout = view.Spec.StopTimeout,
        },
        NetworkSettings = Settings(view, place),
    };

    // Those on the predefined network are the container's, and known by both names; others are their endpoint's.
    private static ImmutableArray<string>? Links(ContainerView view) =>
        view.Endpoints.FirstOrDefault(endpoint => endpoint.Spec.NetworkName == NetworkRules.Bridge)?.Spec.Settings.Links is { IsDefaultOrEmpty: false } links ? [.. links.Select(link => $"/{link.Target}:/{view.Spec.Name}/{link.Alias}")] : null;

    private static ImmutableArray<string>? ExtraHosts(ContainerResolver? resolver) => resolver is { Hosts: { IsEmpty: false } hosts } ? [.. hosts.Select(host => $"{host.Name}:{host.Address}")] : null;

    private static string FileOf(ContainerPlace place, string name) => place.Namespace.Length == 0 ? "" : $"/etc/netns/{System.IO.Path.GetFileName(place.Namespace)}/{name}";

    // Addresses outside of Networks are those in the predefined network, for those who were there before there were others.
    private static NetworkSettingsDocument Settings(ContainerView view, ContainerPlace place)
    {
        var networks = Networks(view);
        var predefined = networks.GetValueOrDefault("bridge");
        return new()
        {
            SandboxID = view.Status == ContainerStatus.Running ? view.Spec.Id.ToString() : "",
            SandboxKey = view.Status == ContainerStatus.Running ? place.Namespace : "",
            Ports = PortDocument.Published(view),
            EndpointID = predefined?.EndpointId ?? "",
            Gateway = predefined?.Gateway ?? "",
            GlobalIPv6Address = predefined?.GlobalIPv6Address ?? "",
            GlobalIPv6PrefixLen = predefined?.GlobalIPv6PrefixLength ?? 0,
            IPAddress = predefined?.IPAddress ?? "",
            IPPrefixLen = predefined?.IPPrefixLength ?? 0,
            IPv6Gateway = predefined?.IPv6Gateway ?? "",
            MacAddress = predefined?.MacAddress ?? "",
            Networks = networks,
        };
    }

    /// <summary>What is told where Docker tells an image, and none was named.</summary>
    public const string HostImage = "host";

    /// <summary>The id of all images: the host's file system is the same for everybody.</summary>
    public static readonly string HostImageId = $"sha256:{new string('0', 64)}";

    private static string ModeOf(ContainerView view) => view.Spec.Mode switch
    {
        SandboxMode.Host => "host",
        SandboxMode.None => "none",
        _ => view.Endpoints is [var first, ..] ? first.Spec.NetworkName : "none",
    };

    // A network of this host and one of the cluster may have the same name: then the later one goes by its id.
    public static Dictionary<string, EndpointDocument> Networks(ContainerView view)
    {
        var networks = new Dictionary<string, EndpointDocument>();
        foreach (var endpoint in view.Endpoints)
        {
            if (!networks.TryAdd(endpoint.Spec.NetworkName, EndpointDocument.From(endpoint))) networks.Add(endpoint.Spec.Network.ToString(), EndpointDocument.From(endpoint));
        }

        return networks;
    }

    /// <summary>Docker's word for a status.</summary>
    public static string StatusText(ContainerStatus status) => status switch
    {
        ContainerStatus.Created => "created",
        ContainerStatus.Running => "running",
        _ => "exited",
    };
}

/// <summary>What the container does.</summary>
internal sealed record ContainerStateDocument
{
    public required string Status { get; init; }
    public required bool Running { get; init; }
    public bool Paused { get; init; }
    public bool Restarting { get; init; }
    [JsonPropertyName("OOMKilled")]
    public bool OomKilled { get; init; }
    public bool Dead { get; init; }
    /// <summary>The process id of its command, on its host; 0: it runs none, or is another host's.</summary>
    public required int Pid { get; init; }
    public required int ExitCode { get; init; }
    /// <summary>Why it could not be started.</summary>
    public required string Error { get; init; }
    /// <summary>The year 1, as in Docker, where it never was or is not known.</summary>
    public required string StartedAt { get; init; }
    /// <inheritdoc cref="StartedAt"/>
    public required string FinishedAt { get; init; }
}

/// <summary>What the container asks of its host. What a sandbox with the host's file system has no part of is as Docker has it where nobody asked.</summary>
internal sealed record HostConfigDocument
{
    public ImmutableArray<string>? Binds { get; init; }
    public ImmutableArray<string>? CapAdd { get; init; }
    public ImmutableArray<string>? CapDrop { get; init; }
    public ImmutableArray<string>? VolumesFrom { get; init; }
    public RestartPolicyDocument RestartPolicy { get; init; } = new();
    public string IpcMode { get; init; } = "host";
    public string PidMode { get; init; } = "host";
    public bool Privileged { get; init; }
    public bool ReadonlyRootfs { get; init; }
    public string Runtime { get; init; } = "";
    public int CpuShares { get; init; }
    public long Memory { get; init; }
    public long NanoCpus { get; init; }
    public required ImmutableArray<string>? Links { get; init; }
    public required string NetworkMode { get; init; }
    public required bool AutoRemove { get; init; }
    public required ImmutableArray<int> ConsoleSize { get; init; }
    public LogConfigDocument LogConfig { get; init; } = new();
    public required IReadOnlyDictionary<string, ImmutableArray<PortDocument>> PortBindings { get; init; }
    public required bool PublishAllPorts { get; init; }
    public required ImmutableArray<string> Dns { get; init; }
    public required ImmutableArray<string> DnsOptions { get; init; }
    public required ImmutableArray<string> DnsSearch { get; init; }
    public required ImmutableArray<string>? ExtraHosts { get; init; }
}

/// <summary>The host starts no container again by itself.</summary>
internal sealed record RestartPolicyDocument
{
    public string Name { get; init; } = "no";
    public int MaximumRetryCount { get; init; }
}

/// <summary>How the output of the container's command is kept: in a file, and read with <c>logs</c>. Clients know which drivers can be read by their names.</summary>
internal sealed record LogConfigDocument
{
    public string Type { get; init; } = "json-file";
    public NothingDocument Config { get; init; } = new();
}

/// <summary>An empty object, where Docker has a set.</summary>
internal sealed record NothingDocument;

/// <summary>What the container is.</summary>
internal sealed record ContainerConfigDocument
{
    public required IReadOnlyDictionary<string, NothingDocument> ExposedPorts { get; init; }
    public required string Hostname { get; init; }
    public string Domainname { get; init; } = "";
    public string User { get; init; } = "";
    public required string Image { get; init; }
    public required bool Tty { get; init; }
    public required bool OpenStdin { get; init; }
    public required bool StdinOnce { get; init; }
    public required ImmutableArray<string> Env { get; init; }
    public required ImmutableArray<string> Cmd { get; init; }
    public ImmutableArray<string>? Entrypoint { get; init; }
    public required string WorkingDir { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StopSignal { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? StopTimeout { get; init; }
}

/// <summary>The container's ports, and its networks by name.</summary>
internal sealed record NetworkSettingsDocument
{
    public string Bridge { get; init; } = "";
    public required string SandboxID { get; init; }
    public bool HairpinMode { get; init; }
    public string LinkLocalIPv6Address { get; init; } = "";
    public int LinkLocalIPv6PrefixLen { get; init; }
    public ImmutableArray<string>? SecondaryIPAddresses { get; init; }
    public ImmutableArray<string>? SecondaryIPv6Addresses { get; init; }
    /// <summary>The path of its network namespace; empty: it does not run, or on another host.</summary>
    public required string SandboxKey { get; init; }
    public required IReadOnlyDictionary<string, ImmutableArray<PortDocument>?> Ports { get; init; }
    public required string EndpointID { get; init; }
    public required string Gateway { get; init; }
    public required string GlobalIPv6Address { get; init; }
    public required int GlobalIPv6PrefixLen { get; init; }
    public required string IPAddress { get; init; }
    public required int IPPrefixLen { get; init; }
    public required string IPv6Gateway { get; init; }
    public required string MacAddress { get; init; }
    public required IReadOnlyDictionary<string, EndpointDocument> Networks { get; init; }
}

/// <summary>One of the container's networks. Addresses are empty while the container is stopped.</summary>
internal sealed record EndpointDocument
{
    [JsonPropertyName("IPAMConfig")]
    public EndpointIpamDocument? IpamConfig { get; init; }
    public required ImmutableArray<string>? Links { get; init; }
    public required ImmutableArray<string>? Aliases { get; init; }
    [JsonPropertyName("NetworkID")]
    public required string NetworkId { get; init; }
    [JsonPropertyName("EndpointID")]
    public required string EndpointId { get; init; }
    public required string Gateway { get; init; }
    [JsonPropertyName("IPAddress")]
    public required string IPAddress { get; init; }
    [JsonPropertyName("IPPrefixLen")]
    public required int IPPrefixLength { get; init; }
    [JsonPropertyName("IPv6Gateway")]
    public required string IPv6Gateway { get; init; }
    [JsonPropertyName("GlobalIPv6Address")]
    public required string GlobalIPv6Address { get; init; }
    [JsonPropertyName("GlobalIPv6PrefixLen")]
    public required int GlobalIPv6PrefixLength { get; init; }
    public required string MacAddress { get; init; }
    public required int GwPriority { get; init; }
    public IReadOnlyDictionary<string, string>? DriverOpts { get; init; }
    /// <summary>All names by which the network's members find it: the container's, the aliases, the short id. None where names do not resolve.</summary>
    [JsonPropertyName("DNSNames")]
    public required ImmutableArray<string>? DnsNames { get; init; }

    /// <summary>As Docker had it before API 1.45, when the short id stood among the aliases.</summary>
    public EndpointDocument WithShortId(string shortId) => DnsNames is null ? this : this with { Aliases = [.. Aliases ?? [], shortId] };

    /// <summary>As <c>--link</c> takes them: <c>target:alias</c>.</summary>
    public static ImmutableArray<string> LinksOf(EndpointSettings settings) => [.. settings.Links.Select(link => $"{link.Target}:{link.Alias}")];

    public static EndpointDocument From(ContainerEndpoint endpoint)
    {
        var (wish, facts) = (endpoint.Spec.Settings, endpoint.Attached);
        return new()
        {
            IpamConfig = EndpointIpamDocument.From(wish),
            Links = wish.Links.IsEmpty ? null : LinksOf(wish),
            Aliases = wish.Aliases.IsEmpty ? null : wish.Aliases,
            NetworkId = endpoint.Spec.Network.ToString(),
            EndpointId = facts is null ? "" : endpoint.Spec.Id.ToString(),
            Gateway = facts?.GatewayIPv4?.ToString() ?? "",
            IPAddress = facts?.IPv4?.ToString() ?? "",
            IPPrefixLength = facts?.IPv4 is null ? 0 : facts.IPv4Prefix,
            IPv6Gateway = facts?.GatewayIPv6?.ToString() ?? "",
            GlobalIPv6Address = facts?.IPv6?.ToString() ?? "",
            GlobalIPv6PrefixLength = facts?.IPv6 is null ? 0 : facts.IPv6Prefix,
            MacAddress = (facts?.Mac ?? wish.Mac)?.ToString() ?? "",
            GwPriority = wish.GatewayPriority ?? 0,
            DriverOpts = wish.DriverOptions.IsEmpty ? null : wish.DriverOptions,
            DnsNames = endpoint.Spec.NetworkName is NetworkRules.Bridge or NetworkRules.Host or NetworkRules.None ? null : [.. wish.Aliases.Prepend(endpoint.Spec.ContainerName).Append(endpoint.Spec.Container.Short).Distinct(StringComparer.Ordinal)],
        };
    }
}

/// <summary>The fixed addresses asked for; none: no such wish.</summary>
internal sealed record EndpointIpamDocument
{
    [JsonPropertyName("IPv4Address"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IPv4Address { get; init; }
    [JsonPropertyName("IPv6Address"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IPv6Address { get; init; }
    [JsonPropertyName("LinkLocalIPs"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<string>? LinkLocalIPs { get; init; }

    public static EndpointIpamDocument? From(EndpointSettings wish) =>
        wish is { IPv4: null, IPv6: null, LinkLocal: null } ? null
            : new() { IPv4Address = wish.IPv4?.ToString(), IPv6Address = wish.IPv6?.ToString(), LinkLocalIPs = wish.LinkLocal is { } links ? [.. links.Select(link => link.ToString())] : null };
}
