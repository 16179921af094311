using System.Collections.Immutable;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Drivers;

/// <summary>A driver that makes no links, of whose kind there is one predefined network.</summary>
public abstract class LinklessDriver(string name) : INetworkDriver
{
    /// <inheritdoc/>
    public string Name => name;
    /// <inheritdoc/>
    public NetworkScope Scope => NetworkScope.Local;
    /// <inheritdoc/>
    public ImmutableArray<DriverOption> Options => [];

    /// <inheritdoc/>
    public ImmutableArray<DriverProblem> Validate(NetworkRequest request) =>
        [.. DriverOptions.Check(Name, Options, request), .. request.Predefined ? [] : new DriverProblem[] { new OnlyOneInstance(Name) }];

    /// <inheritdoc/>
    public Wanted Network(NetworkSpec network, HostContext host) => Wanted.Nothing;
    /// <inheritdoc/>
    public Wanted Endpoint(NetworkSpec network, AttachedEndpoint endpoint, LinkName link, HostContext host) => Wanted.Nothing;
    /// <inheritdoc/>
    public Wanted Remote(NetworkSpec network, AttachedEndpoint endpoint, HostContext host) => Wanted.Nothing;
    /// <inheritdoc/>
    public bool HasWayOut(NetworkSpec network) => false;
}

/// <summary>No network: a sandbox with its loopback alone.</summary>
public sealed class NullDriver() : LinklessDriver("null");

/// <summary>The host's own network: no sandbox at all.</summary>
public sealed class HostDriver() : LinklessDriver("host");
