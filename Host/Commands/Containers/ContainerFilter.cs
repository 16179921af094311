using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Containers;

namespace NetworkCluster.Commands.Containers;

/// <summary>Docker's filters for lists of containers, as far as a container here has such parts.</summary>
internal sealed record ContainerFilter(FilterTerms Terms)
{
    // All of Docker's: those that no container here is in are asked for, too.
    private static readonly string[] States = ["created", "restarting", "running", "removing", "paused", "exited", "dead"];

    /// <summary>The keys there are.</summary>
    public static readonly ImmutableArray<string> Keys = ["ancestor", "before", "exited", "expose", "id", "label", "name", "network", "publish", "since", "status"];

    /// <summary>Whether the filter itself asks for those that do not run.</summary>
    public bool AsksForStopped => Terms.Has("status") || Terms.Has("before") || Terms.Has("since");

    /// <inheritdoc cref="FilterTerms.Parse"/>
    public static ContainerFilter Parse(IEnumerable<string> words) =>
        new(FilterTerms.Parse(words, Keys, Wanted));

    /// <summary>The containers, by name or id, that the filter places others by.</summary>
    public IEnumerable<string> Named => Terms.Values("before").Concat(Terms.Values("since")).Distinct();

    /// <summary>Those of a host's containers that pass.</summary>
    /// <param name="containers">The newest first.</param>
    /// <param name="named">Which ones are <see cref="Named"/>. What is not among the others is newer than they are.</param>
    public IEnumerable<ContainerView> Passing(ImmutableArray<ContainerView> containers, IReadOnlyDictionary<string, ContainerId> named)
    {
        ImmutableArray<ContainerId> ids = [.. containers.Select(container => container.Spec.Id)];
        var places = named.ToDictionary(entry => entry.Key, entry => ids.IndexOf(entry.Value));
        return containers.Where((container, place) => Terms.Match((key, value) => key switch
        {
            "before" => place > places[value],
            "since" => place < places[value],
            _ => Matches(container, key, value),
        }));
    }

    private static string? Wanted(string key, string value) => key switch
    {
        "status" => FilterTerms.OneOf(value, States),
        "exited" => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : "an exit code",
        "publish" or "expose" => Ports(value) is not null ? null : "a port or a range, as 80, 8000-8010 or 53/udp",
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
        "exited" => container.Status == ContainerStatus.Exited && $"{container.ExitCode ?? 0}" == value,
        "publish" => PortText.Published(container).Any(port => Has(value, port.Host.Number, port.Host.Protocol)),
        "expose" => PortText.Known(container.Spec.Ports).Any(port => Has(value, port.Number, port.Protocol)),
        _ => FilterTerms.HasLabel(container.Spec.Labels, value),
    };

    private static bool Has(string value, int number, PortProtocol protocol) => Ports(value) is { } ports && ports.Protocol == protocol && number >= ports.First && number <= ports.Last;

    private static (int First, int Last, PortProtocol Protocol)? Ports(string value)
    {
        try
        {
            return PortWords.Range(value);
        }
        catch (UsageException)
        {
            return null;
        }
    }
}
