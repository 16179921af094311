using System.Text.Json;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Two hosts, an unmodified Docker Engine beside each.</summary>
internal sealed record DockerEngineScene(Underlay Underlay, DockerEngine[] Engines) : IAsyncDisposable
{
    /// <summary>Starts all of it.</summary>
    /// <param name="name">Two characters that no other test uses.</param>
    /// <param name="more">Further arguments of each engine, by number.</param>
    /// <param name="plugin">Where the hosts serve each engine's calls, when somebody stands between them; none: where the engine looks for them.</param>
    public static async Task<DockerEngineScene> StartAsync(string name, Func<int, string>? more = null, Func<DockerEngine, string>? plugin = null)
    {
        DockerEngine[] engines = [.. from host in (int[])[1, 2] select new DockerEngine(host, more?.Invoke(host) ?? "")];
        var underlay = await Underlay.StartAsync(name, engines.Length, more: host => engines[host - 1].SettingsOf(plugin?.Invoke(engines[host - 1])));
        var scene = new DockerEngineScene(underlay, engines);
        await Task.WhenAll(engines.Select(engine => engine.StartAsync()));
        return scene;
    }

    /// <summary>Network, name and address of every place in these networks that a running container of an engine has.</summary>
    public static SortedSet<string> Running(DockerEngine engine, string[] networks) =>
    [
        .. engine.Cli.Run("inspect -f '{{$name := .Name}}{{range $net, $end := .NetworkSettings.Networks}}{{$net}} {{$name}} {{$end.IPAddress}}\n{{end}}' $(docker ps -q)").Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => networks.Contains(line.Split(' ')[0])).Select(line => line.Replace(" /", " ", StringComparison.Ordinal)),
    ];

    /// <summary>Where engines, cluster and kernels say different things about these networks; nothing where they agree.</summary>
    public async Task<string> DisagreementAsync(string[] networks)
    {
        SortedSet<string>[] running = [.. Engines.Select(engine => Running(engine, networks))];
        SortedSet<string> engine = [.. running.SelectMany(one => one)], cluster = [];
        foreach (var network in networks)
        {
            // Under its own name once the engine has said it.
            var answer = await Underlay.Hosts[0].Operator.RunAsync("network", "inspect", ("network", network));
            if (!answer.Done) return answer.Error;
            foreach (var member in JsonDocument.Parse(answer.Out).RootElement[0].GetProperty("Containers").EnumerateObject())
                cluster.Add($"{network} {member.Value.GetProperty("Name").GetString()} {member.Value.GetProperty("IPv4Address").GetString()!.Split('/')[0]}");
        }

        string[] kernels = [.. Enumerable.Range(1, Engines.Length).Select(host => Left(host, running[host - 1].Count)).Where(text => text.Length > 0)];
        return engine.SetEquals(cluster) && kernels.Length == 0 ? "" : $"the engines have\n{string.Join('\n', engine)}\nthe cluster has\n{string.Join('\n', cluster)}\n{string.Join('\n', kernels)}";
    }

    /// <summary>Links of endpoints, lent ends that nobody fetched, and what is noted of endpoints, at a host that should have so many; nothing where they are what they should be.</summary>
    public string Left(int host, int endpoints)
    {
        var (process, two) = (Underlay.Hosts[host - 1], Underlay.Hosts[host - 1].Prefix[..2]);
        string[] links = [.. Underlay.On(host, "ip -o link").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[1].Split('@')[0].TrimEnd(':'))];
        var (ours, lent, notes) = (links.Count(name => name.StartsWith($"{two}v", StringComparison.Ordinal)), links.Count(name => name.StartsWith($"{two}e", StringComparison.Ordinal)), Directory.GetFiles(Path.Combine(process.Data, "engine", "endpoints")).Length);
        return (ours, lent, notes) == (endpoints, 0, endpoints) ? "" : $"host {host} has {ours} links, {lent} that nobody fetched, and {notes} notes for {endpoints} endpoints";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in Engines) await engine.DisposeAsync();
        await Underlay.DisposeAsync();
    }
}
