using System.Collections.Immutable;
using System.Net;
using Akka.Configuration;
using NetworkCluster.Access;
using NetworkCluster.Addressing;
using NetworkCluster.Agents;
using NetworkCluster.Engine;
using NetworkCluster.Hosting;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Membership;
using NetworkCluster.Serialization;

namespace NetworkCluster.Configuration;

/// <summary>How the process reaches the kernel.</summary>
internal enum DataplaneMode
{
    /// <summary>Linux where it may, otherwise simulated with a warning.</summary>
    Auto,
    /// <summary>Linux or nothing.</summary>
    Linux,
    /// <summary>Prints what it would do.</summary>
    Simulated,
}

/// <summary>Whether pbm's port speaks TLS.</summary>
internal enum TlsMode
{
    /// <summary>Where others than this machine reach it.</summary>
    Auto,
    /// <summary>Everywhere.</summary>
    On,
    /// <summary>Nowhere.</summary>
    Off,
}

/// <summary>Docker's API over TCP.</summary>
/// <param name="Address">Where.</param>
/// <param name="Files">Who the host is to its clients, and whom it believes.</param>
internal sealed record DockerTcpSettings(IPEndPoint Address, TlsFiles Files);

/// <summary>The settings of one host, checked. What each means, its unit and its default stand in <c>hocon/akka.conf</c>.</summary>
internal sealed record HostSettings
{
    public required string DataDirectory { get; init; }
    public required IPEndPoint Pbm { get; init; }
    /// <summary>None: who reaches pbm's port commands the host.</summary>
    public required TlsFiles? PbmTls { get; init; }
    /// <summary>None: the hosts of the cluster speak without TLS.</summary>
    public required TlsFiles? Tls { get; init; }
    /// <summary>What those may do that come with a certificate.</summary>
    public required AccessRules Access { get; init; }
    /// <summary>None: nobody asks how the host is.</summary>
    public required IPEndPoint? Operations { get; init; }
    public required string DockerSocket { get; init; }
    public required string DockerGroup { get; init; }
    /// <summary>None: no Docker Engine uses the cluster's networks.</summary>
    public required EngineSettings? Engine { get; init; }
    /// <summary>None: docker's clients come by the socket alone.</summary>
    public required DockerTcpSettings? DockerTcp { get; init; }
    public required IPEndPoint ClusterAddress { get; init; }
    public required NodeSettings Node { get; init; }
    public required string JournalConnection { get; init; }
    public required DataplaneMode Mode { get; init; }
    public required HostNetworkingOptions Networking { get; init; }
    public required TimeSpan ReconcileEvery { get; init; }
    public required ImmutableArray<DefaultPool> LocalPools { get; init; }
    public required ImmutableArray<DefaultPool> GlobalPools { get; init; }
    public required TimeSpan DnsTtl { get; init; }
    public required ImmutableArray<IPEndPoint> DnsUpstream { get; init; }
    public required LogLevel LogLevel { get; init; }
    public required LogFormat LogFormat { get; init; }

    /// <summary>The host's name.</summary>
    public HostId Host => Node.Host;

    /// <summary>Where other hosts send the packets of overlay networks to; none: this host takes part in none.</summary>
    public InetAddress? Vtep => Networking.Vtep;

