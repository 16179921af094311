using NetworkCluster.Addressing;
using NetworkCluster.Ipam;
using Xunit;

namespace NetworkCluster.Tests.Host.Commands;

public sealed class ReservationCommandTests : IAsyncLifetime
{
    private PbmHost _host = null!;

    public async Task InitializeAsync() => _host = await PbmHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Reserve_says_whom_for_and_until_when()
    {
        var before = TimeProvider.System.GetUtcNow();
        Assert.Equal(new(0, "172.25.9.9\n", ""), await _host.RunAsync("ipam reserve --for db --ttl 1h30m isolated_nw 172.25.9.9"));
        var wish = Assert.IsType<ReserveAddress>(Assert.Single(_host.Gateway.Sent));
        Assert.Equal(("h1", "db", "172.25.9.9"), (wish.Space.ToString(), wish.Owner, wish.Address.ToString()));
        Assert.InRange(wish.Until!.Value - TimeSpan.FromMinutes(90), before, TimeProvider.System.GetUtcNow());
        await _host.RunAsync("ipam reserve isolated_nw 172.25.9.9 --for db");
        Assert.Null(((ReserveAddress)_host.Gateway.Sent[^1]).Until);
    }

    [Fact]
    public async Task Release_ends_it_and_a_refusal_is_told()
    {
        Assert.Equal(new(0, "172.25.9.9\n", ""), await _host.RunAsync("ipam release isolated_nw 172.25.9.9"));
        _host.Gateway.Refusals[typeof(EndReservation)] = new NotReserved(InetAddress.Parse("172.25.9.9"), "isolated_nw");
        Assert.Equal(new(1, "", "Error: address 172.25.9.9 of network isolated_nw is not reserved\n"), await _host.RunAsync("ipam release isolated_nw 172.25.9.9"));
    }

    [Theory]
    [InlineData("ipam reserve isolated_nw 172.25.9.9", "option --for must be given")]
    [InlineData("ipam reserve --for db isolated_nw foo", "invalid address: foo")]
    [InlineData("ipam reserve --for db --ttl soon isolated_nw 172.25.9.9", "invalid duration: \"soon\" (--ttl takes 90s, 10m, 1h30m)")]
    [InlineData("ipam reserve --for db --ttl 1ms isolated_nw 172.25.9.9", "--ttl: 1s or more")]
    public async Task What_makes_no_sense_is_not_sent(string line, string text)
    {
        var outcome = await _host.RunAsync(line);
        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.Contains(text, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(_host.Gateway.Sent);
    }
}
