using NetworkCluster.Endpoints;

namespace NetworkCluster.Commands.Documents;

/// <summary>An endpoint with its life, as <c>endpoint inspect</c> prints it. Docker has no such view.</summary>
internal sealed record EndpointViewDocument
{
    public required string Id { get; init; }
    public required string Phase { get; init; }
    public required string Network { get; init; }
    public required string NetworkId { get; init; }
    public required string Container { get; init; }
    public required string ContainerId { get; init; }
    public required string Host { get; init; }

    /// <summary>The life of the host it is bound under; 0 while it is not bound.</summary>
    public required long Incarnation { get; init; }
    public required EndpointDocument Settings { get; init; }

    public static EndpointViewDocument From(EndpointView view) => new()
    {
        Id = view.Spec.Id.ToString(),
        Phase = PhaseText(view.Phase),
        Network = view.Spec.NetworkName,
        NetworkId = view.Spec.Network.ToString(),
        Container = view.Spec.ContainerName,
        ContainerId = view.Spec.Container.ToString(),
        Host = view.Spec.Host.ToString(),
        Incarnation = view.Incarnation.Value,
        Settings = EndpointDocument.From(new(view.Spec, view.Attached)),
    };

    private static string PhaseText(EndpointPhase phase) => phase switch
    {
        EndpointPhase.Configured => "configured",
        EndpointPhase.Attached => "attached",
        EndpointPhase.Programmed => "programmed",
        EndpointPhase.Failed => "failed",
        _ => "deleted",
    };
}
