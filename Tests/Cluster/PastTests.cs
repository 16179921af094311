using System.Globalization;
using System.Text.Json;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>What lasts longer than a process: reservations with and without an end, and the past.</summary>
[Trait("Category", "Kernel")]
public sealed class PastTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly HostUnderTest _host = new("pas");

    public Task InitializeAsync() => _host.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [KernelFact]
    public async Task A_reservation_that_ends_while_the_process_is_dead_is_given_back_after_its_start_and_one_without_an_end_stays()
    {
        await DoneAsync("network", "create", ("network", "res"), ("subnet", "10.237.0.0/24"));
        await DoneAsync("ipam", "reserve", ("network", "res"), ("address", "10.237.0.2"), ("for", "db"));
        await DoneAsync("ipam", "reserve", ("network", "res"), ("address", "10.237.0.3"), ("for", "late"), ("ttl", "1s"));
        await _host.KillAsync();
        await _host.StartAsync();
        await UntilAsync(async () => !(await AddressesAsync()).Contains("10.237.0.3", StringComparison.Ordinal));
        Assert.Contains("10.237.0.2", await AddressesAsync(), StringComparison.Ordinal);

        await DoneAsync("container", "run", ("name", "other"), ("detach", "true"), ("network", "res"));
        await DoneAsync("container", "run", ("name", "db"), ("detach", "true"), ("network", "res"));
        Assert.Equal(["10.237.0.2/24 db", "10.237.0.3/24 other"], (await ContainersAsync()).Order());
        await DoneAsync("container", "rm", ("container", "db"), ("force", "true"));
        Assert.Contains("10.237.0.2", await AddressesAsync(), StringComparison.Ordinal);
        await DoneAsync("ipam", "release", ("network", "res"), ("address", "10.237.0.2"));
        Assert.DoesNotContain("10.237.0.2", await AddressesAsync(), StringComparison.Ordinal);
    }

    [KernelFact]
    public async Task The_past_is_there_after_a_kill_and_after_the_network_is_gone()
    {
        await DoneAsync("network", "create", ("network", "res"), ("subnet", "10.238.0.0/24"));
        await DoneAsync("container", "run", ("name", "box"), ("detach", "true"), ("network", "res"));
        var then = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
        await DoneAsync("container", "rm", ("container", "box"), ("force", "true"));
        Assert.Empty(await ContainersAsync());
        await DoneAsync("network", "rm", ("network", "res"));
        await _host.KillAsync();
        await _host.StartAsync();
        Assert.Equal(["10.238.0.2/24 box"], await ContainersAsync(("at", then)));
        // created, configured, connected, disconnected, removed
        Assert.Equal(5, (await DoneAsync("network", "history", ("network", "res"))).Split('\n').Length);
    }

    private Task<string> DoneAsync(string palette, string command, params (string, string)[] arguments) => _host.Operator.DoneAsync(palette, command, arguments);

    private Task<string> AddressesAsync() => DoneAsync("ipam", "addresses", ("network", "res"));

    private async Task<IEnumerable<string>> ContainersAsync(params (string, string)[] more)
    {
        var document = JsonDocument.Parse(await DoneAsync("network", "inspect", [("network", "res"), .. more])).RootElement[0];
        return document.GetProperty("Containers").EnumerateObject().Select(container => $"{container.Value.GetProperty("IPv4Address").GetString()} {container.Value.GetProperty("Name").GetString()}");
    }

    private static Task UntilAsync(Func<Task<bool>> isSo) => Eventually.IsSoAsync(Limit, isSo);
}
