using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary>Who is connected to what, as text for people, Graphviz or Mermaid. Pure.</summary>
internal static class NetworkGraph
{
    /// <summary>The forms it has.</summary>
    public static readonly ImmutableArray<string> Forms = ["tree", "dot", "mermaid"];

    /// <summary>Draws it.</summary>
    /// <param name="form">One of <see cref="Forms"/>. A tree's networks come as documents, too, for those who ask for JSON.</param>
    /// <param name="networks">In the order they are drawn.</param>
    public static IEnumerable<TextFrame> Draw(string form, ImmutableArray<NetworkView> networks) => form switch
    {
        "dot" => Dot(networks).Select(line => new TextFrame(line)),
        "mermaid" => Mermaid(networks).Select(line => new TextFrame(line)),
        _ => networks.SelectMany(Tree),
    };

    /// <summary>An endpoint's addresses.</summary>
    public static IEnumerable<string> Addresses(AttachedEndpoint endpoint) => new[] { endpoint.IPv4?.ToString(), endpoint.IPv6?.ToString() }.OfType<string>();

    private static IEnumerable<TextFrame> Tree(NetworkView network)
    {
        yield return new(Line(network.Spec.Name, Kind(network.Spec), Subnets(network.Spec))) { Document = JsonSerializer.SerializeToElement(GraphDocument.From(network), DocumentJson.Default.GraphDocument) };
        for (var i = 0; i < network.Endpoints.Length; i++)
        {
            var endpoint = network.Endpoints[i];
            yield return new(Line($"{(i < network.Endpoints.Length - 1 ? "├──" : "└──")} {endpoint.Spec.ContainerName}", string.Join(' ', Addresses(endpoint)), $"on {endpoint.Spec.Host}", Names(endpoint)), IsHeading: true);
        }

        static string Line(params IEnumerable<string> parts) => string.Join("  ", parts.Where(part => part.Length > 0));
    }

    private static string Names(AttachedEndpoint endpoint) => string.Join(", ",
        endpoint.Spec.Settings.Aliases.Select(alias => $"alias {alias}").Concat(endpoint.Spec.Settings.Links.Select(link => $"link to {link.Target} as {link.Alias}")));

    private static IEnumerable<string> Dot(ImmutableArray<NetworkView> networks)
    {
        yield return "graph networks {";
        yield return "  node [shape=box];";
        foreach (var network in networks) yield return $"  {Quoted(Of(network.Spec))} [shape=ellipse, label={Quoted(network.Spec.Name, Subnets(network.Spec))}];";
        foreach (var (id, name, host) in Containers(networks)) yield return $"  {Quoted(id)} [label={Quoted(name, host)}];";
        foreach (var (network, endpoint) in Edges(networks)) yield return $"  {Quoted(Of(network))} -- {Quoted(Of(endpoint))} [label={Quoted([.. Addresses(endpoint)])}];";
        yield return "}";
    }

    private static IEnumerable<string> Mermaid(ImmutableArray<NetworkView> networks)
    {
        yield return "graph LR";
        foreach (var network in networks) yield return $"  {Of(network.Spec)}([\"{Escaped(network.Spec.Name, Subnets(network.Spec))}\"])";
        foreach (var (id, name, host) in Containers(networks)) yield return $"  {id}[\"{Escaped(name, host)}\"]";
        foreach (var (network, endpoint) in Edges(networks))
            yield return Addresses(endpoint).ToArray() is { Length: > 0 } addresses ? $"  {Of(network)} ---|\"{Escaped(addresses)}\"| {Of(endpoint)}" : $"  {Of(network)} --- {Of(endpoint)}";
    }

    private static IEnumerable<(string Id, string Name, string Host)> Containers(ImmutableArray<NetworkView> networks) =>
        Edges(networks).Select(edge => (Of(edge.Endpoint), edge.Endpoint.Spec.ContainerName, edge.Endpoint.Spec.Host.ToString())).DistinctBy(container => container.Item1);

    private static IEnumerable<(NetworkSpec Network, AttachedEndpoint Endpoint)> Edges(ImmutableArray<NetworkView> networks) => networks.SelectMany(network => network.Endpoints.Select(endpoint => (network.Spec, endpoint)));

    // Names of two hosts' networks, or of two networks' members, may be the same.
    private static string Of(NetworkSpec network) => $"n{network.Id.Short}";

    private static string Of(AttachedEndpoint endpoint) => $"c{endpoint.Spec.Container.Short}";

    private static string Kind(NetworkSpec network) => network.Scope == NetworkScope.Global ? network.Driver : $"{network.Driver} of {network.Space}";

    private static string Subnets(NetworkSpec network) => string.Join(' ', network.Pools.Select(pool => pool.Id.Subnet));

    private static string Quoted(params IEnumerable<string> lines) => $"\"{string.Join("\\n", lines.Where(line => line.Length > 0).Select(line => line.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)))}\"";

    private static string Escaped(params IEnumerable<string> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines.Where(line => line.Length > 0)) text.Append(text.Length > 0 ? "<br/>" : "").Append(line.Replace("\"", "#quot;", StringComparison.Ordinal).Replace("<", "#lt;", StringComparison.Ordinal));
        return text.ToString();
    }
}
