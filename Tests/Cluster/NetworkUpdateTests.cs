using System.Text.Json;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Networks that are changed while containers speak to each other over them: from the command to the packet, and after a kill -9 as before it.</summary>
[Trait("Category", "Kernel")]
public sealed class NetworkUpdateTests : IAsyncLifetime
{
    private readonly HostUnderTest _host = new("upd");

    public async Task InitializeAsync()
    {
        await _host.StartAsync();
        await DoneAsync("network", "create", ("network", "web"), ("subnet", "172.31.0.0/24"), ("ip-range", "172.31.0.8/29"), ("gateway", "172.31.0.1"));
        await DoneAsync("container", "run", ("name", "aa"), ("detach", "true"), ("network", "web"));
        await DoneAsync("container", "run", ("name", "bb"), ("detach", "true"), ("network", "web"));
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [KernelFact]
    public async Task Everything_changes_and_no_ping_is_lost()
    {
        var pings = ExecAsync("aa", "ping", "-q", "-i", "0.05", "-c", "60", "-W", "2", "bb");
        var inode = await ExecAsync("bb", "readlink", "/proc/self/ns/net");
        await DoneAsync("network", "update", ("network", "web"), ("mtu", "1400"), ("dns-ttl", "5"), ("name", "front"), ("label-add", "team=blue"));
        await DoneAsync("network", "update", ("network", "front"), ("subnet", "fd31::/64"));
        await DoneAsync("network", "update", ("network", "front"), ("ip-range", "172.31.0.16/29"));
        await DoneAsync("network", "update", ("network", "front"), ("opt", "com.docker.network.bridge.enable_ip_masquerade=false"));
        Assert.Contains(" 0% packet loss", await pings, StringComparison.Ordinal);
        Assert.Equal(inode, await ExecAsync("bb", "readlink", "/proc/self/ns/net"));
        await IsSoAsync();
        await _host.KillAsync();
        await _host.StartAsync();
        await IsSoAsync();
        // What it was called is not forgotten.
        // created; two configured and connected; four times changed; twice one that came and went
        Assert.Equal(15, (await DoneAsync("network", "history", ("network", "web"))).Split('\n').Length);
    }

    private async Task IsSoAsync()
    {
        var network = (await _host.Operator.InspectAsync("network", "front"))[0];
        Assert.Equal("blue", network.GetProperty("Labels").GetProperty("team").GetString());
        Assert.Equal(
            ["172.31.0.0/24 172.31.0.8/29", "172.31.0.0/24 172.31.0.16/29", "fd31::/64 "],
            network.GetProperty("IPAM").GetProperty("Config").EnumerateArray().Select(config => $"{config.GetProperty("Subnet")} {(config.TryGetProperty("IPRange", out var range) ? range : "")}"));
        await RefusedAsync("network web not found", "network", "inspect", ("network", "web"));

        // Every link has the new size at once: 1372 bytes and 28 of headers fit, one more does not.
        await ExecAsync("aa", "ping", "-c1", "-W2", "-M", "do", "-s", "1372", "bb");
        await RefusedAsync("", "container", "exec", ("container", "aa"), ("command", "ping"), ("command", "-c1"), ("command", "-W1"), ("command", "-M"), ("command", "do"), ("command", "-s"), ("command", "1373"), ("command", "bb"));
        Assert.Contains("mtu 1400", await ExecAsync("aa", "ip", "link", "show", "eth0"), StringComparison.Ordinal);

        // The new name is the name in DNS, and the answer may be kept.
        Assert.Matches("(?m)^bb\\.front\\.\\s+5\\s+IN\\s+A\\s+172\\.31\\.0\\.9$", await ExecAsync("aa", "dig", "+noall", "+answer", "bb.front"));
        Assert.Equal("front", (await NetworksAsync("aa")).EnumerateObject().Single().Name);

        // The next one has both families; those that were there go on with what they have until they come again.
        await DoneAsync("container", "run", ("name", "cc"), ("detach", "true"), ("network", "front"));
        await ExecAsync("cc", "ping", "-6", "-c1", "-W2", "fd31::1");
        await ExecAsync("cc", "ping", "-c1", "-W2", "aa");
        await DoneAsync("container", "rm", ("container", "cc"), ("force", "true"));
    }

    [KernelFact]
    public async Task A_range_that_is_full_is_helped_by_another()
    {
        foreach (var number in Enumerable.Range(0, 6)) await DoneAsync("container", "run", ("name", $"more{number}"), ("detach", "true"), ("network", "web"));
        await RefusedAsync("no available IPv4 addresses", "container", "run", ("name", "last"), ("detach", "true"), ("network", "web"));
        await RefusedAsync("overlaps the ip-range 172.31.0.8/29 of network web", "network", "update", ("network", "web"), ("ip-range", "172.31.0.0/28"));
        await DoneAsync("network", "update", ("network", "web"), ("ip-range", "172.31.0.128/30"));
        await DoneAsync("container", "run", ("name", "last"), ("detach", "true"), ("network", "web"));
        Assert.Contains("172.31.0.128/24", await ExecAsync("last", "ip", "-br", "-4", "addr"), StringComparison.Ordinal);
        await ExecAsync("last", "ping", "-c1", "-W2", "aa");
    }

    [KernelFact]
    public async Task Containers_are_cut_off_from_each_other_and_joined_again_on_the_predefined_network_too()
    {
        await DoneAsync("container", "run", ("name", "cc"), ("detach", "true"));
        await DoneAsync("container", "run", ("name", "dd"), ("detach", "true"));
        foreach (var (network, from, to) in new[] { ("web", "aa", "172.31.0.9"), ("bridge", "cc", (await NetworksAsync("dd")).GetProperty("bridge").GetProperty("IPAddress").GetString()!) })
        {
            await ExecAsync(from, "ping", "-c1", "-W2", to);
            await DoneAsync("network", "update", ("network", network), ("opt", "com.docker.network.bridge.enable_icc=false"));
            await RefusedAsync("", "container", "exec", ("container", from), ("command", "ping"), ("command", "-c1"), ("command", "-W1"), ("command", to));
            await DoneAsync("network", "update", ("network", network), ("opt-rm", "com.docker.network.bridge.enable_icc"));
            await ExecAsync(from, "ping", "-c1", "-W2", to);
        }
    }

    [KernelFact]
    public async Task What_cannot_be_changes_nothing_and_says_why()
    {
        var before = await DoneAsync("network", "inspect", ("network", "web"));
        await RefusedAsync("bridge is a predefined network: its name and its subnets stay", "network", "update", ("network", "bridge"), ("name", "other"));
        await RefusedAsync("operation is not permitted on predefined host network", "network", "update", ("network", "web"), ("name", "host"));
        await RefusedAsync("bridge driver doesn't support multiple subnets", "network", "update", ("network", "web"), ("subnet", "172.30.0.0/24"));
        await RefusedAsync("com.docker.network.bridge.name of a network stays as it was made", "network", "update", ("network", "web"), ("opt", "com.docker.network.bridge.name=br9"));
        await RefusedAsync("invalid MTU number: 12", "network", "update", ("network", "web"), ("mtu", "12"));
        await RefusedAsync("invalid network-cluster.dns.ttl value: soon", "network", "update", ("network", "web"), ("dns-ttl", "soon"));
        await DoneAsync("network", "create", ("network", "other"), ("subnet", "172.30.0.0/24"), ("subnet", "fd30::/64"));
        await RefusedAsync("network with name other already exists", "network", "update", ("network", "web"), ("name", "other"));
        await RefusedAsync("fd30::/48 overlaps fd30::/64 of network other", "network", "update", ("network", "web"), ("subnet", "fd30::/48"));
        Assert.Equal(before, await DoneAsync("network", "inspect", ("network", "web")));
        await DoneAsync("network", "update", ("network", "web"), ("name", "another"), ("subnet", "fd32::/64"));
        await DoneAsync("network", "create", ("network", "web"));
    }

    private async Task<JsonElement> NetworksAsync(string container) => (await _host.Operator.InspectAsync("container", container))[0].GetProperty("NetworkSettings").GetProperty("Networks");

    private Task<string> ExecAsync(string container, params string[] words) => DoneAsync("container", "exec", [("container", container), .. words.Select(word => ("command", word))]);

    private Task<string> DoneAsync(string palette, string command, params (string, string)[] arguments) => _host.Operator.DoneAsync(palette, command, arguments);

    private Task RefusedAsync(string fact, string palette, string command, params (string, string)[] arguments) => _host.Operator.RefusedAsync(fact, palette, command, arguments);
}
