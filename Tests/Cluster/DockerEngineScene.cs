namespace NetworkCluster.Tests.Cluster;

/// <summary>Two hosts, an unmodified Docker Engine beside each.</summary>
internal sealed record DockerEngineScene(Underlay Underlay, DockerEngine[] Engines) : IAsyncDisposable
{
    /// <summary>Starts all of it.</summary>
    /// <param name="name">Two characters that no other test uses.</param>
    public static async Task<DockerEngineScene> StartAsync(string name)
    {
        DockerEngine[] engines = [new(1), new(2)];
        var underlay = await Underlay.StartAsync(name, engines.Length, more: host => engines[host - 1].Settings);
        var scene = new DockerEngineScene(underlay, engines);
        await Task.WhenAll(engines.Select(engine => engine.StartAsync()));
        return scene;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in Engines) await engine.DisposeAsync();
        await Underlay.DisposeAsync();
    }
}
