using NetworkCluster.Hosts;

namespace NetworkCluster.Commands.Documents;

/// <summary>A host, as <c>host inspect</c> prints it.</summary>
internal sealed record HostDocument
{
    public required string Id { get; init; }
    public required long Incarnation { get; init; }
    public required string Status { get; init; }
    public required string Joined { get; init; }
    public required int Containers { get; init; }
    public required int Running { get; init; }

    /// <summary>Endpoints found dead and given back at the last join.</summary>
    public required int ReclaimedEndpoints { get; init; }

    /// <summary>Running containers found alive at the last join.</summary>
    public required int AdoptedContainers { get; init; }

    /// <summary>In one word.</summary>
    public static string StatusOf(HostView view) => view.Lost ? "lost" : view.Drained ? "drained" : "up";

    public static HostDocument From(HostView view) => new()
    {
        Id = view.Id.ToString(),
        Incarnation = view.Incarnation.Value,
        Status = StatusOf(view),
        Joined = Rfc3339.Text(view.JoinedAt),
        Containers = view.Containers,
        Running = view.Running,
        ReclaimedEndpoints = view.Reclaimed,
        AdoptedContainers = view.Adopted,
    };
}
