using System.Text.Json;
using NetworkCluster.Commands;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Host.Commands;

/// <summary>The <c>cluster</c> palette: what happens, and what there is.</summary>
public sealed class ClusterCommandTests : IAsyncLifetime
{
    private static readonly NetworkSpec Network = Some.Network(1, ["10.0.0.0/16"]);
    private PbmHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await PbmHost.StartAsync();
        Happens(0, new NetworkCreated(Network));
        Happens(60, new EndpointAttached(Some.Endpoint(1, Network, 2), 1));
        Happens(120, new EndpointDetached(Some.EndpointId(1), 2));
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Events_are_lines_for_people_and_documents_for_programs()
    {
        var outcome = await _host.RunAsync("cluster events --since 1970-01-01T00:00:00Z --until 0s");
        Assert.Equal(new(0, $"""
            1970-01-01T00:00:00Z network create {Network.Id} (name={Network.Name}, type=bridge)
            1970-01-01T00:01:00Z network connect {Network.Id} (container={Some.ContainerId(1)}, name={Network.Name}, type=bridge)
            1970-01-01T00:02:00Z network disconnect {Network.Id} (container={Some.ContainerId(1)}, name={Network.Name}, type=bridge)

            """, ""), outcome);
        var lines = (await _host.RunAsync("cluster events --since 1970-01-01T00:00:00Z --until 0s --json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["create", "connect", "disconnect"], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("Action").GetString()));
        Assert.Equal("connect 60\n", (await _host.RunAsync("cluster events --since 1970-01-01T00:00:00Z --until 0s -f event=connect --format '{{.Action}} {{.time}}'")).Output);
    }

    [Theory]
    [InlineData("--since 1970-01-01T00:01:00Z --until 1970-01-01T00:02:00Z", "connect\n")]
    [InlineData("--since 1970-01-01T00:00:00Z --until 0s -f network=nowhere", "")]
    [InlineData("--since 1970-01-01T00:00:00Z --until 0s -f type=container", "")]
    public async Task Events_are_narrowed_by_time_and_filter(string options, string actions) => Assert.Equal(new(0, actions, ""), await _host.RunAsync($"cluster events --format '{{{{.Action}}}}' {options}"));

    [Fact]
    public async Task Events_end_when_nobody_reads_them_any_more_and_changes_do_not()
    {
        using var unread = new CancellationTokenSource();
        var events = _host.RunAsync("cluster events", unread: unread.Token);
        await unread.CancelAsync();
        Assert.Equal(new(ExitCodes.OutputClosed, "", ""), await events.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, (await _host.RunAsync("network create made", unread: unread.Token)).Code);
    }

    [Theory]
    [InlineData("--since yesterday", "failed to parse value as time or duration: \"yesterday\" (--since takes 2026-11-27T20:00, seconds since 1970, or how long ago: 10m, 1h30m)")]
    [InlineData("--since 0s --until 1h", "--since cannot be after --until")]
    [InlineData("-f colour=red", "Invalid filter 'colour': there are container, event, image, label, network, scope, type")]
    public async Task What_makes_no_sense_is_said_before_anything_is_read(string options, string why) => Assert.Equal(new(2, "", $"Error: {why}\n"), await _host.RunAsync($"cluster events {options}"));

    [Fact]
    public async Task Watch_shows_hosts_networks_and_endpoints()
    {
        var (code, output, error) = await _host.RunAsync("cluster watch --once");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("NETWORK       DRIVER    SUBNETS         ENDPOINTS\n", output, StringComparison.Ordinal);
        Assert.Matches("isolated_nw +bridge +172.25.0.0/16 +2\n", output);
        Assert.Matches("isolated_nw +container3 +h1 +172.25.3.3\n", output);
    }

    [Fact]
    public async Task Watch_draws_once_while_nothing_happens_and_ends_with_its_caller()
    {
        using var caller = new CancellationTokenSource();
        var watching = _host.RunAsync("cluster watch", cancel: caller.Token);
        Assert.NotSame(watching, await Task.WhenAny(watching, Task.Delay(TimeSpan.FromMilliseconds(300))));
        await caller.CancelAsync();
        await Record.ExceptionAsync(() => watching);
    }

    private void Happens(int seconds, IEvent fact) =>
        _host.Gateway.Journal.Facts.Add((new(EntityKind.Network, Network.Id.ToString()), JournaledFact.Of(fact, DateTimeOffset.UnixEpoch.AddSeconds(seconds).UtcTicks, _host.Gateway.Journal.Facts.Count + 1)));
}
