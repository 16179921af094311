using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NetworkCluster.Containers;
using NetworkCluster.Dns;
using NetworkCluster.Linux;
using NetworkCluster.Tests.Host.Dns;
using NetworkCluster.Tests.Support;
using Xunit;
using static NetworkCluster.Tests.Core.Dns.Given;
using static NetworkCluster.Tests.Core.Dns.Packets;
using static NetworkCluster.Tests.Kernel.DnsSandboxes;

namespace NetworkCluster.Tests.Kernel;

[Trait("Category", "Kernel")]
public sealed class DnsInSandboxesTests : IDisposable
{
    private static readonly ContainerId C4 = Container(4), C5 = Container(5);
    private readonly DnsSandboxes _sandboxes = new();
    private readonly NameTable _names = new();

    public DnsInSandboxesTests()
    {
        _names.SetNetwork(Network(1, "isolated_nw", "172.25.0.0/16",
            Endpoint(1, 4, "container4", "172.25.0.3"),
            Endpoint(1, 5, "container5", "172.25.0.4", null, "app")));
        _names.Join(C4, NetworkId(1), Spec(1, 4, "container4", "container5:c5"));
        _names.Join(C5, NetworkId(1), Spec(1, 5, "container5"));
    }

    public void Dispose() => _sandboxes.Dispose();

    private EmbeddedDns Serve(params IPEndPoint[] upstreams) =>
        new(_names, new NamespaceSockets(), new() { Upstreams = [.. upstreams] }, TimeProvider.System, NullLogger.Instance);

    [KernelFact]
    public async Task Dig_and_getent_in_a_sandbox_see_what_its_networks_know()
    {
        await using var dns = Serve();
        dns.Open(C4, _sandboxes.Add("dns4"));
        dns.Open(C5, _sandboxes.Add("dns5"));
        Assert.Equal("172.25.0.4", Dig("dns4", "c5"));
        Assert.Equal("NXDOMAIN", Dig("dns5", "c5"));
        Assert.Equal("172.25.0.3", Dig("dns5", "Container4.isolated_nw"));
        Assert.Equal("172.25.0.4", Dig("dns4", "+tcp", "app"));
        Assert.Equal("NOERROR", Dig("dns4", "app", "AAAA"));
        Assert.Equal("container5.isolated_nw.", Dig("dns4", "-x", "172.25.0.4"));
        Assert.Equal("NXDOMAIN", Dig("dns4", "-x", "172.25.0.99"));
        Assert.StartsWith("172.25.0.4", In("dns4", "getent", "hosts", "app").Output, StringComparison.Ordinal);
        Assert.Equal(2, In("dns4", "getent", "hosts", "nobody").Code);
        AddAddress("dns4", "172.25.0.3/32");
        Assert.StartsWith("172.25.0.4", In("dns4", "getent", "ahostsv4", "c5").Output, StringComparison.Ordinal);
    }

    [KernelFact]
    public async Task A_namespace_that_was_made_anew_under_its_name_is_served_when_it_is_opened_again()
    {
        await using var dns = Serve();
        var path = _sandboxes.Add("dns4");
        dns.Open(C4, path);
        _sandboxes.Remove("dns4");
        Assert.Equal(path, _sandboxes.Add("dns4"));
        dns.Open(C4, path);
        Assert.Equal("172.25.0.4", Dig("dns4", "c5"));
        dns.Open(C4, path);
        Assert.Equal("172.25.0.4", Dig("dns4", "c5"));
    }

    [KernelFact]
    public async Task Other_names_are_asked_from_the_hosts_namespace_over_UDP_and_TCP()
    {
        await using var upstream = new FakeUpstream((query, _) => [Reply(query, 0, "93.184.216.34")]);
        await using var dns = Serve(upstream.EndPoint);
        dns.Open(C4, _sandboxes.Add("dns4"));
        Assert.Equal("93.184.216.34", Dig("dns4", "www.example.com"));
        Assert.Equal("93.184.216.34", Dig("dns4", "+tcp", "www.example.com"));
        Assert.Equal("93.184.216.34", Dig("dns4", "+noedns", "www.example.com"));
    }

