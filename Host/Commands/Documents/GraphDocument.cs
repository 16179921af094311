using System.Collections.Immutable;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Documents;

/// <summary>A network with who is connected to it, as <c>network graph</c> tells it.</summary>
internal sealed record GraphDocument
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Driver { get; init; }
    public required string Scope { get; init; }
    public required ImmutableArray<string> Subnets { get; init; }
    public required ImmutableArray<GraphEndpointDocument> Endpoints { get; init; }

    public static GraphDocument From(NetworkView network) => new()
    {
        Id = network.Spec.Id.ToString(),
        Name = network.Spec.Name,
        Driver = network.Spec.Driver,
        Scope = NetworkDocument.TextOf(network.Spec.Scope),
        Subnets = [.. network.Spec.Pools.Select(pool => pool.Id.Subnet.ToString())],
        Endpoints = [.. network.Endpoints.Select(GraphEndpointDocument.From)],
    };
}

/// <summary>One that is connected.</summary>
internal sealed record GraphEndpointDocument
{
    public required string Container { get; init; }
    public required string ContainerId { get; init; }
    public required string Host { get; init; }
    public required ImmutableArray<string> Addresses { get; init; }
    public required ImmutableArray<string> Aliases { get; init; }

    /// <summary>As <c>--link</c> takes them: <c>container:alias</c>.</summary>
    public required ImmutableArray<string> Links { get; init; }

    public static GraphEndpointDocument From(AttachedEndpoint endpoint) => new()
    {
        Container = endpoint.Spec.ContainerName,
        ContainerId = endpoint.Spec.Container.ToString(),
        Host = endpoint.Spec.Host.ToString(),
        Addresses = [.. Networks.NetworkGraph.Addresses(endpoint)],
        Aliases = [.. endpoint.Spec.Settings.Aliases],
        Links = EndpointDocument.LinksOf(endpoint.Spec.Settings),
    };
}
