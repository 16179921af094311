using System.Collections.Immutable;
using System.Text.Json.Serialization;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster;

/// <summary>How a refusal is answered at the HTTP edges.</summary>
public enum RejectionKind
{
    /// <summary>400: what was asked for makes no sense.</summary>
    Invalid,
    /// <summary>403: it makes sense, and is not allowed as things are.</summary>
    Forbidden,
    /// <summary>404: what it names does not exist.</summary>
    NotFound,
    /// <summary>409: something else is in the way.</summary>
    Conflict,
    /// <summary>500: a host could not do it; nothing is left of it.</summary>
    Fault,
    /// <summary>503: nobody knows whether it was done; asking again with the same ids is safe.</summary>
    Unknown,
}

/// <summary>Why a command was not carried out, with its facts. Nothing was changed. The text is Docker's where Docker has one, with the fact that is in the way behind it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "reason")]
[JsonDerivedType(typeof(InvalidRequest), "invalid")]
[JsonDerivedType(typeof(NetworkNotFound), "network-not-found")]
[JsonDerivedType(typeof(NetworkNameTaken), "network-name-taken")]
[JsonDerivedType(typeof(AmbiguousName), "ambiguous")]
[JsonDerivedType(typeof(ReservedNetworkName), "reserved-network-name")]
[JsonDerivedType(typeof(SingleInstanceDriver), "single-instance-driver")]
[JsonDerivedType(typeof(DriverNotFound), "driver-not-found")]
[JsonDerivedType(typeof(PredefinedNetwork), "predefined-network")]
[JsonDerivedType(typeof(ActiveEndpoints), "active-endpoints")]
[JsonDerivedType(typeof(PoolOverlap), "pool-overlap")]
[JsonDerivedType(typeof(RouteOverlap), "route-overlap")]
[JsonDerivedType(typeof(NoFreeSubnet), "no-free-subnet")]
[JsonDerivedType(typeof(PoolExhausted), "pool-exhausted")]
[JsonDerivedType(typeof(AddressInUse), "address-in-use")]
[JsonDerivedType(typeof(AddressOutsideNetwork), "address-outside")]
[JsonDerivedType(typeof(FixedAddressNotSupported), "fixed-address-not-supported")]
[JsonDerivedType(typeof(MacInUse), "mac-in-use")]
[JsonDerivedType(typeof(AliasNotSupported), "alias-not-supported")]
[JsonDerivedType(typeof(EndpointNameTaken), "endpoint-name-taken")]
[JsonDerivedType(typeof(ContainerNotFound), "container-not-found")]
[JsonDerivedType(typeof(ContainerNameTaken), "container-name-taken")]
[JsonDerivedType(typeof(ContainerIsRunning), "container-running")]
[JsonDerivedType(typeof(ContainerNotRunning), "container-not-running")]
[JsonDerivedType(typeof(NotConnected), "not-connected")]
[JsonDerivedType(typeof(SandboxModeConflict), "sandbox-mode")]
[JsonDerivedType(typeof(PortAllocated), "port-allocated")]
[JsonDerivedType(typeof(PortInUse), "port-in-use")]
[JsonDerivedType(typeof(NoFreePort), "no-free-port")]
[JsonDerivedType(typeof(AddressNotOnHost), "address-not-on-host")]
[JsonDerivedType(typeof(LinkNameTaken), "link-name-taken")]
[JsonDerivedType(typeof(LinkTargetNotFound), "link-target-not-found")]
[JsonDerivedType(typeof(LinkTargetNotRunning), "link-target-not-running")]
[JsonDerivedType(typeof(IdTaken), "id-taken")]
[JsonDerivedType(typeof(HostUnknown), "host-unknown")]
[JsonDerivedType(typeof(HostFault), "host-fault")]
[JsonDerivedType(typeof(OutcomeUnknown), "outcome-unknown")]
public abstract record Rejection
{
    /// <summary>One line for people.</summary>
    [JsonIgnore]
    public abstract string Text { get; }

    /// <summary>How the HTTP edges answer it.</summary>
    [JsonIgnore]
    public abstract RejectionKind Kind { get; }
}

/// <summary>The answer to a command that was not carried out.</summary>
/// <param name="Reason">Why.</param>
public sealed record Rejected(Rejection Reason) : IReply;

