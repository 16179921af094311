using System.Collections.Immutable;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary><c>network graph</c>.</summary>
internal sealed class NetworkGraphCommand(NetworkDirectory directory)
{
    public PaletteCommand Command => new(Spec, HandleAsync);

    private static CommandSpec Spec { get; } = new()
    {
        Name = "graph",
        ReadsOnly = true,
        Description = "Draw who is connected to which network",
        Details = "This host's networks and the cluster's; without names, those that somebody is connected to. 'dot' is for Graphviz (| dot -Tsvg), 'mermaid' for Markdown. --json is an object for each network, a line each.",
        Arguments = [NetworkPalette.Network with { Least = 0, Repeatable = true, Description = "Networks by name, id, or the beginning of an id" }],
        Options = [new() { Name = "as", ValueName = "form", Description = $"{string.Join(", ", NetworkGraph.Forms)}", Default = "tree", Choices = NetworkGraph.Forms }],
        Output = CommandOutput.Document,
        Examples = ["network graph", "network graph --as mermaid isolated_nw", "network graph --format '{{.Name}}: {{len .Endpoints}}'"],
    };

    private async Task<int> HandleAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var form = invocation.Value("as") ?? "tree";
        if (!NetworkGraph.Forms.Contains(form)) throw new UsageException($"--as: '{form}' is not one of {string.Join(", ", NetworkGraph.Forms)}");
        var named = new List<NetworkSpec>();
        var code = await output.ForEachAsync(invocation.Values("network"), async name => named.Add(await directory.NetworkAsync(name, cancel)), cancel);
        if (code != ExitCodes.Ok) return code;
        ImmutableArray<NetworkView> networks = named is [] ? [.. (await directory.ViewsAsync(await directory.AllAsync(cancel), cancel)).Where(view => !view.Endpoints.IsEmpty)] : await directory.ViewsAsync(named.DistinctBy(network => network.Id), cancel);
        foreach (var line in NetworkGraph.Draw(form, networks)) await output.WriteAsync(line, cancel);
        return ExitCodes.Ok;
    }
}
