using NetworkCluster.Addressing;
using NetworkCluster.Commands;
using NetworkCluster.Containers;
using Xunit;

namespace NetworkCluster.Tests.Host.Commands;

/// <summary>Published ports at the command line: Docker's words in, Docker's forms out.</summary>
public sealed class PortCommandTests : IAsyncLifetime
{
    private PbmHost _host = null!;

    public async Task InitializeAsync() => _host = await PbmHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData("-p 80", "any>80/tcp")]
    [InlineData("-p 8080:80", "8080>80/tcp")]
    [InlineData("-p 0:80 -p :81", "any>80/tcp any>81/tcp")]
    [InlineData("-p 53:53/udp -p 53:53/TCP", "53>53/udp 53>53/tcp")]
    [InlineData("-p 127.0.0.1:8080:80", "127.0.0.1:8080>80/tcp")]
    [InlineData("-p 127.0.0.1::80", "127.0.0.1:any>80/tcp")]
    [InlineData("-p [2001:db8::1]:8080:80 -p [::]::81", "[2001:db8::1]:8080>80/tcp [::]:any>81/tcp")]
    [InlineData("-p 8000-8002:80-82", "8000>80/tcp 8001>81/tcp 8002>82/tcp")]
    [InlineData("-p 8000-8009:80", "8000-8009>80/tcp")]
    [InlineData("-p 80-81", "any>80/tcp any>81/tcp")]
    [InlineData("-p 8080:80 -p 8080:80", "8080>80/tcp")]
    [InlineData("-P --expose 90 --expose 53/udp --expose 80-81", "all 90/tcp 53/udp 80/tcp 81/tcp")]
    public async Task What_is_asked_for_is_sent(string options, string ports)
    {
        Assert.Equal(0, (await _host.RunAsync($"container create {options}")).Code);
        Assert.Equal(ports, Text(_host.Gateway.Sent.OfType<CreateContainer>().Single().Spec.Ports!));
    }

    [Theory]
    [InlineData("-p 70000", "invalid containerPort: 70000 (1 to 65535)")]
    [InlineData("-p 80:", "no port specified: <empty>")]
    [InlineData("-p abc:80", "invalid hostPort: abc (1 to 65535)")]
    [InlineData("-p 81-80", "invalid containerPort: 81-80 (1 to 65535)")]
    [InlineData("-p 80:80/sctp", "invalid proto: sctp (tcp or udp)")]
    [InlineData("-p 1.2.3:80:80", "invalid IP address: 1.2.3")]
    [InlineData("-p 8000-8002:80-81", "invalid ranges specified for container and host Ports: 80-81 and 8000-8002")]
    [InlineData("-p 1:2:3:4", "invalid publish: 1:2:3:4 ([[IP:]HOST:]CONTAINER[/PROTOCOL] is wanted, an IPv6 address in brackets)")]
    [InlineData("--expose 0", "invalid containerPort: 0 (1 to 65535)")]
    public async Task What_makes_no_sense_is_not_sent(string options, string problem)
    {
        var outcome = await _host.RunAsync($"container create {options}");
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.Contains(problem, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(_host.Gateway.Sent);
    }

    [Fact]
    public async Task Ls_and_inspect_show_the_ports_of_what_runs_in_dockers_form()
    {
        var at = _host.Gateway.Containers.FindIndex(container => container.Spec.Name == "container2");
        var container = _host.Gateway.Containers[at];
        _host.Gateway.Containers[at] = container with
        {
            Spec = container.Spec with
            {
                Ports = new() { Bindings = [new(null, 8080, 8080, new(80, PortProtocol.Tcp)), new(InetAddress.Parse("127.0.0.1"), 0, 0, new(53, PortProtocol.Udp))], Exposed = [new(6379, PortProtocol.Tcp)] },
            },
            Ports = [new(new(null, 8080, PortProtocol.Tcp), 80), new(new(InetAddress.Parse("127.0.0.1"), 32768, PortProtocol.Udp), 53)],
        };
        Assert.Equal("127.0.0.1:32768->53/udp, 0.0.0.0:8080->80/tcp, 6379/tcp\n", (await _host.RunAsync("container ls --format '{{.Ports}}' -f name=container2")).Output);
        Assert.Equal("""{"53/udp":[{"HostIp":"127.0.0.1","HostPort":"32768"}],"6379/tcp":null,"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"}]}""" + "\n",
            (await _host.RunAsync("container inspect -f '{{json .NetworkSettings.Ports}}' container2")).Output);
        Assert.Equal("""{"53/udp":[{"HostIp":"127.0.0.1","HostPort":""}],"80/tcp":[{"HostIp":"","HostPort":"8080"}]}""" + "\n",
            (await _host.RunAsync("container inspect -f '{{json .HostConfig.PortBindings}}' container2")).Output);
        Assert.Equal("""{"53/udp":{},"6379/tcp":{},"80/tcp":{}}""" + "\n", (await _host.RunAsync("container inspect -f '{{json .Config.ExposedPorts}}' container2")).Output);
        _host.Gateway.Containers[at] = _host.Gateway.Containers[at] with { Endpoints = [container.Endpoints[0] with { Attached = container.Endpoints[0].Attached! with { IPv6 = InetAddress.Parse("fd00::2"), GatewayIPv6 = InetAddress.Parse("fd00::1") } }] };
        Assert.Equal("127.0.0.1:32768->53/udp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 6379/tcp\n", (await _host.RunAsync("container ls --format '{{.Ports}}' -f name=container2")).Output);
    }

    [Fact]
    public async Task Of_a_run_that_is_refused_at_its_start_nothing_is_left()
    {
        _host.Gateway.Refusals[typeof(StartContainer)] = new PortAllocated(new(null, 8080, PortProtocol.Tcp), "web");
        Assert.Equal(new(ExitCodes.NotRun, "", "Error: Bind for 0.0.0.0:8080 failed: port is already allocated (8080/tcp is published by container web)\n"), await _host.RunAsync("container run -d -p 8080:80"));
        Assert.True(Assert.Single(_host.Gateway.Sent.OfType<RemoveContainer>()).Force);
    }

    [Fact]
    public async Task A_run_that_can_neither_be_done_nor_undone_is_an_unknown_outcome_and_says_what_is_left()
    {
        _host.Gateway.Refusals[typeof(StartContainer)] = new PortAllocated(new(null, 8080, PortProtocol.Tcp), "web");
        _host.Gateway.Refusals[typeof(RemoveContainer)] = new JournalUnavailable(DateTimeOffset.UnixEpoch, "gone");
        var outcome = await _host.RunAsync("container run -d --name box");
        Assert.Equal(ExitCodes.NotRun, outcome.Code);
        Assert.Contains("the outcome is unknown: Bind for 0.0.0.0:8080 failed: port is already allocated", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("the container box, which was created for it, could not be removed: the journal cannot be reached", outcome.Error, StringComparison.Ordinal);
    }

    private static string Text(ContainerPorts ports) => string.Join(' ',
    [
        .. ports.PublishAll ? ["all"] : Array.Empty<string>(),
        .. ports.Bindings.Select(b => $"{(b.Address is { IsIPv6: true } v6 ? $"[{v6}]:" : b.Address is { } v4 ? $"{v4}:" : "")}{(b.First == 0 ? "any" : b.First == b.Last ? $"{b.First}" : $"{b.First}-{b.Last}")}>{b.Port}"),
        .. ports.Exposed.Select(port => $"{port}"),
    ]);
}
