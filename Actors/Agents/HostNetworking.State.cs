using System.Collections.Immutable;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Drivers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Agents;

public sealed partial class HostNetworking
{
    /// <summary>A network this process has made. Everything in it is guarded by its gate.</summary>
    private sealed class NetworkState
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);
        public Wanted Wanted { get; set; } = Wanted.Nothing;
        /// <summary>What it was last asked for as. Read without the gate, too.</summary>
        public NetworkSpec? Spec { get; set; }
        public bool Removed { get; set; }
        public bool Ensured { get; set; }
        /// <summary>Endpoints of this host that are in it or on their way in.</summary>
        public HashSet<EndpointId> Users { get; } = [];
        /// <summary>What the endpoints of other hosts need here; known also while the network is not made.</summary>
        public Dictionary<EndpointId, Wanted> Remotes { get; } = [];
        /// <summary>Whether this life has been told of those; until then what an earlier one knew stays in the kernel.</summary>
        public bool Told { get; set; }

        /// <summary>The network with them.</summary>
        public Wanted All => Wanted with { Forwardings = [.. Remotes.Values.SelectMany(remote => remote.Forwardings)], Neighbours = [.. Remotes.Values.SelectMany(remote => remote.Neighbours)] };
    }

    /// <summary>A sandbox this process has made or adopted. Everything in it is guarded by its gate.</summary>
    private sealed class SandboxState(ContainerId id, string name)
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);
        public WantedSandbox Wanted { get; } = new(name, id);
        public Netns Netns { get; } = new(name);
        public string Hostname { get; set; } = id.Short;
        public ContainerResolver? Resolver { get; set; }
        public bool Started { get; set; }
        public bool Removed { get; set; }
        public bool OnHost { get; set; }
        /// <summary>Whether it is a Docker Engine's: nothing inside is ours, and there is no more to it than its places.</summary>
        public bool OfEngine { get; set; }
        /// <summary>Whether there is something inside to look at and to shape.</summary>
        public bool IsOurs => Started && !OnHost && !OfEngine;
        /// <summary>Names of others in its hosts file.</summary>
        public ImmutableArray<HostsEntry> Names { get; set; } = [];
        /// <summary>The host's ports it has. Replaced as a whole, so that a sweep may read it without the gate.</summary>
        public ImmutableArray<PublishedPort> Ports { get; set; } = [];
        /// <summary>In the order they came; the first with a gateway has the default route. Replaced as a whole, so that a sweep may read it without the gate.</summary>
        public ImmutableList<Place> Places { get; set; } = [];
        /// <summary>What is known to be inside without looking: links that are not ours, default routes, files.</summary>
        public FoundNetns Known { get; set; } = FoundNetns.Empty;
        /// <summary>The same for its published ports.</summary>
        public ImmutableHashSet<PortMapping> KnownMappings { get; set; } = [];

        /// <summary>The sandbox as a whole, with these places.</summary>
        public Wanted Shape(IEnumerable<Place> places) => OfEngine ? Dataplane.Wanted.Nothing : SandboxShape.Describe(Wanted, Hostname, [.. places.Select(p => p.Endpoint).OfType<SandboxEndpoint>()], Ports, Names, Resolver);

        /// <summary>What a plan may take for found without looking.</summary>
        public FoundHost Assumed => FoundHost.Nothing with
        {
            Elements = [],
            Mappings = KnownMappings,
            Sandboxes = ImmutableDictionary<string, FoundSandbox>.Empty.Add(Wanted.Name, new FoundSandbox(Wanted.Name, Wanted.Id, Known)),
        };

        /// <summary>Takes what was applied for known.</summary>
        public void Remember(Wanted shape)
        {
            Known = Known with
            {
                Links = Known.Links.SetItem("lo", new FoundLink { Index = 1, Name = "lo", Up = true }),
                Routes = [.. shape.Routes],
                Files = shape.Files.ToImmutableDictionary(f => f.Name, f => f.Content),
            };
            KnownMappings = [.. shape.Mappings];
        }
    }

    /// <summary>One endpoint's place in a sandbox.</summary>
    /// <param name="Id">The endpoint.</param>
    /// <param name="Endpoint">As the sandbox sees it; none for drivers without links.</param>
    /// <param name="Wanted">What the driver wants for it; none for one that was adopted and that nobody has attached in this life yet.</param>
    /// <param name="Network">Its network, known where <paramref name="Wanted"/> is.</param>
    /// <param name="Attached">Its facts, known where <paramref name="Wanted"/> is.</param>
    private sealed record Place(EndpointId Id, SandboxEndpoint? Endpoint, Wanted? Wanted, NetworkSpec? Network, AttachedEndpoint? Attached = null);

    private static INetworkDriver DriverOf(NetworkSpec network) =>
        NetworkDrivers.Find(network.Driver) ?? throw new DataplaneException($"network {network.Name}", $"this host has no driver '{network.Driver}'");

    private static ImmutableArray<string> LinksOf(Wanted wanted) => [.. wanted.Links.Select(l => l.Name)];
}
