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
    public async Task An_unknown_form_and_an_unknown_network_are_named()
    {
        Assert.Equal(new(2, "", "Error: --as: 'png' is not one of tree, dot, mermaid\n"), await _host.RunAsync("network graph --as png"));
        Assert.Equal((1, ""), ((await _host.RunAsync("network graph nothing")) is var outcome ? outcome.Code : 0, outcome.Output));
    }
}