/// <summary>Everything that is wrong with a request, at once.</summary>
public sealed record InvalidRequest(ImmutableArray<string> Problems) : Rejection
{
    /// <summary>One problem.</summary>
    public InvalidRequest(string problem) : this([problem]) { }
    /// <inheritdoc/>
    public override string Text => string.Join("; ", Problems);
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}

/// <summary>No network of that name or id.</summary>
public sealed record NetworkNotFound(string Name) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"network {Name} not found";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>The name belongs to another network of the same address space.</summary>
public sealed record NetworkNameTaken(string Name, NetworkId Holder) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"network with name {Name} already exists (id {Holder.Short})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>An id prefix that several things share.</summary>
public sealed record AmbiguousName(string What, string Name, ImmutableArray<string> Matches) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"{What} {Name} is ambiguous ({Matches.Length} matches found based on ID prefix: {string.Join(", ", Matches)})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}

/// <summary>bridge, host, none and default belong to the host.</summary>
public sealed record ReservedNetworkName(string Name) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"operation is not permitted on predefined {Name} network";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Forbidden;
}

/// <summary>The host and null drivers have one network each, the predefined one.</summary>
public sealed record SingleInstanceDriver(string Driver) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"only one instance of \"{Driver}\" network is allowed";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Forbidden;
}

/// <summary>No such driver here.</summary>
public sealed record DriverNotFound(string Driver, ImmutableArray<string> Known) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"plugin \"{Driver}\" not found (drivers: {string.Join(", ", Known)})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>The host's own networks cannot be removed.</summary>
public sealed record PredefinedNetwork(string Name) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"{Name} is a pre-defined network and cannot be removed";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Forbidden;
}

/// <summary>Running containers are connected.</summary>
public sealed record ActiveEndpoints(string Name, NetworkId Id, ImmutableArray<string> Containers) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"error while removing network: network {Name} id {Id} has active endpoints: {string.Join(", ", Containers)}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Forbidden;
}

/// <summary>The subnet shares addresses with another network's.</summary>
public sealed record PoolOverlap(Subnet Requested, Subnet Existing, string Network) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Pool overlaps with other one on this address space: {Requested} overlaps {Existing} of network {Network}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Forbidden;
}

/// <summary>The subnet shares addresses with a route of a host that takes part.</summary>
public sealed record RouteOverlap(Subnet Requested, Subnet Route, HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"subnet {Requested} overlaps the route {Route} of host {Host}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Forbidden;
}

/// <summary>All default subnets are taken.</summary>
public sealed record NoFreeSubnet(bool IPv6, ImmutableArray<string> Holders) : Rejection
{
    /// <inheritdoc/>
    public override string Text =>
        $"could not find an available, non-overlapping IPv{(IPv6 ? 6 : 4)} address pool among the defaults to assign to the network" +
        (Holders.IsEmpty ? "" : $" (held by {string.Join(", ", Holders)})") +
        "; name one with --subnet, or add to network-cluster.ipam.default-pools";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>Every address of the pool is taken.</summary>
public sealed record PoolExhausted(string Network, NetworkId Id, PoolId Pool) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"no available IPv{(Pool.Subnet.IsIPv6 ? 6 : 4)} addresses on this network's address pools: {Network} ({Id}), all of {Pool.SubPool ?? Pool.Subnet} are taken";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>Somebody else holds the address.</summary>
public sealed record AddressInUse(InetAddress Address, string Holder) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Address already in use: {Address} is held by {Holder}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>The address is in none of the network's subnets.</summary>
public sealed record AddressOutsideNetwork(InetAddress Address, string Network, ImmutableArray<Subnet> Subnets) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Invalid address {Address}: It does not belong to any of this network's subnets ({Network}: {string.Join(", ", Subnets)})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}

/// <summary>Only networks whose subnet the user named keep it for good.</summary>
public sealed record FixedAddressNotSupported(string Network) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"user specified IP address is supported only when connecting to networks with user configured subnets (network {Network} has none of that family)";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}

/// <summary>Another endpoint of the network has the link-layer address.</summary>
public sealed record MacInUse(MacAddress Mac, string Holder) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"MAC address already in use: {Mac} belongs to {Holder}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>The predefined networks have no names.</summary>
public sealed record AliasNotSupported(string Network) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"network-scoped alias is supported only for containers in user defined networks ({Network} is predefined)";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}

