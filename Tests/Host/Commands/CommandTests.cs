using NetworkCluster.Addressing;
using NetworkCluster.Commands;
using NetworkCluster.Containers;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Host.Commands;

/// <summary>Command lines against a served fake cluster: what is sent, what is printed, and the exit code.</summary>
public sealed class CommandTests : IAsyncLifetime
{
    private PbmHost _host = null!;

    public async Task InitializeAsync() => _host = await PbmHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Network_ls_is_dockers_table() => Assert.Equal(
        "NETWORK ID     NAME          DRIVER    SCOPE\n111111111111   bridge        bridge    local\n222222222222   isolated_nw   bridge    local\n",
        (await _host.RunAsync("network ls")).Output);

    [Fact]
    public async Task While_the_journal_is_away_what_is_shown_is_marked_and_what_a_process_says_is_not()
    {
        _host.Journal.Lose("it is gone", DateTimeOffset.UnixEpoch);
        var shown = await _host.RunAsync("network inspect isolated_nw");
        Assert.Equal((0, "Notice: the journal cannot be reached since 00:00:00Z: this is from memory\n"), (shown.Code, shown.Error));
        Assert.Equal("{\"notice\":\"the journal cannot be reached since 00:00:00Z: this is from memory\"}\n", (await _host.RunAsync("--json network ls")).Error);
        Assert.Equal("", (await _host.RunAsync("container exec container2 true")).Error);
        _host.Journal.Regain();
        Assert.Equal("", (await _host.RunAsync("network ls")).Error);
    }

    [Theory]
    [InlineData("network ls -q -f name=iso", "222222222222\n")]
    [InlineData("network ls -q -f type=builtin", "111111111111\n")]
    [InlineData("network ls -q -f driver=overlay", "")]
    [InlineData("network ls --format '{{.Name}} {{.Scope}}' -f id=1", "bridge local\n")]
    [InlineData("--format '{{.Name}}' network ls -f dangling=true", "")]
    [InlineData("container ls -q", "cccccccccccc\nbbbbbbbbbbbb\n")]
    [InlineData("container ls -aq -f status=exited", "aaaaaaaaaaaa\n")]
    [InlineData("container logs container2", "all of container2\n")]
    [InlineData("container logs -n 3 container2", "3 of container2\n")]
    [InlineData("container logs --tail all container2", "all of container2\n")]
    [InlineData("container ls --format '{{.Names}}: {{.Networks}}' -f name=2", "container2: bridge (172.17.0.3), isolated_nw (172.25.0.2)\n")]
    [InlineData("endpoint ls --format '{{.Container}} {{.IPv4Address}}' --network isolated_nw", "container2 172.25.0.2/16\ncontainer3 172.25.3.3/16\n")]
    [InlineData("ipam addresses --format '{{.Address}} {{.Handle}}' isolated_nw", "172.25.0.1 gateway\n")]
    [InlineData("ipam addresses --format '{{.Address}} {{.Handle}}' isolated_nw isolated_nw", "172.25.0.1 gateway\n172.25.0.1 gateway\n")]
    [InlineData("ipam pools --format '{{.Pool}} {{.Used}}/{{.Capacity}}'", "h1/172.17.0.0/16 1/65533\nh1/172.25.0.0/16 1/65533\n")]
    [InlineData("host ls --format '{{.Host}} {{.Status}} {{.Incarnation}} {{.Running}}'", "h1 up 3 1\nh7 lost 2 -\n")]
    [InlineData("cluster show --format '{{.Host}} {{.Status}} {{.Leader}}'", "h1 Up yes\n")]
    [InlineData("host inspect h1 --format '{{.Status}} {{.AdoptedContainers}}'", "up 1\n")]
    [InlineData("endpoint inspect c22 --format '{{.Phase}} {{.Settings.IPAddress}}'", "programmed 172.25.3.3\n")]
    [InlineData("container inspect -f '{{json .NetworkSettings.Networks.isolated_nw.IPAMConfig}}' container3", "{\"IPv4Address\":\"172.25.3.3\"}\n")]
    public async Task Lists_print_what_is_asked_for(string line, string output) => Assert.Equal(new(0, output, ""), await _host.RunAsync(line));