    [KernelFact]
    public async Task A_sandbox_whose_loopback_is_down_is_an_error_and_can_be_opened_once_it_is_up()
    {
        await using var dns = Serve();
        var path = _sandboxes.Add("dns4", loopbackUp: false);
        Assert.Throws<SocketException>(() => dns.Open(C4, path));
        RaiseLoopback("dns4");
        dns.Open(C4, path);
        Assert.Equal("172.25.0.4", Dig("dns4", "c5"));
    }

    [KernelFact]
    public async Task After_a_restart_the_sandbox_is_served_again_though_old_connections_linger()
    {
        var path = _sandboxes.Add("dns4");
        for (var life = 0; life < 3; life++)
        {
            await using var dns = Serve();
            dns.Open(C4, path);
            Assert.Equal("172.25.0.4", Dig("dns4", "+tcp", "c5"));
        }

        Assert.Contains("refused", Dig("dns4", "+tcp", "c5"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("timed out", Dig("dns4", "+time=1", "c5"), StringComparison.OrdinalIgnoreCase);
    }

    [KernelFact]
    public async Task A_namespace_that_is_not_there_is_an_error_and_changes_nothing()
    {
        await using var dns = Serve();
        Assert.Throws<IOException>(() => dns.Open(C4, "/run/netns/nowhere"));
        dns.Open(C4, _sandboxes.Add("dns4"));
        Assert.Equal("172.25.0.4", Dig("dns4", "c5"));
    }

    [KernelFact]
    public async Task A_port_that_something_in_the_sandbox_has_already_is_an_error_and_leaves_nothing_open()
    {
        var path = _sandboxes.Add("dns4");
        await using var dns = Serve();
        using (var taken = new NamespaceSockets().Open(path, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            taken.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.11"), new EmbeddedDnsOptions().ListenPort));
            taken.Listen();
            Assert.Throws<SocketException>(() => dns.Open(C4, path));
        }

        dns.Open(C4, path);
        Assert.Equal("172.25.0.4", Dig("dns4", "c5"));
    }

    [KernelFact]
    public async Task A_program_in_a_sandbox_has_port_53_for_itself_at_every_address_and_beside_it_the_embedded_one_answers()
    {
        var path = _sandboxes.Add("dns4");
        AddAddress("dns4", "172.25.0.3/32");
        await using var dns = Serve();
        dns.Open(C4, path);
        foreach (var udp in (bool[])[true, false])
        {
            using var own = new Served(path, 53, udp);
            foreach (var address in (string[])["127.0.0.1", "172.25.0.3", "::1"]) Assert.NotNull(Served.Ask(path, address, 53, udp));
            Assert.Equal("172.25.0.4", Dig("dns4", udp ? "+notcp" : "+tcp", "c5"));
        }

        // Clients that connect take an answer only from whom they asked, and programs may ask from anywhere.
        Assert.Equal("172.25.0.4", Dig("dns4", "-b", "172.25.0.3", "c5"));
        Assert.Equal("172.25.0.4", Dig("dns4", "-b", "127.0.0.11", "+tcp", "c5"));
    }

    [KernelFact]
    public async Task Many_sandboxes_cost_no_thread_each_and_leave_no_thread_in_a_sandbox()
    {
        const int Sandboxes = 40;
        var paths = Enumerable.Range(0, Sandboxes).Select(i => _sandboxes.Add($"many{i}")).ToArray();
        await using var dns = Serve();
        var threads = Threads().Length;
        for (var i = 0; i < Sandboxes; i++)
        {
            _names.Join(Container(1000 + i), NetworkId(1), Spec(1, 1000 + i, "asker"));
            dns.Open(Container(1000 + i), paths[i]);
        }

        Assert.Equal("172.25.0.4", Dig("many0", "+tcp", "container5"));
        Assert.Equal("172.25.0.4", Dig($"many{Sandboxes - 1}", "container5"));

        // Other tests run beside this one and start threads too, but not half as many as there are sandboxes.
        Assert.InRange(Threads().Length, 0, threads + (Sandboxes / 2));
        Assert.Single(Threads().Select(task => new FileInfo($"{task}/ns/net").LinkTarget).Where(target => target is not null).Distinct());
    }

    private static string[] Threads() => Directory.GetDirectories("/proc/self/task");
}
