using static NetworkCluster.Tests.Kernel.KernelHost;

namespace NetworkCluster.Tests.Cluster;

/// <summary>There is one at a time: tests with it are of one collection. Several hosts on one link, each a namespace with its own address, and their processes with one PostgreSQL between them.</summary>
internal sealed class Underlay : IAsyncDisposable
{
    private const string Database = "10.99.0.254";

    private const string SlowRate = "512kbit burst 8kb latency 500ms";

    private readonly PrivatePostgres _postgres;
    private readonly List<HostUnderTest> _hosts = [];
    private readonly Func<int, HostUnderTest> _made;

    private Underlay(PrivatePostgres postgres, Func<int, HostUnderTest> made) => (_postgres, _made) = (postgres, made);

    public PrivatePostgres Postgres => _postgres;

    /// <summary>How anybody connects to it.</summary>
    public string Journal => _postgres.ConnectionString(Database);

    public IReadOnlyList<HostUnderTest> Hosts => _hosts;

    /// <summary>Starts so many hosts, the first one first.</summary>
    /// <param name="name">Two characters that no other test uses.</param>
    /// <param name="hosts">How many.</param>
    /// <param name="roles">What each of them is, by number; none: all are both.</param>
    /// <param name="seeds">Whom they know; none: the first two.</param>
    /// <param name="more">Further arguments of each, by number.</param>
    /// <param name="own">What is in the environment of each besides, by number.</param>
    /// <param name="environment">What is in their environment besides.</param>
    public static async Task<Underlay> StartAsync(string name, int hosts, Func<int, string>? roles = null, string? seeds = null, Func<int, string[]>? more = null, Func<int, IEnumerable<(string Name, string Value)>>? own = null, params (string Name, string Value)[] environment)
    {
        Shell("ip link add und0 type bridge && ip link set und0 up && ip addr add 10.99.0.254/24 dev und0");
        var postgres = await PrivatePostgres.StartAsync(5455);
        seeds ??= string.Join(", ", Enumerable.Range(1, Math.Min(hosts, 2)).Select(host => $"\"{AddressOf(host)}:4053\""));
        var underlay = new Underlay(postgres, host =>
        {
            var made = new HostUnderTest(host < 10 ? $"{name}{host}" : $"{name[..1]}{host}", NamespaceOf(host), $"{AddressOf(host)}:9110",
                [
                    "--config", Path.Combine(AppContext.BaseDirectory, "hocon", "cluster.conf"),
                    "--set", $"network-cluster.cluster.address={AddressOf(host)}",
                    "--set", $"network-cluster.cluster.seeds=[{seeds}]",
                    "--set", $"network-cluster.cluster.roles=[{roles?.Invoke(host) ?? "control, agent"}]",
                    "--set", $"network-cluster.journal.connection-string={postgres.ConnectionString(Database)}",
                    .. more?.Invoke(host) ?? [],
                ]);
            foreach (var (variable, value) in environment.Concat(own?.Invoke(host) ?? [])) made.Environment[variable] = value;
            return made;
        });
        await underlay.AddAsync(1);
        await underlay.AddAsync(hosts - 1);
        return underlay;
    }

    /// <summary>Starts so many more, side by side.</summary>
    public async Task AddAsync(int hosts)
    {
        var first = _hosts.Count + 1;
        for (var host = first; host < first + hosts; host++)
        {
            MakeMachine(host);
            _hosts.Add(_made(host));
        }

        await Task.WhenAll(_hosts.Skip(first - 1).Select(host => host.StartAsync()));
    }

    /// <summary>The host's process and everything in its kernel end; its disk stays.</summary>
    public async Task PowerOffAsync(int host)
    {
        await _hosts[host - 1].KillAsync();
        foreach (var sandbox in Kernel.Sandboxes(_hosts[host - 1].Prefix)) Shell($"ip netns del {sandbox}");
        Shell($"ip netns del {NamespaceOf(host)}; ip link del und{host} 2>/dev/null || true");
    }

    /// <summary>The machine boots again, and its process starts.</summary>
    public Task PowerOnAsync(int host)
    {
        MakeMachine(host);
        return _hosts[host - 1].StartAsync();
    }

    /// <summary>From now on the host hears nothing from the others; and where it is cut off on both sides, they nothing from it. The database hears and is heard.</summary>
    public void CutOff(int host, bool bothSides)
    {
        var others = string.Join(", ", Enumerable.Range(1, _hosts.Count).Where(other => other != host).Select(AddressOf));
        On(host, $"nft 'add table inet cut; add chain inet cut in {{ type filter hook input priority -300; }}; add chain inet cut out {{ type filter hook output priority -300; }}; add rule inet cut in ip saddr {{ {others} }} drop{(bothSides ? $"; add rule inet cut out ip daddr {{ {others} }} drop" : "")}'");
    }

    /// <summary>From now on every fifth packet to the host is lost.</summary>
    public static void Thin(int host) => On(host, "nft 'add table inet cut; add chain inet cut in { type filter hook input priority -300; }; add rule inet cut in iif != lo numgen random mod 5 == 0 drop'");

    /// <summary>Ends what <see cref="CutOff"/> or <see cref="Thin"/> began.</summary>
    public static void Join(int host) => On(host, "nft delete table inet cut");

    /// <summary>From now on packets to the host and from it wait for each other, up to half a second; then they are lost.</summary>
    public static void Slow(int host)
    {
        Shell($"tc qdisc add dev und{host} root tbf rate {SlowRate}");
        On(host, $"tc qdisc add dev eth0 root tbf rate {SlowRate}");
    }

    /// <summary>Ends what <see cref="Slow"/> began.</summary>
    public static void Quick(int host)
    {
        Shell($"tc qdisc del dev und{host} root");
        On(host, "tc qdisc del dev eth0 root");
    }

    /// <summary>From now on nobody hears the database, nor it anybody.</summary>
    public static void SilenceJournal() => Shell("nft 'add table inet silence; add chain inet silence in { type filter hook input priority 0; }; add rule inet silence in tcp dport 5455 drop'");

    /// <summary>Ends what <see cref="SilenceJournal"/> began.</summary>
    public static void HearJournal() => Shell("nft delete table inet silence");

    /// <summary>What a command prints on a host.</summary>
    public static string On(int host, string command) => Shell($"nsenter --net=/run/netns/{NamespaceOf(host)} {command}");

    /// <summary>The named namespace of a host.</summary>
    public static string NamespaceOf(int host) => $"machine{host}";

    public async ValueTask DisposeAsync()
    {
        for (var host = 1; host <= _hosts.Count; host++)
        {
            await _hosts[host - 1].DisposeAsync();
            // The link first: with its namespace alone it would go some time later, and be in the way of the next test's.
            Shell($"ip link del und{host} 2>/dev/null; ip netns del {NamespaceOf(host)} || true");
        }

        await _postgres.DisposeAsync();
        Shell("ip link del und0");
    }

    /// <summary>Where the others reach a host.</summary>
    public static string AddressOf(int host) => $"10.99.0.{host}";

    private static void MakeMachine(int host)
    {
        Shell($"ip netns add {NamespaceOf(host)}");
        Shell($"ip link add und{host} type veth peer name eth0 address 02:00:00:00:00:{host:x2} netns {NamespaceOf(host)}");
        Shell($"ip link set und{host} master und0 up");
        On(host, "ip link set lo up");
        On(host, $"ip addr add {AddressOf(host)}/24 dev eth0");
        On(host, "ip link set eth0 up");
    }
}