    [Fact]
    public async Task A_drained_host_is_told_so_first_and_then_what_runs_there_is_stopped()
    {
        var outcome = await _host.RunAsync("host drain -t 3 h1 h9");
        Assert.Equal((ExitCodes.Refused, "h1\n"), (outcome.Code, outcome.Output));
        Assert.EndsWith("Error: host h9 has not joined\n", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("(2 of 2)\n", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(new DrainHost(_host.Gateway.Host), _host.Gateway.Sent[0]);
        Assert.All(_host.Gateway.Sent[1..3], sent => Assert.Equal(3, Assert.IsType<StopContainer>(sent).Patience));
        Assert.Equal("invalid value 'soon' for --time", (await _host.RunAsync("host drain -t soon h1")).Error.Trim()["Error: ".Length..].Split('\n')[0]);
    }

    [Fact]
    public async Task Documents_read_as_approved()
    {
        Approved.Verify((await _host.RunAsync("network inspect isolated_nw bridge")).Output, "NetworkInspect");
        Approved.Verify((await _host.RunAsync("container inspect container2 container1")).Output, "ContainerInspect");
    }

    [Fact]
    public async Task Json_is_for_programs() => Assert.Equal(
        """[{"ID":"222222222222","Name":"isolated_nw","Driver":"bridge","Scope":"local","IPv6":"false","Internal":"false","Labels":"","CreatedAt":"2026-11-24T20:07:16.9295817Z"}]""" + "\n",
        (await _host.RunAsync("--json network ls -f name=iso")).Output);

    [Fact]
    public async Task What_exists_is_printed_and_what_does_not_is_reported_on_its_own_line()
    {
        var outcome = await _host.RunAsync("network inspect isolated_nw nope -f '{{.Name}}'");
        Assert.Equal(new(ExitCodes.Refused, "isolated_nw\n", "Error: network nope not found\n"), outcome);
        Assert.Equal(new(ExitCodes.Refused, "[]\n", "Error: No such endpoint: zz\n"), await _host.RunAsync("endpoint inspect zz"));
        outcome = await _host.RunAsync("container stop container2 nope container3");
        Assert.Equal(new(ExitCodes.Refused, "container2\ncontainer3\n", "Error: No such container: nope\n"), outcome);
        Assert.Equal(2, _host.Gateway.Sent.OfType<StopContainer>().Count());
    }

    [Fact]
    public async Task Create_sends_one_command_and_prints_the_id()
    {
        var outcome = await _host.RunAsync("network create -d overlay --subnet 10.1.0.0/16 --subnet 10.2.0.0/16 --gateway 10.2.0.9 -o a=b --label env=test --label lone --internal multi");
        var request = Assert.IsType<CreateNetwork>(Assert.Single(_host.Gateway.Sent)).Request;
        Assert.Equal(new(0, $"{request.Id}\n", ""), outcome);
        Assert.Equal(("multi", "overlay", true, false), (request.Name, request.Driver, request.Internal, request.EnableIPv6));
        Assert.Equal([null, InetAddress.Parse("10.2.0.9")], request.Pools.Select(p => p.Gateway));
        Assert.Equal("a=b", string.Join(' ', request.Options.Select(o => $"{o.Key}={o.Value}")));
        Assert.Equal("env=test lone=", string.Join(' ', request.Labels.Select(l => $"{l.Key}={l.Value}")));
    }

    [Theory]
    [InlineData("--internal --internal=false", false)]
    [InlineData("--internal=false --internal", true)]
    [InlineData("--internal --internal=false --internal=true", true)]
    [InlineData("--internal --internal --internal=false --label a=b", false)]
    public async Task Of_a_switch_the_last_word_counts(string options, bool isInternal)
    {
        Assert.Equal(0, (await _host.RunAsync($"network create {options} net9")).Code);
        Assert.Equal(isInternal, Assert.IsType<CreateNetwork>(Assert.Single(_host.Gateway.Sent)).Request.Internal);
    }

    [Fact]
    public async Task Connect_carries_all_wishes()
    {
        Assert.Equal(0, (await _host.RunAsync("network connect --ip 172.25.9.9 --alias db --alias sql --link container3:c3 --link container2 --mac-address 02:42:0a:00:00:01 isolated_nw container1")).Code);
        var endpoint = Assert.IsType<ConnectContainer>(Assert.Single(_host.Gateway.Sent)).Endpoint;
        Assert.Equal(("isolated_nw", "container1"), (endpoint.NetworkName, endpoint.ContainerName));
        Assert.Equal("172.25.9.9 02:42:0a:00:00:01", $"{endpoint.Settings.IPv4} {endpoint.Settings.Mac}");
        Assert.Equal("db sql", string.Join(' ', endpoint.Settings.Aliases));
        Assert.Equal("container3:c3 container2:container2", string.Join(' ', endpoint.Settings.Links.Select(l => $"{l.Target}:{l.Alias}")));
    }

    [Fact]
    public async Task Run_creates_and_starts_with_a_name_of_its_own()
    {
        var outcome = await _host.RunAsync("container run -itd -e A=1 --network isolated_nw --network bridge --ip 172.25.3.9 sleep infinity");
        var create = Assert.IsType<CreateContainer>(_host.Gateway.Sent[0]);
        Assert.IsType<StartContainer>(_host.Gateway.Sent[1]);
        Assert.Equal(new(0, $"{create.Spec.Id}\n", ""), outcome);
        Assert.Matches("^[a-z]+_[a-z]+$", create.Spec.Name);
        Assert.Equal(["isolated_nw 172.25.3.9", "bridge "], create.Endpoints.Select(e => $"{e.NetworkName} {e.Settings.IPv4}"));
    }

    [Fact]
    public async Task Run_in_the_foreground_passes_output_and_code_on_and_rm_removes()
    {
        Assert.Equal(new(7, "out\n", "err\n"), await _host.RunAsync("container run --rm sh -c 'echo out; echo err >&2; exit 7'"));
        Assert.True(Assert.IsType<RemoveContainer>(_host.Gateway.Sent[^1]).Force);
    }

    [Fact]
    public async Task A_refused_run_exits_with_125_and_a_refused_rm_with_1()
    {
        _host.Gateway.Refusals[typeof(CreateContainer)] = new FixedAddressNotSupported("bridge");
        Assert.Equal(ExitCodes.NotRun, (await _host.RunAsync("container run -d true")).Code);
        _host.Gateway.Refusals[typeof(RemoveNetwork)] = new PredefinedNetwork("bridge");
        Assert.Equal(new(ExitCodes.Refused, "", "Error: bridge is a pre-defined network and cannot be removed\n"), await _host.RunAsync("network rm bridge"));
    }

    [Fact]
    public async Task Force_finds_a_container_of_another_host_in_the_networks_view()
    {
        _host.Gateway.Containers.RemoveAll(c => c.Spec.Name == "container2");
        Assert.Equal(ExitCodes.Refused, (await _host.RunAsync("network disconnect isolated_nw container2")).Code);
        await _host.RunAsync("network disconnect -f isolated_nw container2");
        Assert.Equal(new string('b', 64), Assert.IsType<DisconnectContainer>(Assert.Single(_host.Gateway.Sent)).Container.ToString());
    }

    [Theory]
    [InlineData("network create --subnet 12.115.0.0/16 --gateway 11.115.0.1 xx", 1, "no matching subnet for gateway 11.115.0.1")]
    [InlineData("network create --subnet notacidr xx", 1, "invalid CIDR address: notacidr")]
    [InlineData("network ls -f foo=bar", 2, "Invalid filter 'foo': there are dangling, driver, id, label, name, scope, type")]
    [InlineData("network ls -f type=zz", 2, "invalid filter: 'type'='zz': type is one of custom, builtin")]
    [InlineData("network ls -f scope=globall", 2, "invalid filter: 'scope'='globall': scope is one of local, global, swarm")]
    [InlineData("network connect --ip foo isolated_nw container1", 2, "Invalid IPv4 address: foo")]
    [InlineData("network connect --ip 2001:db8::1 isolated_nw container1", 2, "Invalid IPv4 address: 2001:db8::1")]
    [InlineData("network connect --ip6 10.0.0.1 isolated_nw container1", 2, "Invalid IPv6 address: 10.0.0.1")]
    [InlineData("network connect --mac-address zz:zz isolated_nw container1", 2, "zz:zz is not a valid mac address")]
    [InlineData("network connect --link '' isolated_nw container1", 2, "empty string specified for links")]
    [InlineData("network ls -f 'name=['", 2, "invalid filter: 'name'='[': name is a text, or a regular expression without look-arounds and back references")]
    [InlineData("network ls -f 'name=(?=a)'", 2, "invalid filter: 'name'='(?=a)': name is a text, or a regular expression without look-arounds and back references")]
    [InlineData("container ls -f 'id=(a'", 2, "invalid filter: 'id'='(a': id is a text, or a regular expression without look-arounds and back references")]
    [InlineData("network update --gateway 10.0.0.1 isolated_nw", 2, "--gateway belongs to a new --subnet: that of a subnet stays as it was made")]
    [InlineData("network update --aux-address a=10.0.0.1 --mtu 1400 isolated_nw", 2, "--aux-address belongs to a new --subnet: that of a subnet stays as it was made")]
    [InlineData("network update --label-add a=1 --label-rm a isolated_nw", 2, "label a is both added and removed")]
    [InlineData("network update -o a=1 --opt-rm a isolated_nw", 2, "option a is both given and removed")]
    [InlineData("network update --dns-ttl 3 -o network-cluster.dns.ttl=9 isolated_nw", 2, "--dns-ttl 3 and network-cluster.dns.ttl=9 disagree")]
    [InlineData("container exec container1 true", 1, "Container aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa (container1) is not running")]
    [InlineData("netwrok ls", 2, "unknown palette: netwrok, did you mean network?")]
    [InlineData("network inspct x", 2, "unknown command: network inspct, did you mean inspect?")]
    [InlineData("--json 10.8.0.1:9210 network ls", 2, "10.8.0.1:9210 stands where a palette is to be: the host comes first, before options")]
    [InlineData("--json --cert-path certs network ls", 2, "--cert-path comes first, before other options")]
    [InlineData("network inspect --at yesterday isolated_nw", 2, "failed to parse value as time or duration: \"yesterday\" (--at takes 2026-11-27T20:00, seconds since 1970, or how long ago: 10m, 1h30m)")]
    [InlineData("ipam reserve --for a --ttl soon isolated_nw 172.25.3.3", 2, "invalid duration: \"soon\" (--ttl takes 90s, 10m, 1h30m)")]
    [InlineData("--jsn network ls", 2, "unknown option: --jsn, did you mean --json?")]
    public async Task A_mistake_is_one_line_and_changes_nothing(string line, int code, string text)
    {
        Assert.Equal(new(code, "", $"Error: {text}\n"), await _host.RunAsync(line));
        Assert.Empty(_host.Gateway.Sent);
    }

    [Fact]
    public async Task A_host_that_does_not_answer_is_code_3()
    {
        await _host.DisposeAsync();
        var outcome = await _host.RunAsync("network ls");
        Assert.Equal(new(ExitCodes.Unreachable, "", $"Error: cannot reach the host at {_host.Address}: connection refused\n"), outcome);
    }

    [Fact]
    public async Task A_fault_inside_a_handler_is_one_line_without_a_stack()
    {
        var spec = new CommandSpec { Name = "now", Description = "Break" };
        await using var host = await PbmHost.StartAsync(null, new Palette("break", "Break", [new(spec, (_, _, _) => throw new InvalidOperationException("it broke\nbadly"))]));
        Assert.Equal(new(ExitCodes.Refused, "", "Error: it broke badly\n"), await host.RunAsync("break now"));
    }
}
