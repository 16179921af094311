using NetworkCluster.Hosting;
using Xunit;

namespace NetworkCluster.Tests.Support;

/// <summary>Two processes that have nothing in common but one journal.</summary>
public abstract class TwoNodes : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nwc-two-").FullName;

    /// <summary>Both.</summary>
    protected List<HostNode> Nodes { get; } = [];

    /// <inheritdoc/>
    public Task InitializeAsync()
    {
        for (var i = 0; i < 2; i++) Nodes.Add(EntityKit.StartPools(_directory));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
