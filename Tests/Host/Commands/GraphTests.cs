using System.Text.Json;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Host.Commands;

public sealed class GraphTests : IAsyncLifetime
{
    private PbmHost _host = null!;

    public async Task InitializeAsync() => _host = await PbmHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task The_guide_is_drawn_in_each_form()
    {
        var drawn = new System.Text.StringBuilder();
        foreach (var form in (string[])["tree", "dot", "mermaid"]) drawn.Append((await _host.RunAsync($"network graph --as {form}")).Output).Append('\n');
        Approved.Verify(drawn.ToString(), "Graph");
    }

    [Fact]
    public async Task Programs_get_an_object_for_each_network()
    {
        var lines = (await _host.RunAsync("network graph --json")).Output.TrimEnd('\n').Split('\n');
        var network = lines.Select(line => JsonDocument.Parse(line).RootElement).Single(one => one.GetProperty("Name").GetString() == "isolated_nw");
        Assert.Equal(["container2", "container3"], network.GetProperty("Endpoints").EnumerateArray().Select(endpoint => endpoint.GetProperty("Container").GetString()!));
        Assert.Equal(new(0, "bridge: 1\nisolated_nw: 2\n", ""), await _host.RunAsync("network graph --format '{{.Name}}: {{len .Endpoints}}'"));
    }

    [Fact]
    public async Task An_unknown_form_and_an_unknown_network_are_named()
    {
        Assert.Equal(new(2, "", "Error: --as: 'png' is not one of tree, dot, mermaid\n"), await _host.RunAsync("network graph --as png"));
        Assert.Equal((1, ""), ((await _host.RunAsync("network graph nothing")) is var outcome ? outcome.Code : 0, outcome.Output));
    }
}
