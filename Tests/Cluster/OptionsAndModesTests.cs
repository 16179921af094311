using NetworkCluster.Tests.Kernel;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Options of bridge networks, the predefined networks and their odd containers, from the command to the packet of the real process.</summary>
[Trait("Category", "Kernel")]
public sealed class OptionsAndModesTests : IAsyncLifetime
{
    private readonly HostUnderTest _host = new("opt");

    public Task InitializeAsync() => _host.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var name in (string[])["aa", "bb", "cc", "db", "web", "box"]) await _host.Operator.RunAsync("container", "rm", ("container", name), ("force", "true"));
        await _host.DisposeAsync();
    }

    [KernelFact]
    public async Task A_bridge_of_somebody_else_is_refused_by_name_and_left_alone_and_so_is_another_networks()
    {
        Kernel.Run("ip", "link", "add", "opt-foreign", "type", "bridge");
        try
        {
            var before = Kernel.Run("ip", "-d", "link", "show", "opt-foreign");
            await RefusedAsync($"host {_host.HostId} has a link named opt-foreign already, which is not ours", "network", "create", ("network", "n1"), ("opt", "com.docker.network.bridge.name=opt-foreign"));
            Assert.Equal(before, Kernel.Run("ip", "-d", "link", "show", "opt-foreign"));
            var first = await DoneAsync("network", "create", ("network", "n1"), ("opt", "com.docker.network.bridge.name=opt-mine"));
            await RefusedAsync($"has a link named opt-mine already, of network n1 (id {first[..12]})", "network", "create", ("network", "n2"), ("opt", "com.docker.network.bridge.name=opt-mine"));
            await RefusedAsync("unknown option foo: the bridge driver knows com.docker.network.bridge.name, ", "network", "create", ("network", "n2"), ("opt", "foo=bar"));
            await RefusedAsync("unknown option com.docker.network.foo: the bridge driver has no options for endpoints", "container", "run", ("name", "aa"), ("detach", "true"), ("network", "n1"), ("driver-opt", "com.docker.network.foo=bar"));
            await DoneAsync("network", "create", ("network", "n2"));
        }
        finally
        {
            Kernel.Run("ip", "link", "del", "opt-foreign");
        }
    }

    [KernelFact]
    public async Task A_networks_host_binding_is_where_its_containers_ports_are()
    {
        Kernel.Run("ip", "addr", "add", "198.51.100.7/32", "dev", "lo");
        Kernel.Run("ip", "link", "set", "lo", "up");
        await DoneAsync("network", "create", ("network", "n1"), ("opt", "com.docker.network.bridge.host_binding_ipv4=198.51.100.7"));
        await DoneAsync("network", "create", ("network", "n2"), ("opt", "com.docker.network.bridge.host_binding_ipv4=198.51.100.8"));
        var id = await DoneAsync("container", "run", ("name", "web"), ("detach", "true"), ("network", "n1"), ("expose", "80"), ("publish-all", "true"));
        var port = (await _host.Operator.InspectAsync("container", "web"))[0].GetProperty("NetworkSettings").GetProperty("Ports").GetProperty("80/tcp")[0];
        Assert.Equal("198.51.100.7", port.GetProperty("HostIp").GetString());
        var number = int.Parse(port.GetProperty("HostPort").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(number, 32768, 60999);
        using var web = new Served($"/run/netns/{_host.Prefix}-{id[..12]}", 80);
        Assert.NotNull(Served.Ask(null, "198.51.100.7", number));
        Assert.Null(Served.Ask(null, "127.0.0.1", number));
        await RefusedAsync($"cannot assign requested address (host {_host.HostId} has no address 198.51.100.8)", "container", "run", ("name", "aa"), ("detach", "true"), ("network", "n2"), ("publish", "28090:80"));
    }

    [KernelFact]
    public async Task On_the_predefined_network_there_are_no_names_but_those_of_links_and_those_follow_their_target()
    {
        await RefusedAsync("could not get container for nobody: No such container: nobody", "container", "run", ("name", "web"), ("detach", "true"), ("link", "nobody:sql"));
        await RefusedAsync("network-scoped alias is supported only for containers in user defined networks", "container", "run", ("name", "db"), ("detach", "true"), ("network-alias", "x"));
        await RefusedAsync("user specified IP address is supported only when connecting to networks with user configured subnets", "container", "run", ("name", "db"), ("detach", "true"), ("ip", "172.17.0.99"));

        await DoneAsync("container", "run", ("name", "aa"), ("detach", "true"));
        await DoneAsync("container", "run", ("name", "db"), ("detach", "true"));
        await DoneAsync("container", "run", ("name", "web"), ("detach", "true"), ("link", "db:sql"));
        await DoneAsync("container", "exec", ("container", "web"), ("command", "ping"), ("command", "-c1"), ("command", "-W2"), ("command", "sql"));
        Assert.Contains($"{await AddressAsync("db")}\tsql db\n", await DoneAsync("container", "exec", ("container", "web"), ("command", "cat"), ("command", "/etc/hosts")), StringComparison.Ordinal);
        await RefusedAsync("", "container", "exec", ("container", "aa"), ("command", "getent"), ("command", "hosts"), ("command", "db"));
        await RefusedAsync("", "container", "exec", ("container", "web"), ("command", "getent"), ("command", "hosts"), ("command", "aa"));

        // Its address goes to another while it is stopped; then it has a new one, and the name with it.
        await DoneAsync("container", "stop", ("container", "db"));
        Assert.DoesNotContain("sql", await DoneAsync("container", "exec", ("container", "web"), ("command", "cat"), ("command", "/etc/hosts")), StringComparison.Ordinal);
        await DoneAsync("container", "run", ("name", "bb"), ("detach", "true"));
        await DoneAsync("container", "start", ("container", "db"));
        await DoneAsync("container", "exec", ("container", "web"), ("command", "ping"), ("command", "-c1"), ("command", "-W2"), ("command", "sql"));
        await _host.KillAsync();
        await _host.StartAsync();
        Assert.Contains($"{await AddressAsync("db")}\tsql db\n", await DoneAsync("container", "exec", ("container", "web"), ("command", "cat"), ("command", "/etc/hosts")), StringComparison.Ordinal);

        await DoneAsync("container", "stop", ("container", "web"), ("container", "db"));
        await RefusedAsync("Cannot link to a non running container: /db AS /web/sql", "container", "start", ("container", "web"));
    }

    [KernelFact]
    public async Task Containers_of_the_host_and_none_networks_are_there_alone()
    {
        await DoneAsync("network", "create", ("network", "n1"));
        await DoneAsync("container", "run", ("name", "aa"), ("detach", "true"), ("network", "host"));
        await DoneAsync("container", "run", ("name", "bb"), ("detach", "true"), ("network", "none"));
        await DoneAsync("container", "run", ("name", "cc"), ("detach", "true"), ("network", "n1"));
        Assert.Equal(new FileInfo("/proc/self/ns/net").LinkTarget, await DoneAsync("container", "exec", ("container", "aa"), ("command", "readlink"), ("command", "/proc/self/ns/net")));
        Assert.DoesNotContain("eth0", await DoneAsync("container", "exec", ("container", "bb"), ("command", "ip"), ("command", "link")), StringComparison.Ordinal);
        const string NotTheHosts = "container cannot be disconnected from host network or connected to host network";
        const string Shared = "container sharing network namespace with another container or host cannot be connected to any other network";
        const string Private = "container cannot be connected to multiple networks with one of the networks in private (none) mode";
        await RefusedAsync(NotTheHosts, "network", "connect", ("network", "host"), ("container", "cc"));
        await RefusedAsync(Private, "network", "connect", ("network", "none"), ("container", "cc"));
        await RefusedAsync(Shared, "network", "connect", ("network", "n1"), ("container", "aa"));
        await RefusedAsync(Private, "network", "connect", ("network", "n1"), ("container", "bb"));
        await RefusedAsync(NotTheHosts, "network", "disconnect", ("network", "host"), ("container", "aa"));
        await RefusedAsync("is not connected to network n1", "network", "disconnect", ("network", "n1"), ("container", "bb"));
        await RefusedAsync("a container on the network host has no ports to publish", "container", "run", ("name", "web"), ("detach", "true"), ("network", "host"), ("publish", "80"));
        await DoneAsync("network", "disconnect", ("network", "none"), ("container", "bb"));
        await DoneAsync("container", "stop", ("container", "aa"));
        await DoneAsync("container", "start", ("container", "aa"));
    }

    private async Task<string> AddressAsync(string container) =>
        (await _host.Operator.InspectAsync("container", container))[0].GetProperty("NetworkSettings").GetProperty("Networks").GetProperty("bridge").GetProperty("IPAddress").GetString()!;

    private Task<string> DoneAsync(string palette, string command, params (string, string)[] arguments) => _host.Operator.DoneAsync(palette, command, arguments);

    private Task RefusedAsync(string fact, string palette, string command, params (string, string)[] arguments) => _host.Operator.RefusedAsync(fact, palette, command, arguments);
}
