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

    /// <summary>Those of a host's containers, the newest first, that pass.</summary>
    /// <exception cref="RefusedException">There is no container of which the filter speaks.</exception>
    public IEnumerable<ContainerView> Passing(ImmutableArray<ContainerView> containers)
    {
        var places = Terms.Terms.Where(term => term.Key is "before" or "since").Distinct().ToDictionary(term => term, term => PlaceOf(containers, term.Value));
        return containers.Where((container, place) => Terms.Match((key, value) => key switch
        {
            "before" => place > places[(key, value)],
            "since" => place < places[(key, value)],
            _ => Matches(container, key, value),
        }));
    }

    private static int PlaceOf(ImmutableArray<ContainerView> containers, string nameOrId)
    {
        var name = nameOrId.TrimStart('/');
        var found = containers.FirstOrDefault(container => container.Spec.Name == name) ?? containers.FirstOrDefault(container => name.Length > 0 && container.Spec.Id.ToString().StartsWith(name, StringComparison.Ordinal));
        return found is null ? throw new RefusedException(new ContainerNotFound(nameOrId)) : containers.IndexOf(found);
    }

    private static string? Wanted(string key, string value) => key switch
    {
        "status" => FilterTerms.OneOf(value, States),
        "exited" => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : "an exit code",
        "publish" or "expose" => Ports.TryParse(value, out _) ? null : "a port or a range, as 80, 8000-8010 or 53/udp",
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
        "publish" => Ports.TryParse(value, out var ports) && PortText.Published(container).Any(port => ports.Has(port.Host.Number, port.Host.Protocol)),
        "expose" => Ports.TryParse(value, out var ports) && PortText.Known(container.Spec.Ports).Any(port => ports.Has(port.Number, port.Protocol)),
        _ => FilterTerms.HasLabel(container.Spec.Labels, value),
    };

    private readonly record struct Ports(int First, int Last, PortProtocol Protocol)
    {
        public static bool TryParse(string text, out Ports ports)
        {
            var (numbers, protocol) = text.Split('/') is [var before, var after] ? (before, after.ToLowerInvariant()) : (text, "tcp");
            var range = numbers.Split('-');
            ports = default;
            if (protocol is not ("tcp" or "udp") || range.Length > 2 || !ushort.TryParse(range[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) || !ushort.TryParse(range[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)) return false;
            ports = new(first, last, protocol == "udp" ? PortProtocol.Udp : PortProtocol.Tcp);
            return first <= last;
        }

        public bool Has(int number, PortProtocol protocol) => protocol == Protocol && number >= First && number <= Last;
    }
}