    /// <summary>Reads and checks everything before anything is started.</summary>
    /// <exception cref="ConfigurationProblemException">Something is wrong; all of it is told.</exception>
    public static HostSettings From(Config all)
    {
        var config = all.GetConfig("network-cluster");
        var problems = new List<string>();
        var data = config.GetString("data-directory");
        var name = config.GetString("host-id") is { Length: > 0 } given ? given : Environment.MachineName;
        var prefix = config.GetString("dataplane.prefix");
        var provider = config.GetString("journal.provider");
        var clustered = provider == "postgresql";
        Check(clustered || provider == "sqlite", $"journal.provider: '{provider}' is neither sqlite nor postgresql");
        var connection = config.GetString("journal.connection-string");
        Check(!clustered || connection is { Length: > 0 }, "journal.connection-string: postgresql needs one, as Host=db;Database=network_cluster;Username=nwc;Password=...");
        if (clustered && connection is { Length: > 0 }) problems.AddRange(PostgresConnection.Problems(connection).Select(problem => $"journal.connection-string: {problem}"));
        Check(provider != "sqlite" || connection is not { Length: > 0 }, "journal.connection-string: the journal on sqlite is journal.db in network-cluster.data-directory, and nowhere else: leave this empty. If it is that of PostgreSQL, start with --config hocon/cluster.conf, which sets network-cluster.journal.provider=postgresql");
        Check(!clustered || all.GetString("akka.persistence.journal.sql.provider-name")?.StartsWith("SQLite", StringComparison.Ordinal) != true, "journal.provider: postgresql takes more than this: start with --config hocon/cluster.conf, which sets the rest with it");
        var seeds = Listed("cluster.seeds").Select(text => Read("cluster.seeds", text, ParseSeed, "")).ToImmutableArray();
        Check(clustered || seeds.IsEmpty, "cluster.seeds: a cluster cannot share a journal on sqlite, which one process has for itself; take hocon/cluster.conf and a network-cluster.journal.connection-string of postgresql");
        var roles = Listed("cluster.roles").ToHashSet();
        Check(roles.Count > 0 && roles.IsSubsetOf([NodeRoles.Control, NodeRoles.Agent]), $"cluster.roles: [{string.Join(", ", roles)}] is not control, agent or both");
        Check(clustered || roles.Count != 1, "cluster.roles: a host that is alone (network-cluster.journal.provider=sqlite) is both, control and agent");
        Check(!clustered || roles.Contains(NodeRoles.Control) || !seeds.IsEmpty, "cluster.seeds: a host that carries no entities (network-cluster.cluster.roles) begins no cluster and needs somebody to join");
        var address = clustered ? Read("cluster.address", config.GetString("cluster.address"), ParseAddress, IPAddress.Loopback) : IPAddress.Loopback;
        var tls = FilesOf("tls");
        var pbm = new IPEndPoint(Read("pbm.address", config.GetString("pbm.address"), ParseAddress, IPAddress.Loopback), Ranged("pbm.port", 0, 65535));
        IPEndPoint? docker = null;
        var options = new HostSettings
        {
            DataDirectory = data,
            Pbm = pbm,
            PbmTls = PbmTlsOf(),
            Tls = tls,
            Access = new([.. Listed("access.admins")], [.. Listed("access.readers")]),
            Operations = config.GetString("operations.address") is { Length: > 0 } watched ? new(Read("operations.address", watched, ParseAddress, IPAddress.Loopback), Ranged("operations.port", 0, 65535)) : null,
            DockerSocket = config.GetString("docker-api.socket") ?? "",
            DockerGroup = config.GetString("docker-api.group") ?? "",
            DockerTcp = DockerTcpOf(),
            Engine = config.GetString("engine.plugin") is { Length: > 0 } plugin ? new(plugin, config.GetString("engine.socket") ?? "") : null,
            ClusterAddress = new(address, Ranged("cluster.port", 0, 65535)),
            JournalConnection = clustered ? connection : $"Data Source={Path.Combine(data, "journal.db")}",
            Node = new()
            {
                Host = Parsed<HostId>("host-id", name),
                Control = roles.Contains(NodeRoles.Control),
                Agent = roles.Contains(NodeRoles.Agent),
                Seeds = seeds,
                Clustered = clustered,
                LeaveGrace = Duration("cluster.leave-grace", TimeSpan.FromSeconds(60)),
                ReturnGrace = Duration("cluster.return-grace", TimeSpan.FromSeconds(10)),
            },
            Mode = Read("dataplane.mode", config.GetString("dataplane.mode"), OneOf<DataplaneMode>, DataplaneMode.Auto),
            Networking = new()
            {
                Prefix = prefix,
                Vtep = clustered ? InetAddress.Parse(address.ToString()) : null,
                DefaultMtuBytes = Ranged("dataplane.mtu", 576, 65535),
                StateDirectory = config.GetString("dataplane.state-directory") is { Length: > 0 } state ? state : null,
            },
            ReconcileEvery = Duration("dataplane.reconcile-every", TimeSpan.FromSeconds(60)),
            LocalPools = [.. Listed("ipam.default-pools.local").Select(text => Read("ipam.default-pools.local", text, pool => ParsePool("local", pool), new(default, 0)))],
            GlobalPools = [.. Listed("ipam.default-pools.global").Select(text => Read("ipam.default-pools.global", text, pool => ParsePool("global", pool), new(default, 0)))],
            DnsTtl = Duration("dns.ttl", TimeSpan.Zero),
            DnsUpstream = [.. Listed("dns.upstream").Select(text => Read("dns.upstream", text, ParseServer, new IPEndPoint(IPAddress.Loopback, 53)))],
            LogLevel = Read("log-level", config.GetString("log-level"), OneOf<LogLevel>, LogLevel.Information),
            LogFormat = Read("log-format", config.GetString("log-format"), OneOf<LogFormat>, LogFormat.Text),
        };
        Check(options.ReconcileEvery >= TimeSpan.FromSeconds(1), "dataplane.reconcile-every: at least 1s");
        RefuseShared();
        Check(options.DnsTtl >= TimeSpan.Zero && options.DnsTtl <= TimeSpan.FromHours(1), "dns.ttl: from 0s to 1h");
        Check(options.DockerSocket.Length == 0 || (Path.IsPathRooted(options.DockerSocket) && System.Text.Encoding.UTF8.GetByteCount(options.DockerSocket) <= 107), $"docker-api.socket: '{options.DockerSocket}' is not an absolute path of at most 107 bytes");
        Check(Path.IsPathRooted(data), $"data-directory: '{data}' is not an absolute path");
        try
        {
            _ = options.Networking.Naming;
        }
        catch (ArgumentException cause)
        {
            problems.Add($"dataplane.prefix: {cause.Message.Split(" (Parameter")[0]}");
        }

        return problems.Count == 0 ? options : throw new ConfigurationProblemException([.. problems.Select(problem => $"network-cluster.{problem}")]);

        void Check(bool good, string problem)
        {
            if (!good) problems.Add(problem);
        }

        DockerTcpSettings? DockerTcpOf()
        {
            if (config.GetString("docker-api.tcp.address") is not { Length: > 0 } text) return null;
            var listen = docker = Read("docker-api.tcp.address", text, ParseListener, new IPEndPoint(IPAddress.Loopback, 0));
            Check(tls is not null || FilesOf("docker-api.tcp") is not null, "docker-api.tcp.ca: with network-cluster.docker-api.tcp.address it is needed: without TLS on both sides anybody could command the host. Give it with certificate and key beside it, or all three as network-cluster.tls");
            return (FilesOf("docker-api.tcp") ?? tls) is { } files ? new(listen, files) : null;
        }

        TlsFiles? PbmTlsOf()
        {
            var wished = Read("pbm.tls", config.GetString("pbm.tls"), OneOf<TlsMode>, TlsMode.Auto);
            if (wished == TlsMode.Off || (wished == TlsMode.Auto && IPAddress.IsLoopback(pbm.Address))) return null;
            Check(tls is not null, wished == TlsMode.On
                ? "pbm.tls: on needs network-cluster.tls.ca, network-cluster.tls.certificate and network-cluster.tls.key"
                : $"pbm.address: others reach {pbm.Address}, and who reaches pbm commands the host: give it network-cluster.tls.ca, network-cluster.tls.certificate and network-cluster.tls.key, or a loopback address, or say network-cluster.pbm.tls=off where only operators are on that network");
            return tls;
        }

        // Whichever came first would have the port, and the other fail when all else is up. 0 is any free one.
        void RefuseShared()
        {
            List<(string Key, IPEndPoint Address)> listening = [("pbm.port", pbm)];
            if (options.Operations is { } operations) listening.Add(("operations.port", operations));
            if (docker is not null) listening.Add(("docker-api.tcp.address", docker));
            if (clustered) listening.Add(("cluster.port", options.ClusterAddress));
            foreach (var (i, (key, own)) in listening.Index())
            {
                foreach (var (before, taken) in listening.Take(i).Where(other => other.Address.Port == own.Port && own.Port != 0 && (other.Address.Address.Equals(own.Address) || IsAny(other.Address.Address) || IsAny(own.Address))))
                    problems.Add($"{key}: {own} is taken by network-cluster.{before} ({taken}): each needs a port of its own");
            }

            static bool IsAny(IPAddress one) => one.Equals(IPAddress.Any) || one.Equals(IPAddress.IPv6Any);
        }

        // All three, or none.
        TlsFiles? FilesOf(string level)
        {
            (string Key, string Path)[] paths = [Named("ca"), Named("certificate"), Named("key")];
            if (paths.All(file => file.Path.Length == 0)) return null;
            foreach (var (key, _) in paths.Where(file => file.Path.Length == 0)) Problem(false, $"{key}: it is needed: network-cluster.{level}.ca, network-cluster.{level}.certificate and network-cluster.{level}.key go together");
            return new(paths[0].Path, paths[1].Path, paths[2].Path);

            (string Key, string Path) Named(string key) => ($"{level}.{key}", config.GetString($"{level}.{key}") ?? "");
        }

        // Said once, however often it is asked.
        void Problem(bool good, string problem) => Check(good || problems.Contains(problem), problem);

        int Ranged(string key, int least, int most)
        {
            var text = config.GetString(key);
            var good = int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value) && value >= least && value <= most;
            Check(good, $"{key}: '{text}' is not a number from {least} to {most}");
            return good ? value : least;
        }

        TimeSpan Duration(string key, TimeSpan otherwise) => Understood(key, () => config.GetTimeSpan(key, allowInfinite: false), "a duration as 500ms, 60s or 5m", otherwise);

        // A single word is taken for no list at all, in silence.
        IList<string> Listed(string key) => Understood(
            key, () => config.GetValue(key) is { } value && !value.IsArray() && value.GetString() is { Length: > 0 } ? throw new FormatException() : config.GetStringList(key) is var items && items.All(item => item is not null) ? items : throw new FormatException(), "a list as [\"a\", \"b\"]", []);

        // The configuration library has an exception of its own for each way in which a value is not what is asked for.
        T Understood<T>(string key, Func<T> read, string form, T otherwise)
        {
            try
            {
                return read();
            }
            catch (Exception)
            {
                problems.Add($"{key}: '{config.GetValue(key)}' is not {form}");
                return otherwise;
            }
        }

        T Parsed<T>(string key, string text) where T : struct, IParsable<T> => Read(key, text, value => T.Parse(value, null), default);

        T Read<T>(string key, string text, Func<string, T> parse, T otherwise)
        {
            try
            {
                return parse(text);
            }
            catch (Exception cause) when (cause is FormatException or ArgumentException or OverflowException)
            {
                problems.Add($"{key}: {cause.Message}");
                return otherwise;
            }
        }
    }

