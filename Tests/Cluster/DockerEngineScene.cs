namespace NetworkCluster.Tests.Cluster;

/// <summary>Two hosts, an unmodified Docker Engine beside each.</summary>
internal sealed record DockerEngineScene(Underlay Underlay, DockerEngine[] Engines) : IAsyncDisposable
{
    /// <summary>Starts all of it.</summary>
    /// <param name="name">Two characters that no other test uses.</param>
    /// <param name="more">Further arguments of each engine, by number.</param>
    public static async Task<DockerEngineScene> StartAsync(string name, Func<int, string>? more = null)
    {
        DockerEngine[] engines = [.. from host in (int[])[1, 2] select new DockerEngine(host, more?.Invoke(host) ?? "")];
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
