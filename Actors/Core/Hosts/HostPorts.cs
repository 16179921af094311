using System.Collections.Immutable;
using NetworkCluster.Containers;

namespace NetworkCluster.Hosts;

/// <summary>
/// Which ports of the host a container gets at its start: those it asks for if nobody has them, otherwise the lowest that will do and that no running container has.
/// What other programs have only the kernel knows: the agent tells, and the choice goes on above.
/// </summary>
internal static class HostPorts
{
    /// <summary>What Linux picks from for itself, and Docker for published ports.</summary>
    private const int FirstFree = 32768, LastFree = 60999;

    /// <summary>The ports, one for each wish in order; or why not.</summary>
    /// <param name="state">The host.</param>
    /// <param name="container">The container; what it has from an earlier choice is where this one begins.</param>
    /// <param name="taken">What of an earlier choice another program has.</param>
    public static (ImmutableArray<PublishedPort> Ports, Rejection? Refusal) Choose(HostState state, HeldContainer container, ImmutableArray<HostPort> taken)
    {
        if (container.Spec.Ports is not { } wishes) return ([], null);
        var bindings = Bindings(wishes);
        var standard = container.Endpoints.Where(endpoint => !endpoint.Leaving).OrderByDescending(endpoint => endpoint.Spec.Settings.GatewayPriority ?? 0).Select(endpoint => endpoint.Spec.HostBinding).FirstOrDefault(address => address is not null);
        var ports = new PublishedPort?[bindings.Length];
        // Those that will have nothing else first, so that a free choice does not take it from them.
        foreach (var at in Enumerable.Range(0, bindings.Length).OrderBy(at => Range(bindings[at]) is var (first, last) ? last - first : 0))
        {
            var (binding, earlier) = (bindings[at], container.Ports.IsEmpty ? null : container.Ports[at]);
            var address = binding.Address ?? (standard is { IsUnspecified: true } ? null : standard);
            var (first, last) = Range(binding);
            var begin = earlier is null ? first : taken.Contains(earlier.Host) ? earlier.Host.Number + 1 : earlier.Host.Number;
            for (var number = begin; number <= last && ports[at] is null; number++)
            {
                var port = new HostPort(address, number, binding.Port.Protocol);
                if (HolderOf(port) is null) ports[at] = new(port, binding.Port.Number);
            }

            if (ports[at] is not null) continue;
            var wanted = new HostPort(address, last, binding.Port.Protocol);
            return ([], (first == last, HolderOf(wanted)) switch
            {
                (true, { } holder) => new PortAllocated(wanted, holder),
                (true, null) => new PortInUse(taken, state.Id),
                (false, var holder) => new NoFreePort(state.Id, first, last, wanted.Protocol, holder ?? "another program"),
            });
        }

        return ([.. ports.OfType<PublishedPort>()], null);

        string? HolderOf(HostPort port) =>
            ports.Any(own => own?.Host.Overlaps(port) == true) ? container.Spec.Name : state.HolderOf(port, container.Spec.Id)?.Spec.Name;
    }

    private static ImmutableArray<PortBinding> Bindings(ContainerPorts wishes) => !wishes.PublishAll ? wishes.Bindings :
    [
        .. wishes.Bindings,
        .. wishes.Exposed.Distinct().Where(port => !wishes.Bindings.Any(binding => binding.Port == port)).OrderBy(port => (port.Number, port.Protocol)).Select(port => new PortBinding(null, 0, 0, port)),
    ];

    private static (int First, int Last) Range(PortBinding binding) => binding.First == 0 ? (FirstFree, LastFree) : (binding.First, binding.Last);
}
