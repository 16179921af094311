using System.Collections.Immutable;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Containers;

namespace NetworkCluster.Commands.Containers;

/// <summary>Docker's filters for lists of containers, as far as a container here has such parts.</summary>
internal sealed record ContainerFilter(FilterTerms Terms)
{
    /// <summary>The keys there are.</summary>
    public static readonly ImmutableArray<string> Keys = ["ancestor", "id", "label", "name", "network", "status"];

    /// <summary>Whether the filter itself says which states to show.</summary>
    public bool AsksForStatus => Terms.Has("status");

    /// <inheritdoc cref="FilterTerms.Parse"/>
    public static ContainerFilter Parse(IEnumerable<string> words) =>
        new(FilterTerms.Parse(words, Keys, Wanted));

    /// <summary>Whether a container passes.</summary>
    public bool Matches(ContainerView container) => Terms.Match((key, value) => Matches(container, key, value));

    private static string? Wanted(string key, string value) => key switch
    {
        "status" => FilterTerms.OneOf(value, "created", "running", "exited"),
        "id" or "name" => FilterTerms.Expressed(value),
        _ => null,
    };

    // What everybody means who does not say it: Docker's registry, its library, the latest.
    private static string Whole(string image)
    {
        var name = image.StartsWith("docker.io/", StringComparison.Ordinal) ? image["docker.io/".Length..] : image;
        if (!name.Contains('/', StringComparison.Ordinal)) name = $"library/{name}";
        return name.LastIndexOfAny([':', '@']) > name.LastIndexOf('/') ? name : $"{name}:latest";
    }

    private static bool Matches(ContainerView container, string key, string value) => key switch
    {
        "id" => FilterTerms.HasPart(container.Spec.Id.ToString(), value),
        // To Docker a container is /NAME, and scripts ask for ^/NAME$.
        "name" => FilterTerms.HasPart(container.Spec.Name, value) || FilterTerms.HasPart($"/{container.Spec.Name}", value),
        "ancestor" => container.Spec.Image is { } image && Whole(image) == Whole(value),
        "network" => container.Endpoints.Any(e => e.Spec.NetworkName == value || e.Spec.Network.ToString() == value),
        "status" => ContainerDocument.StatusText(container.Status) == value,
        _ => FilterTerms.HasLabel(container.Spec.Labels, value),
    };
}
