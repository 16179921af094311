using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;

namespace NetworkCluster.Services;

/// <summary>Where entities are found, the same for whoever carries them and whoever sends to them. Permanent for a running cluster.</summary>
internal static class EntityShards
{
    /// <summary>The role of those that carry entities.</summary>
    public const string Role = "control";

    /// <summary>How the role begins that says which host a process is of; its name follows.</summary>
    public const string HostPrefix = "host.";

    // An entity's shard must be the same on every node. About ten times the most nodes we expect.
    private const int Count = 128;

    /// <summary>The region of each kind.</summary>
    public static ImmutableDictionary<EntityKind, string> Regions { get; } = new Dictionary<EntityKind, string>
    {
        [EntityKind.AddressSpace] = "space",
        [EntityKind.Host] = "host",
        [EntityKind.Hosts] = "hosts",
        [EntityKind.Network] = "network",
        [EntityKind.Pool] = "pool",
        [EntityKind.Endpoint] = "endpoint",
    }.ToImmutableDictionary();

    /// <summary>Where a process is reached, as seeds name it: <c>ADDRESS:PORT</c>.</summary>
    public static string PlaceOf(Address address) => string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");

    /// <summary>The token of one life of a process: its address, which may come back, with a number that does not.</summary>
    public static string TokenOf(UniqueAddress node) => string.Create(CultureInfo.InvariantCulture, $"{PlaceOf(node.Address)}#{node.Uid}");

    /// <summary>Which entity a message is for, and in which shard that is.</summary>
    public static HashCodeMessageExtractor Extractor() => new AddressedExtractor();

    private sealed class AddressedExtractor() : HashCodeMessageExtractor(Count)
    {
        public override string? EntityId(object message) => (message as IAddressed)?.Entity.Id;
    }
}