/// <summary>The container, or another of its name, is in the network already.</summary>
public sealed record EndpointNameTaken(string Name, string Network, HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"endpoint with name {Name} already exists in network {Network} (on host {Host})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Forbidden;
}

/// <summary>No container of that name or id.</summary>
public sealed record ContainerNotFound(string Name) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"No such container: {Name}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>The name belongs to another container of the host.</summary>
public sealed record ContainerNameTaken(string Name, ContainerId Holder) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Conflict. The container name \"/{Name}\" is already in use by container \"{Holder}\". You have to remove (or rename) that container to be able to reuse that name.";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>It has to be stopped first, or force asked for.</summary>
public sealed record ContainerIsRunning(string Name, ContainerId Id) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"You cannot remove a running container {Id} ({Name}). Stop the container before attempting removal or force remove";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>It has to be started first.</summary>
public sealed record ContainerNotRunning(string Name, ContainerId Id) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Container {Id} ({Name}) is not running";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>There is nothing to disconnect.</summary>
public sealed record NotConnected(ContainerId Container, string Name, string Network) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"container {Container} ({Name}) is not connected to network {Network}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>What the host and none networks do not allow.</summary>
public sealed record SandboxModeConflict(string Why) : Rejection
{
    /// <inheritdoc/>
    public override string Text => Why;
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}

/// <summary>Another running container of the host has the port.</summary>
public sealed record PortAllocated(HostPort Port, string Holder) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Bind for {Port} failed: port is already allocated ({new ContainerPort(Port.Number, Port.Protocol)} is published by container {Holder})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>Another program on the host has the ports.</summary>
public sealed record PortInUse(ImmutableArray<HostPort> Ports, HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text =>
        $"Bind for {string.Join(", ", Ports)} failed: address already in use (another program on host {Host} has {string.Join(", ", Ports.Select(port => new ContainerPort(port.Number, port.Protocol)))})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>Every port that would do is taken.</summary>
public sealed record NoFreePort(HostId Host, int First, int Last, PortProtocol Protocol, string Holder) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"all ports are allocated: host {Host} has no free one of {First}-{new ContainerPort(Last, Protocol)} (the last is held by {Holder})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>A port is to be published at an address that the host does not have.</summary>
public sealed record AddressNotOnHost(HostPort Port, HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"Bind for {Port} failed: cannot assign requested address (host {Host} has no address {Port.Address})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}

/// <summary>A link of the name that is wanted is there already, and is another network's or not ours at all.</summary>
/// <param name="Link">The name.</param>
/// <param name="Host">The host that has it.</param>
/// <param name="Network">The network whose it is; none: not ours.</param>
public sealed record LinkNameTaken(string Link, HostId Host, NetworkId? Network) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"host {Host} has a link named {Link} already, {(Network is { } other ? $"of network {other.Short}" : "which is not ours")}: left alone";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>On the predefined network a link is to a container that exists.</summary>
public sealed record LinkTargetNotFound(string Target) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"could not get container for {Target}: No such container: {Target}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>On the predefined network a link is to a container that runs there.</summary>
public sealed record LinkTargetNotRunning(string Target, string Container, string Alias, bool Running) : Rejection
{
    /// <inheritdoc/>
    public override string Text => Running
        ? $"Cannot link to /{Target}, as it does not belong to the default network"
        : $"Cannot link to a non running container: /{Target} AS /{Container}/{Alias}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>The sender's id was used for something else.</summary>
public sealed record IdTaken(string Id) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"the id {Id} was used before; ids are never used twice";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>No such host, or it has not joined.</summary>
public sealed record HostUnknown(HostId Host) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"host {Host} has not joined";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.NotFound;
}

/// <summary>A host could not put it into its kernel; everything was undone.</summary>
public sealed record HostFault(HostId Host, string Operation, string Cause) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"host {Host} could not {Operation}: {Cause}";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Fault;
}

/// <summary>No answer in time, or the journal failed: it may have been done. The same command with the same ids may be sent again.</summary>
public sealed record OutcomeUnknown(string What) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"the outcome is unknown: {What}; sending the same command again is safe";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Unknown;
}
