using System.Collections.Immutable;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Host.Commands;

/// <summary>The <c>network</c> palette beyond what all commands have in common.</summary>
public sealed class NetworkCommandTests : IAsyncLifetime
{
    private PbmHost _host = null!;

    public async Task InitializeAsync() => _host = await PbmHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData("--format json", "{\"ID\":\"222222222222\",\"Name\":\"isolated_nw\",\"Driver\":\"bridge\",\"Scope\":\"local\",\"IPv6\":\"false\",\"Internal\":\"false\",\"Labels\":\"\",\"CreatedAt\":\"2026-11-24T20:07:16.9295817Z\"}\n")]
    [InlineData("--format '{{.Name}} {{.ID}}'", "isolated_nw 222222222222\n")]
    [InlineData("--format '{{json .Name}}' --no-trunc", "\"isolated_nw\"\n")]
    [InlineData("--format table", "NETWORK ID     NAME          DRIVER    SCOPE\n222222222222   isolated_nw   bridge    local\n")]
    [InlineData("--format 'table {{.Name}}\\t{{.ID}}\\t{{.Internal}}'", "NAME          NETWORK ID     INTERNAL\nisolated_nw   222222222222   false\n")]
    [InlineData("-q", "222222222222\n")]
    [InlineData("-q --no-trunc", "2222222222222222222222222222222222222222222222222222222222222222\n")]
    public async Task Ls_prints_tables_json_and_templates(string options, string output) => Assert.Equal(new(0, output, ""), await _host.RunAsync($"network ls -f name=iso {options}"));

    [Theory]
    [InlineData("-f label=team", "red blue")]
    [InlineData("-f label=team=red", "red")]
    [InlineData("-f label=team=red -f label=lone", "")]
    [InlineData("-f label=team=blue -f label=lone", "blue")]
    [InlineData("-f name=red -f name=blue", "red blue")]
    [InlineData("-f name=red -f driver=overlay", "")]
    [InlineData("-f scope=global", "")]
    [InlineData("-f scope=swarm", "")]
    [InlineData("-f scope=local -f type=custom -f dangling=true", "red blue")]
    [InlineData("-f dangling=false -f type=custom", "isolated_nw")]
    [InlineData("-f id=^4", "blue")]
    [InlineData("-f id=4{64}", "blue")]
    [InlineData("-f name=^re", "red")]
    [InlineData("-f name=^ed$", "")]
    [InlineData("-f 'name=^(red|blue)$'", "red blue")]
    [InlineData("-f name=lated", "isolated_nw")]
    [InlineData("-f name=.l", "blue isolated_nw")]
    public async Task Filters_narrow_by_key_widen_by_value_and_want_every_label(string filters, string names)
    {
        Add("red", '3', ("team", "red"));
        Add("blue", '4', ("team", "blue"), ("lone", ""));
        Assert.Equal(names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), (await _host.RunAsync($"network ls --format '{{{{.Name}}}}' {filters}")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
    }

    [Fact]
    public async Task Prune_asks_for_removal_of_what_nobody_uses_and_never_of_the_predefined()
    {
        Add("red", '3');
        Add("blue", '4');
        _host.Gateway.InUse.UnionWith(["blue", "isolated_nw"]);
        Assert.Equal(new(0, "Deleted Networks:\nred\n\n", ""), await _host.RunAsync("network prune -f"));
        Assert.Equal(new(0, "\"red\"\n", ""), await _host.RunAsync("network prune -f --json"));
        var sent = _host.Gateway.Sent.Cast<RemoveNetwork>().ToList();
        Assert.All(sent, remove => Assert.True(remove.IfUnused));
        Assert.DoesNotContain(sent, remove => remove.Id.ToString()[0] == '1');
        _host.Gateway.InUse.Add("red");
        Assert.Equal(new(0, "", ""), await _host.RunAsync("network prune --force"));
    }

    [Theory]
    [InlineData("label=team", "red blue")]
    [InlineData("label!=team", "plain")]
    [InlineData("label=team=blue", "blue")]
    [InlineData("label!=team=blue", "plain red")]
    [InlineData("until=2026-11-24T20:00:00Z", "")]
    [InlineData("until=2026-11-24T21:00:00Z", "plain red blue")]
    public async Task Prune_filters_by_label_and_age(string filter, string names)
    {
        _host.Gateway.InUse.Add("isolated_nw");
        Add("plain", '3');
        Add("red", '4', ("team", "red"));
        Add("blue", '5', ("team", "blue"));
        var lines = (await _host.RunAsync($"network prune -f --filter {filter}")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1);
        Assert.Equal(names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), lines.Order());
    }

    [Theory]
    [InlineData("network ls --json --format x", "--json and --format exclude each other")]
    [InlineData("network prune", "this removes all custom networks that no container uses: say --force to do it")]
    [InlineData("network prune -f --filter foo=bar", "Invalid filter 'foo': there are label, label!, until")]
    [InlineData("network prune -f --filter until=xx", "failed to parse value as time or duration: \"xx\" (until takes 2026-11-27T20:00, seconds since 1970, or how long ago: 10m, 1h30m)")]
    [InlineData("network prune -f --filter until=1h --filter until=2h", "more than one until filter specified")]
    public async Task A_prune_that_makes_no_sense_removes_nothing(string line, string text)
    {
        Assert.Equal(new(2, "", $"Error: {text}\n"), await _host.RunAsync(line));
        Assert.Empty(_host.Gateway.Sent);
    }

    [Theory]
    [InlineData("network connect '' container1", "invalid name or ID supplied: \"\" (network)")]
    [InlineData("network connect isolated_nw ''", "invalid name or ID supplied: \"\" (container)")]
    [InlineData("endpoint inspect ''", "invalid name or ID supplied: \"\" (endpoint)")]
    public async Task An_empty_name_names_nothing(string line, string problem)
    {
        var outcome = await _host.RunAsync(line);
        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.Contains(problem, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_of_nothing_that_was_found_is_not_printed()
    {
        var outcome = await _host.RunAsync("ipam addresses nosuch");
        Assert.Equal((1, ""), (outcome.Code, outcome.Output));
    }

    [Fact]
    public async Task Rm_goes_on_after_a_failure_and_reports_it()
    {
        Add("red", '3');
        _host.Gateway.InUse.Add("isolated_nw");
        var outcome = await _host.RunAsync("network rm nope isolated_nw red");
        Assert.Equal((1, "red\n"), (outcome.Code, outcome.Output));
        Assert.Equal(2, outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Verbose_shows_the_pools_usage_and_all_endpoints()
    {
        Approved.Verify((await _host.RunAsync("network inspect -v isolated_nw")).Output, "NetworkInspectVerbose");
        Assert.DoesNotContain("Verbose", (await _host.RunAsync("network inspect isolated_nw")).Output, StringComparison.Ordinal);
        Assert.StartsWith("[{\"Name\":\"isolated_nw\",", (await _host.RunAsync("network inspect --format json isolated_nw")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_and_inspect_at_a_time_read_the_journal()
    {
        var old = Some.Network(7, ["10.77.0.0/16"]) with { Name = "web", Host = _host.Gateway.Host };
        var endpoint = Some.Endpoint(1, old, 2);
        var (space, network) = (new EntityKey(EntityKind.AddressSpace, "h1"), new EntityKey(EntityKind.Network, old.Id.ToString()));
        _host.Gateway.Journal.Facts.AddRange(
        [
            (space, At(0, new NetworkRegistered(old))), (network, At(1, new NetworkCreated(old))), (network, At(2, new EndpointAttached(endpoint, 1))),
            (network, At(3, new NetworkChanged(old with { Name = "web2", Options = old.Options.Add("com.docker.network.driver.mtu", "1400") }, 2))),
            (network, At(5, new EndpointDetached(endpoint.Id, 2))), (network, At(6, new NetworkDeleted(old.Id))), (space, At(7, new NetworkUnregistered(old.Id))),
        ]);
        Assert.Equal(
            "TIME                   NETWORK ID     EVENT          CONTAINER   HOST      IPV4           IPV6      DETAILS\n" +
            "2026-11-25T12:01:00Z   00000007aaaa   created                                                       \n" +
            "2026-11-25T12:02:00Z   00000007aaaa   connected      c1          host1     10.77.0.2/16             \n" +
            "2026-11-25T12:03:00Z   00000007aaaa   changed                                                       name web -> web2; com.docker.network.driver.mtu=1400 added\n" +
            "2026-11-25T12:05:00Z   00000007aaaa   disconnected   c1          host1     10.77.0.2/16             \n" +
            "2026-11-25T12:06:00Z   00000007aaaa   removed                                                       \n",
            (await _host.RunAsync("network history web")).Output);
        Assert.Equal(new(0, "c1\n", ""), await _host.RunAsync($"network inspect --at 2026-11-25T12:03:00Z web --format '{{{{.Containers.{endpoint.Spec.Container}.Name}}}}'"));
        Assert.Equal(new(0, "{}\n", ""), await _host.RunAsync("network inspect --at 2026-11-25T12:05:00Z --format '{{json .Containers}}' web"));
        Assert.Equal(new(1, "[]\n", "Error: network web at 2026-11-25T12:06:30Z not found\n"), await _host.RunAsync("network inspect --at 2026-11-25T12:06:30Z web"));
        Assert.Equal(new(1, "", "Error: network nobody not found\n"), await _host.RunAsync("network history nobody"));
        Assert.Equal(2, (await _host.RunAsync("network inspect -v --at 1h web")).Code);
        Assert.Equal(2, (await _host.RunAsync("network inspect --at soon web")).Code);

        static JournaledFact At(int minute, IEvent fact) => new(new(2026, 11, 25, 12, minute, 0, TimeSpan.Zero), fact);
    }

    [Fact]
    public async Task Update_changes_labels_and_list_and_inspect_show_them()
    {
        Add("red", '3', ("team", "red"), ("temporary", ""));
        Assert.Equal(new(0, "red\n", ""), await _host.RunAsync("network update --label-add team=blue --label-add tier=1 --label-rm temporary red"));
        Assert.Equal("""{"team":"blue","tier":"1"}""" + "\n", (await _host.RunAsync("network inspect --format '{{json .Labels}}' red")).Output);
        Assert.Equal("red\n", (await _host.RunAsync("network ls --format '{{.Name}}' -f label=team=blue")).Output);
        Assert.Equal(new(2, "", "Error: nothing to change: give --name, --subnet, --ip-range, --mtu, --dns-ttl, --opt, --opt-rm, --label-add, --label-rm\n"), await _host.RunAsync("network update red"));
        Assert.Equal(new(1, "", "Error: network nope not found\n"), await _host.RunAsync("network update --label-rm x nope"));
    }

    [Fact]
    public async Task The_guides_overlay_keeps_every_auxiliary_address_and_inspect_shows_them_by_key()
    {
        await _host.RunAsync("network create -d overlay --subnet=192.168.0.0/16 --subnet=192.170.0.0/16 --gateway=192.168.0.100 --gateway=192.170.0.100 --ip-range=192.168.1.0/24 " +
            "--aux-address a=192.168.1.5 --aux-address b=192.168.1.6 --aux-address a=192.170.1.5 --aux-address b=192.170.1.6 --aux-address b=192.170.1.7 multi");
        Assert.Equal(
            """[{"Subnet":"192.168.0.0/16","IPRange":"192.168.1.0/24","Gateway":"192.168.0.100","AuxiliaryAddresses":{"a":"192.168.1.5","b":"192.168.1.6"}},{"Subnet":"192.170.0.0/16","Gateway":"192.170.0.100","AuxiliaryAddresses":{"a":"192.170.1.5","b":"192.170.1.6","b#2":"192.170.1.7"}}]""" + "\n",
            (await _host.RunAsync("network inspect --format '{{json .IPAM.Config}}' multi")).Output);
    }

    [Fact]
    public async Task Create_carries_the_ipam_driver_a_size_alone_and_ipv6()
    {
        await _host.RunAsync("network create --ipam-driver null --ipv6 plain");
        var request = Assert.IsType<CreateNetwork>(_host.Gateway.Sent[^1]).Request;
        Assert.Equal(("null", true), (request.IpamDriver, request.EnableIPv6));
        Assert.Equal("null", (await _host.RunAsync("network inspect --format '{{.IPAM.Driver}}' plain")).Output.Trim());
        Assert.Equal(0, (await _host.RunAsync("network create --subnet 0.0.0.0/24 --subnet ::/120 sized")).Code);
        Assert.Equal(["0.0.0.0/24", "::/120"], Assert.IsType<CreateNetwork>(_host.Gateway.Sent[^1]).Request.Pools.Select(pool => pool.Subnet.ToString()));
    }

    private void Add(string name, char fill, params (string Key, string Value)[] labels)
    {
        var spec = Some.Network(1, []) with { Id = NetworkId.Parse(new string(fill, 64)), Name = name, Host = _host.Gateway.Host, Created = Samples.Time, Labels = labels.ToImmutableSortedDictionary(label => label.Key, label => label.Value) };
        _host.Gateway.Networks.Add(new(spec, 0, []));
    }
}