    private static T OneOf<T>(string text) where T : struct, Enum =>
        Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<T>(text, ignoreCase: true) : throw new FormatException($"'{text}' is not one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");

    private static DefaultPool ParsePool(string scope, string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !Subnet.TryParse(text[..colon], out var block) || !int.TryParse(text[(colon + 1)..], out var size) || size < block.Prefix || size > block.Address.Bits)
        {
            throw new FormatException($"'{text}' is not block:size, as 172.20.0.0/14:16, without host bits and with a size in the block");
        }

        if (block == UniqueLocal.All)
        {
            return size >= UniqueLocal.PrefixBits ? new(UniqueLocal.Of(scope), size) : throw new FormatException($"'{text}': one /{UniqueLocal.PrefixBits} of {block} is used, so the size is at least {UniqueLocal.PrefixBits}");
        }

        if (Networks.NetworkRules.WhyUnusable(block) is { } why) throw new FormatException($"'{text}' cannot be used: {why}");
        return new(block, size);
    }

    // An address, or a name behind which there may be several.
    private static string ParseSeed(string text) =>
        text.LastIndexOf(':') is > 0 and var colon && Uri.CheckHostName(text[..colon]) == UriHostNameType.Dns
            ? ushort.TryParse(text[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture, out var port) && port > 0 ? text : throw new FormatException($"'{text}' is not name:port")
            : ParseListener(text).ToString();

    private static IPEndPoint ParseListener(string text) =>
        IPEndPoint.TryParse(text, out var seed) && seed.Port > 0 ? seed : throw new FormatException($"'{text}' is not address:port");

    private static IPAddress ParseAddress(string text) => IPAddress.TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IP address");

    private static IPEndPoint ParseServer(string text) =>
        IPEndPoint.TryParse(text, out var server) ? new(server.Address, server.Port == 0 ? 53 : server.Port) : throw new FormatException($"'{text}' is not an address or address:port");
}
