using System.Collections.Immutable;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Gateway;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Events;

/// <summary>
/// Makes events, as Docker tells them, out of journaled facts. Facts name things by id: of an entity that is met in the middle of its life, what came before is read, once.
/// </summary>
internal sealed class EventProjection(IJournalReader journal)
{
    private readonly HashSet<EntityKey> _seen = [];
    private readonly Dictionary<NetworkId, NetworkSpec> _networks = [];
    private readonly Dictionary<EndpointId, EndpointSpec> _attached = [];
    private readonly Dictionary<ContainerId, ContainerSpec> _containers = [];
    private readonly HashSet<ContainerId> _running = [];
    private readonly HashSet<ContainerId> _asked = [];

    /// <summary>The events of the next fact.</summary>
    public async ValueTask<ImmutableArray<Happening>> ApplyAsync(EntityKey entity, JournaledFact fact, CancellationToken cancel)
    {
        if (entity.Kind is not (EntityKind.Network or EntityKind.Host)) return [];
        if (_seen.Add(entity) && fact.Number > 1)
        {
            try
            {
                await foreach (var before in journal.ReadAsync(entity, cancel))
                {
                    if (before.Number >= fact.Number) break;
                    _ = Events(entity, before);
                }
            }
            catch (IOException)
            {
                // Read again when the same fact is told again.
                _seen.Remove(entity);
                throw;
            }
        }

        return Events(entity, fact);
    }

    private ImmutableArray<Happening> Events(EntityKey entity, JournaledFact fact) =>
        [.. (entity.Kind == EntityKind.Network ? OfNetwork(NetworkId.Parse(entity.Id), fact.Fact) : OfContainer(fact.Fact)).Select(made => made with { At = fact.At })];

    private IEnumerable<Happening> OfNetwork(NetworkId id, IEvent fact)
    {
        switch (fact)
        {
            case NetworkCreated created:
                _networks[id] = created.Spec;
                return [Of(created.Spec, "create")];
            case NetworkChanged changed:
                _networks[id] = changed.Spec;
                return [Of(changed.Spec, "update")];
            // Told again where its host has moved.
            case EndpointAttached attached:
                return _attached.TryAdd(attached.Endpoint.Id, attached.Endpoint.Spec) ? [Of(_networks[id], "connect", attached.Endpoint.Spec.Container)] : [];
            case EndpointReserved reserved:
                return Left(id, reserved.Endpoint.Id);
            case EndpointDetached detached:
                return Left(id, detached.Endpoint);
            case NetworkDeleted:
                _seen.Remove(new(EntityKind.Network, id.ToString()));
                return _networks.Remove(id, out var gone) ? [Of(gone, "destroy")] : [];
            default:
                return [];
        }
    }

    private IEnumerable<Happening> Left(NetworkId network, EndpointId endpoint) =>
        _attached.Remove(endpoint, out var left) ? [Of(_networks[network], "disconnect", left.Container)] : [];

    private IEnumerable<Happening> OfContainer(IEvent fact)
    {
        switch (fact)
        {
            case ContainerCreated created:
                _containers[created.Spec.Id] = created.Spec;
                return [Of(created.Spec, "create")];
            case ContainerRenamed renamed when _containers.TryGetValue(renamed.Container, out var spec):
                _containers[renamed.Container] = spec with { Name = renamed.Name };
                return [Of(_containers[renamed.Container], "rename", ("oldName", $"/{spec.Name}"))];
            case ContainerStarted started when _containers.TryGetValue(started.Container, out var spec):
                _running.Add(started.Container);
                return [Of(spec, "start")];
            case ContainerStopping { Failure: { } failure } stopping:
                return NotStarted(stopping.Container, failure);
            case ContainerRemoving { Failure: { } failure } removing:
                return NotStarted(removing.Container, failure);
            case ContainerStopping { ByItself: not true } stopping:
                _asked.Add(stopping.Container);
                return [];
            case ContainerStopped stopped when _containers.TryGetValue(stopped.Container, out var spec) && _running.Remove(stopped.Container):
                return _asked.Remove(stopped.Container) ? [Died(spec, stopped.ExitCode), Of(spec, "stop")] : [Died(spec, stopped.ExitCode)];
            case ContainerRemoved removed when _containers.Remove(removed.Container, out var spec):
                _asked.Remove(removed.Container);
                return _running.Remove(removed.Container) ? [Died(spec, null), Of(spec, "destroy")] : [Of(spec, "destroy")];
            default:
                return [];
        }
    }

    private IEnumerable<Happening> NotStarted(ContainerId container, StartFailure failure) =>
        _containers.TryGetValue(container, out var spec) && _running.Remove(container) ? [Died(spec, failure.ExitCode)] : [];

    // 137: ended by us, as Docker says of what it kills; nobody else knows.
    private static Happening Died(ContainerSpec spec, int? exitCode) => Of(spec, "die", ("exitCode", $"{exitCode ?? 137}"));

    private static Happening Of(NetworkSpec spec, string action, ContainerId? container = null) => new()
    {
        Type = "network",
        Action = action,
        Id = spec.Id.ToString(),
        Attributes = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, container is { } who
            ? (KeyValuePair<string, string>[])[new("container", who.ToString()), new("name", spec.Name), new("type", spec.Driver)]
            : [new("name", spec.Name), new("type", spec.Driver)]),
    };

    private static Happening Of(ContainerSpec spec, string action, params ReadOnlySpan<(string Name, string Value)> more)
    {
        var attributes = spec.Labels.ToBuilder();
        attributes["image"] = spec.Image ?? ContainerDocument.HostImage;
        attributes["name"] = spec.Name;
        foreach (var (name, value) in more) attributes[name] = value;
        return new() { Type = "container", Action = action, Id = spec.Id.ToString(), Attributes = attributes.ToImmutable() };
    }
}
