using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Containers;

namespace NetworkCluster.Commands.Documents;

/// <summary>A port of the host as Docker's <c>inspect</c> prints it.</summary>
internal sealed record PortDocument
{
    public required string HostIp { get; init; }
    public required string HostPort { get; init; }

    /// <summary>What was asked for, by container port.</summary>
    public static SortedDictionary<string, ImmutableArray<PortDocument>> Wishes(ContainerPorts? ports) => new(
        (ports?.Bindings ?? []).GroupBy(binding => binding.Port.ToString()).ToDictionary(group => group.Key, group => group.Select(binding => new PortDocument
        {
            HostIp = binding.Address?.ToString() ?? "",
            HostPort = binding.First == 0 ? "" : binding.First == binding.Last ? Text(binding.First) : $"{Text(binding.First)}-{Text(binding.Last)}",
        }).ToImmutableArray()), StringComparer.Ordinal);

    /// <summary>What there is, by container port; null for ports that are exposed and not published.</summary>
    public static SortedDictionary<string, ImmutableArray<PortDocument>?> Published(ContainerView container)
    {
        var ports = new SortedDictionary<string, ImmutableArray<PortDocument>?>(StringComparer.Ordinal);
        if (container.Status != ContainerStatus.Running) return ports;
        foreach (var port in PortText.Known(container.Spec.Ports)) ports[port.ToString()] = null;
        foreach (var group in PortText.Published(container).GroupBy(port => port.ContainerPort.ToString()))
            ports[group.Key] = [.. group.Select(port => new PortDocument { HostIp = port.Host.Address.ToString()!, HostPort = Text(port.Host.Number) })];
        return ports;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A container's ports for people, and what both forms have in common.</summary>
internal static class PortText
{
    /// <summary>All ports that the container is said to serve.</summary>
    public static IEnumerable<ContainerPort> Known(ContainerPorts? ports) =>
        ports is null ? [] : ports.Exposed.Concat(ports.Bindings.Select(binding => binding.Port)).Distinct().OrderBy(port => port.Number).ThenBy(port => port.Protocol);

    /// <summary>What is published, one for each family: only where the container has an endpoint of the family that leads outside.</summary>
    public static IEnumerable<PublishedPort> Published(ContainerView container)
    {
        var has4 = container.Endpoints.Any(e => e.Attached is { IPv4: not null, GatewayIPv4: not null });
        var has6 = container.Endpoints.Any(e => e.Attached is { IPv6: not null, GatewayIPv6: not null });
        return from port in container.Ports
               orderby port.Port, port.Host.Protocol
               from ipv6 in (bool[])[false, true]
               where (ipv6 ? has6 : has4) && (port.Host.Address is not { } address || address.IsIPv6 == ipv6)
               select port with { Host = port.Host with { Address = port.Host.Address ?? new(0, ipv6) } };
    }

    /// <summary>As Docker's list shows them: <c>0.0.0.0:8080->80/tcp</c>, and <c>80/tcp</c> for what is exposed only.</summary>
    public static string List(ContainerView container)
    {
        if (container.Status != ContainerStatus.Running) return "";
        var published = Published(container).ToList();
        var only = Known(container.Spec.Ports).Where(port => !published.Any(p => p.ContainerPort == port)).Select(port => port.ToString());
        return string.Join(", ", published.Select(port => $"{port.Host}->{port.ContainerPort}").Concat(only));
    }
}
