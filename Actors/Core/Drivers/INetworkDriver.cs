using System.Collections.Immutable;
using NetworkCluster.Addressing;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Drivers;

/// <summary>
/// A way to build a network out of links, as pure functions: what a network and an endpoint need on one host. A driver decides nothing about names or
/// addresses (those are facts when it is asked), keeps no state, and touches no kernel: the same facts always give the same description, and
/// <see cref="Plan"/> turns the difference to what is there into steps. To write one: pick the cases of <see cref="WantedLink"/> it needs (adding a case
/// means a case in <see cref="Plan"/> and a step in the data plane), describe, and add it to <see cref="NetworkDrivers"/>.
/// </summary>
public interface INetworkDriver
{
    /// <summary>What users call it (<c>network create --driver NAME</c>).</summary>
    string Name { get; }

    /// <summary>Whether its networks exist on one host or in the whole cluster.</summary>
    NetworkScope Scope { get; }

    /// <summary>The options it understands.</summary>
    ImmutableArray<DriverOption> Options { get; }

    /// <summary>All that is wrong with a request, before anything is claimed for it. Empty: <see cref="Network"/> will be able to describe it.</summary>
    ImmutableArray<DriverProblem> Validate(NetworkRequest request);

    /// <summary>What the network needs on a host that takes part in it, endpoints left out.</summary>
    /// <param name="network">A network whose request passed <see cref="Validate"/>.</param>
    /// <param name="host">The host.</param>
    Wanted Network(NetworkSpec network, HostContext host);

    /// <summary>
    /// What one endpoint needs on the host its container lives on. The default route is not the driver's: a sandbox has one, and it goes to the first of
    /// its endpoints that has a <see cref="AttachedEndpoint.GatewayIPv4"/> (or IPv6) which <see cref="HasWayOut"/> lets it use.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="endpoint">The endpoint with its addresses.</param>
    /// <param name="link">Where the container's end of it goes: its sandbox and the free name picked there.</param>
    /// <param name="host">The host.</param>
    Wanted Endpoint(NetworkSpec network, AttachedEndpoint endpoint, LinkName link, HostContext host);

    /// <summary>What an endpoint on another host needs on this one, so that this host's endpoints reach it; nothing for networks of one host.</summary>
    /// <param name="network">The network.</param>
    /// <param name="endpoint">The other host's endpoint.</param>
    /// <param name="host">This host.</param>
    Wanted Remote(NetworkSpec network, AttachedEndpoint endpoint, HostContext host);

    /// <summary>Whether the network leads anywhere beyond itself.</summary>
    bool HasWayOut(NetworkSpec network);
}

/// <summary>What a driver may know about the host it describes for.</summary>
/// <param name="Naming">How things of ours are called.</param>
/// <param name="DefaultMtuBytes">Largest packet where the network's options say nothing; 1500 unless configured.</param>
/// <param name="PredefinedBridge">Name of the predefined network's Linux bridge. Never <c>docker0</c>: that is Docker's.</param>
/// <param name="Vtep">This host's address between hosts; none: it takes part in no network of others.</param>
public sealed record HostContext(Naming Naming, int DefaultMtuBytes = 1500, string PredefinedBridge = "nwc0", InetAddress? Vtep = null);

/// <summary>An option a driver understands.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Kind">The form of its value.</param>
/// <param name="Meaning">For people: what it does and what it is without it.</param>
public sealed record DriverOption(string Name, OptionKind Kind, string Meaning)
{
    /// <summary>Whether a network keeps the value that it was made with.</summary>
    public bool Fixed { get; init; }
}

/// <summary>The forms an option's value may have.</summary>
public enum OptionKind
{
    /// <summary>What Go's strconv.ParseBool takes, because Docker does: 1 t T TRUE true True 0 f F FALSE false False.</summary>
    Bool,
    /// <summary>Bytes, 68 (IPv4's least; 1280 with IPv6) to 65535.</summary>
    Mtu,
    /// <summary>A Linux link's name: 1 to 15 characters without slash, colon or white space.</summary>
    LinkName,
    /// <summary>An IPv4 address.</summary>
    IPv4,
    /// <summary>Whole seconds, 0 to 86,400, with or without an <c>s</c>.</summary>
    Seconds,
}
