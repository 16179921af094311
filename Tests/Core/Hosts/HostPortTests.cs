using System.Collections.Immutable;
using CsCheck;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Hosts;

public sealed class HostPortTests
{
    private static readonly NetworkSpec Network = Some.Network(1, ["10.77.0.0/16"]);

    [Fact]
    public void A_start_notes_the_ports_before_the_agent_is_asked_for_them()
    {
        var host = Host(Published(1, Fixed(8080, 80))).When(Start(1));
        host.Journals(nameof(ContainerStarted), nameof(PortsPublished));
        Assert.Equal("0.0.0.0:8080>80", Text(host.Sends<StartSandbox>().Ports));
    }

    [Fact]
    public void A_port_that_a_running_container_has_is_refused_with_its_name_and_nothing_changes()
    {
        var host = Host(Published(1, Fixed(8080, 80)), Published(2, Fixed(8080, 81))).When(Start(1), Start(2));
        var refusal = host.RefusesStart<PortAllocated>();
        Assert.Equal("Bind for 0.0.0.0:8080 failed: port is already allocated (8080/tcp is published by container c1)", refusal.Text);
        Assert.Equal(ContainerPhase.Created, host.State.Find(Some.ContainerId(2))!.Phase);
    }

    [Theory]
    [InlineData(null, "192.0.2.1", true)]
    [InlineData("0.0.0.0", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("::", "0.0.0.0", false)]
    [InlineData("::", "2001:db8::1", true)]
    [InlineData(null, "::", true)]
    public void Two_have_the_same_port_only_at_different_addresses(string? first, string? second, bool conflict)
    {
        var host = Host(Published(1, Fixed(53, 53, first)), Published(2, Fixed(53, 53, second))).When(Start(1), Start(2));
        if (conflict) host.RefusesStart<PortAllocated>();
        else host.Sends<StartSandbox>();
    }

    [Fact]
    public void The_same_number_of_another_protocol_is_another_port() =>
        Host(Published(1, Fixed(53, 53)), Published(2, new PortBinding(null, 53, 53, new(53, PortProtocol.Udp)))).When(Start(1), Start(2)).Sends<StartSandbox>();

    [Fact]
    public void Without_a_host_port_the_lowest_free_one_is_taken_and_a_fixed_wish_goes_before()
    {
        var host = Host(Published(1, Any(80), Fixed(32768, 81), Any(82)), Published(2, Any(80))).When(Start(1));
        Assert.Equal("0.0.0.0:32769>80, 0.0.0.0:32768>81, 0.0.0.0:32770>82", Text(host.Sends<StartSandbox>().Ports));
        Assert.Equal("0.0.0.0:32771>80", Text(host.When(Start(2)).Sends<StartSandbox>().Ports));
    }

    [Fact]
    public void Publish_all_takes_every_exposed_port_in_order_that_has_no_wish_of_its_own()
    {
        var ports = new ContainerPorts { Exposed = [new(90, PortProtocol.Tcp), new(53, PortProtocol.Udp), new(80, PortProtocol.Tcp)], Bindings = [Fixed(8080, 80)], PublishAll = true };
        Assert.Equal("0.0.0.0:8080>80, 0.0.0.0:32768>53, 0.0.0.0:32768>90", Text(Host((1, ports)).When(Start(1)).Sends<StartSandbox>().Ports));
        Assert.Empty(Host((1, ports with { PublishAll = false, Bindings = [] })).When(Start(1)).Sends<StartSandbox>().Ports);
    }

    [Fact]
    public void Of_a_range_the_lowest_free_one_and_when_none_is_left_it_says_who_has_them()
    {
        PortBinding range = new(null, 8000, 8001, new(80, PortProtocol.Tcp));
        var host = Host(Published(1, range), Published(2, range), Published(3, range)).When(Start(1));
        Assert.Equal("0.0.0.0:8000>80", Text(host.Then.Sends.OfType<StartSandbox>().Single().Ports));
        Assert.Equal("0.0.0.0:8001>80", Text(host.When(Start(2)).Sends<StartSandbox>().Ports));
        Assert.Equal("all ports are allocated: host host1 has no free one of 8000-8001/tcp (the last is held by c2)", host.When(Start(3)).RefusesStart<NoFreePort>().Text);
    }

    [Fact]
    public void Where_no_address_is_named_the_first_network_that_leads_outside_says_which()
    {
        var host = Host(Published(1, Fixed(80, 80))).Given(Connected(1, 11, null), Connected(1, 12, "192.0.2.1"), Connected(1, 13, "192.0.2.2")).When(Start(1));
        Assert.Equal("192.0.2.1:80>80", Text(host.Sends<StartSandbox>().Ports));
        var first = Connected(1, 14, "192.0.2.3");
        host = Host(Published(1, Fixed(80, 80))).Given(Connected(1, 12, "192.0.2.1"), first with { Endpoint = first.Endpoint with { Settings = new() { GatewayPriority = 1 } } }).When(Start(1));
        Assert.Equal("192.0.2.3:80>80", Text(host.Sends<StartSandbox>().Ports));
        var all = Host(Published(1, Fixed(80, 80), Fixed(81, 81, "127.0.0.1"))).Given(Connected(1, 11, "0.0.0.0")).When(Start(1));
        Assert.Null(all.Sends<StartSandbox>().Ports[0].Host.Address);
        Assert.Equal("127.0.0.1:81", all.Sends<StartSandbox>().Ports[1].Host.ToString());
    }

    [Fact]
    public void What_another_program_has_is_passed_over_where_there_is_a_choice_and_refused_where_there_is_none()
    {
        var host = Host(Published(1, Any(80), Any(81))).When(Start(1), Taken(1, 32768));
        host.Journals(nameof(PortsPublished));
        Assert.Equal("0.0.0.0:32769>80, 0.0.0.0:32770>81", Text(host.Sends<StartSandbox>().Ports));
        Assert.Equal("0.0.0.0:32769>80, 0.0.0.0:32771>81", Text(host.When(Taken(1, 32770)).Sends<StartSandbox>().Ports));

        var refused = Host(Published(1, Fixed(8080, 80), Any(81))).When(Start(1), Taken(1, 8080));
        refused.Journals(nameof(ContainerStopping));
        refused.When(new SandboxStopped(Some.Host, Some.ContainerId(1), new(1), null)).Journals(nameof(ContainerStopped));
        Assert.Equal("Bind for 0.0.0.0:8080 failed: address already in use (another program on host host1 has 8080/tcp)", refused.Replies<Rejected>().Reason.Text);
        Assert.Empty(refused.State.PortHolders);
    }

    [Fact]
    public void A_stopped_containers_ports_are_free_for_others_and_checked_again_at_its_next_start()
    {
        var host = Host(Published(1, Fixed(8080, 80)), Published(2, Fixed(8080, 80))).When(Start(1), Sandbox(1));
        host.When(new StopContainer(Some.Host, Some.ContainerId(1)));
        host.When(Start(2)).RefusesStart<PortAllocated>();
        host.When(new SandboxStopped(Some.Host, Some.ContainerId(1), new(1), null));
        host.When(Start(2), Sandbox(2)).Replies<ContainerDone>();
        Assert.Equal("c2", host.When(Start(1)).RefusesStart<PortAllocated>().Holder);
        host.When(new RemoveContainer(Some.Host, Some.ContainerId(2), Force: true), new SandboxStopped(Some.Host, Some.ContainerId(2), new(1), null));
        host.When(Start(1)).Sends<StartSandbox>();
    }

    [Fact]
    public void A_new_life_of_the_host_knows_the_ports_of_what_lives_and_gives_back_those_of_what_died()
    {
        var host = Host(Published(1, Any(80)), Published(2, Any(80)), Published(3, Any(80)), Published(4, Fixed(32768, 80))).When(Start(1), Sandbox(1), Start(2), Sandbox(2)).Recovered()
            .When(new JoinHost(Some.Host, "b", [Some.ContainerId(2)], DateTimeOffset.UnixEpoch));
        Assert.Equal("0.0.0.0:32769>80", Text(host.Replies<HostWelcome>().Running.Single().Ports));
        Assert.Equal("0.0.0.0:32770>80", Text(host.When(Start(3)).Sends<StartSandbox>().Ports));
        host.When(Start(4)).RefusesStart<PortAllocated>();
        host.When(new SandboxStopped(Some.Host, Some.ContainerId(1), new(2), null));
        host.When(Start(4)).Sends<StartSandbox>();
    }

    [Fact]
    public void Ports_that_make_no_sense_are_refused_all_at_once()
    {
        ContainerSpec spec = Some.Container(1) with
        {
            Ports = new()
            {
                Bindings = [new(null, 9, 8, new(0, PortProtocol.Tcp)), Fixed(8080, 80), Fixed(8080, 81, "127.0.0.1"), Fixed(9090, 90, "::1")],
                Exposed = [new(70000, PortProtocol.Udp)],
            },
        };
        var problems = Empty().When(new CreateContainer(Some.Host, spec, [])).Refuses<InvalidRequest>().Problems;
        Assert.Equal(
        [
            "invalid containerPort: 70000 (1 to 65535)",
            "invalid containerPort: 0 (1 to 65535)",
            "invalid hostPort: 9-8 (1 to 65535)",
            "ports cannot be published at ::1: the kernel does not route it to a container; 127.0.0.1 works",
            "port 127.0.0.1:8080 is published twice: for 80/tcp and for 81/tcp",
        ], problems.AsEnumerable());
        Assert.Equal(["conflicting options: a container on the network host has no ports to publish"],
            Empty().When(new CreateContainer(Some.Host, Some.Container(1, SandboxMode.Host) with { Ports = new() { PublishAll = true } }, [])).Refuses<InvalidRequest>().Problems.AsEnumerable());
    }

    [Fact]
    public void Whatever_starts_and_stops_no_two_running_containers_have_ports_that_overlap() => Gen.Select(
        Gen.Select(Gen.Int[0, 3], Gen.Int[32768, 32770], Gen.Int[0, 3], Gen.Bool).Array[1, 3].Array[4],
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 3]).Array[0, 40]).Sample((wishes, actions) =>
    {
        string?[] addresses = [null, "0.0.0.0", "192.0.2.1", "::"];
        var host = Host([.. wishes.Select((wish, i) => (i + 1, new ContainerPorts
        {
            Bindings = [.. wish.Select((w, n) => w.Item4 ? Any(80 + n) : new PortBinding(addresses[w.Item1] is { } text ? InetAddress.Parse(text) : null, w.Item2, w.Item2 + w.Item3, new(80 + n, PortProtocol.Tcp)))],
        }))]);
        foreach (var (number, action) in actions)
        {
            host.When(action switch
            {
                0 => [new StopContainer(Some.Host, Some.ContainerId(number)), new SandboxStopped(Some.Host, Some.ContainerId(number), new(1), null)],
                1 => [Start(number), Taken(number, 32768), Sandbox(number)],
                _ => new IAddressed[] { Start(number), Sandbox(number) },
            });
            var held = host.State.InOrder.SelectMany(container => container.Ports.Select(port => port.Host)).ToList();
            for (var i = 0; i < held.Count; i++) Assert.DoesNotContain(held.Skip(i + 1), other => other.Overlaps(held[i]));
            Assert.Equal(held.Count, host.State.PortHolders.Values.Sum(holders => holders.Count));
            var stopped = host.State.InOrder.Where(container => container.Phase is ContainerPhase.Created or ContainerPhase.Exited);
            Assert.All(stopped, container => Assert.Empty(container.Ports));
        }
    });

    private static Scenario<HostState> Empty() => new Scenario<HostState>(new HostDecider(), "host1").When(new JoinHost(Some.Host, "a", [], DateTimeOffset.UnixEpoch));

    private static Scenario<HostState> Host(params (int Number, ContainerPorts Ports)[] containers)
    {
        var host = Empty();
        foreach (var (number, ports) in containers) host.Given(new ContainerCreated(Some.Container(number) with { Ports = ports }));
        return host;
    }

    private static (int, ContainerPorts) Published(int number, params ImmutableArray<PortBinding> bindings) => (number, new() { Bindings = bindings });

    private static PortBinding Fixed(int host, int container, string? address = null) => new(address is null ? null : InetAddress.Parse(address), host, host, new(container, PortProtocol.Tcp));

    private static PortBinding Any(int container) => new(null, 0, 0, new(container, PortProtocol.Tcp));

    private static ContainerConnected Connected(int container, int endpoint, string? binding) =>
        new(Some.Endpoint(endpoint, Network, 2, container).Spec with { Network = Some.NetworkId(endpoint), HostBinding = binding is null ? null : InetAddress.Parse(binding) });

    private static StartContainer Start(int number) => new(Some.Host, Some.ContainerId(number));

    private static SandboxStarted Sandbox(int number) => new(Some.Host, Some.ContainerId(number), new(1), null);

    private static SandboxStarted Taken(int number, params int[] ports) =>
        new(Some.Host, Some.ContainerId(number), new(1), new PortInUse([.. ports.Select(port => new HostPort(null, port, PortProtocol.Tcp))], Some.Host));

    private static string Text(IEnumerable<PublishedPort> ports) => string.Join(", ", ports.Select(port => $"{port.Host}>{port.Port}"));
}
