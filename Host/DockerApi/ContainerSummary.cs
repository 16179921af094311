using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Containers;

namespace NetworkCluster.DockerApi;

/// <summary>A container as <c>GET /containers/json</c> lists it.</summary>
internal sealed record ContainerSummary
{
    public required string Id { get; init; }
    public required ImmutableArray<string> Names { get; init; }
    public required string Image { get; init; }
    public string ImageID { get; init; } = ContainerDocument.HostImageId;
    public required string Command { get; init; }
    public required long Created { get; init; }
    public required ImmutableArray<PortSummary> Ports { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    public required string State { get; init; }
    public required string Status { get; init; }
    public required NetworksSummary NetworkSettings { get; init; }
    public ImmutableArray<string> Mounts { get; init; } = [];

    public static ContainerSummary From(ContainerView container, IReadOnlyDictionary<string, EndpointDocument> networks, DateTimeOffset now) => new()
    {
        Id = container.Spec.Id.ToString(),
        Names = [$"/{container.Spec.Name}"],
        Image = container.Spec.Image ?? ContainerDocument.HostImage,
        Command = string.Join(' ', container.Spec.Command),
        Created = container.Spec.Created.ToUnixTimeSeconds(),
        Ports =
        [
            .. PortText.Published(container).Select(port => new PortSummary
            {
                IP = port.Host.Address.ToString(), PrivatePort = port.Port, PublicPort = port.Host.Number, Type = port.Host.Protocol == PortProtocol.Udp ? "udp" : "tcp",
            }),
        ],
        Labels = container.Spec.Labels,
        State = ContainerDocument.StatusText(container.Status),
        Status = container.Status switch
        {
            ContainerStatus.Created => "Created",
            ContainerStatus.Running => container.StartedAt is { } started ? $"Up {Ages.Text(now - started)}" : "Up",
            _ => string.Create(CultureInfo.InvariantCulture, $"Exited ({container.ExitCode ?? 0}){(container.FinishedAt is { } finished ? $" {Ages.Text(now - finished)} ago" : "")}"),
        },
        NetworkSettings = new() { Networks = networks },
    };
}

/// <summary>One published port.</summary>
internal sealed record PortSummary
{
    public required string? IP { get; init; }
    public required int PrivatePort { get; init; }
    public required int PublicPort { get; init; }
    public required string Type { get; init; }
}

/// <summary>A container's networks.</summary>
internal sealed record NetworksSummary
{
    public required IReadOnlyDictionary<string, EndpointDocument> Networks { get; init; }
}
