using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;
using NetworkCluster.Serialization;
using NetworkCluster.Tests.Support.Simulation;

namespace NetworkCluster.Bench;

/// <summary>A journal as it is after many networks and endpoints: the facts that the real deciders answer each command with, one after the other, written into the tables at once.</summary>
internal sealed class JournalOfMany
{
    private const string Columns = "created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid";

    private readonly Dictionary<EntityKey, (WorldEntity Entity, List<IEvent> Facts, long Before)> _entities = [];
    private readonly DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddYears(50);

    /// <summary>How many facts there are to write.</summary>
    public int Facts => _entities.Values.Sum(entity => entity.Facts.Count);

    /// <summary>Begins with what the hosts have journaled by themselves.</summary>
    public static async Task<JournalOfMany> AfterAsync(NpgsqlConnection connection)
    {
        var before = new Dictionary<EntityKey, List<IEvent>>();
        await using var question = new NpgsqlCommand("SELECT persistence_id, manifest, message FROM journal ORDER BY ordering", connection);
        await using var rows = await question.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            // Akka's own rows, of what is to be woken, are not ours.
            if (EntityKey.OfPersistenceId(rows.GetString(0)) is not { } key || Manifests.TypeOf(rows.GetString(1)) is not { } type) continue;
            if (!before.TryGetValue(key, out var facts)) before[key] = facts = [];
            facts.Add((IEvent)JsonSerializer.Deserialize(rows.GetFieldValue<byte[]>(2), type, MessageJson.Default)!);
        }

        var many = new JournalOfMany();
        foreach (var (key, facts) in before) many._entities[key] = (WorldEntity.Recover(key, facts, 0), [], facts.Count);
        return many;
    }

    /// <summary>A host that is there.</summary>
    public void Join(HostId host) => Do(new JoinHost(host, $"bench {host}", [], _now));

    /// <summary>An overlay network.</summary>
    public NetworkSpec Create(string name, string subnet, HostId host)
    {
        var id = NetworkId.Parse(Id(name));
        Do(new CreateNetwork(new() { Id = id, Name = name, Driver = "overlay", Created = _now, Host = host, Pools = [new() { Subnet = Addressing.Subnet.Parse(subnet) }] }, NetworkScope.Global, [], []));
        return ((NetworkState)_entities[new(EntityKind.Network, id.ToString())].Entity.State).Spec ?? throw new InvalidOperationException($"{name} was not made");
    }

    /// <summary>A container that is stopped, with its wishes for networks.</summary>
    public void Create(string name, HostId host, params ReadOnlySpan<NetworkSpec> networks)
    {
        var container = new ContainerSpec { Id = ContainerId.Parse(Id(name)), Name = name, Created = _now };
        var wishes = ImmutableArray.CreateBuilder<EndpointSpec>();
        foreach (var network in networks)
            wishes.Add(new() { Id = EndpointId.Parse(Id($"{name} {network.Name}")), Network = network.Id, NetworkName = network.Name, Container = container.Id, ContainerName = name, Host = host, Settings = EndpointSettings.None });
        Do(new CreateContainer(host, container, wishes.ToImmutable()));
    }

    /// <summary>Writes it all.</summary>
    public async Task WriteAsync(NpgsqlConnection connection)
    {
        await using var question = new NpgsqlCommand("SELECT max(identifier) FROM journal WHERE persistence_id LIKE 'host/%'", connection);
        var serializer = (int)(await question.ExecuteScalarAsync())!;
        await using var writer = await connection.BeginBinaryImportAsync($"COPY journal ({Columns}) FROM STDIN (FORMAT BINARY)");
        foreach (var (key, (_, facts, before)) in _entities)
        {
            var number = before;
            foreach (var fact in facts)
            {
                await writer.StartRowAsync();
                await writer.WriteAsync(_now.ToUnixTimeMilliseconds());
                await writer.WriteAsync(false);
                await writer.WriteAsync(key.PersistenceId);
                await writer.WriteAsync(++number);
                await writer.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(fact, fact.GetType(), MessageJson.Default));
                await writer.WriteAsync(Manifests.Of(fact.GetType())!);
                await writer.WriteAsync(serializer);
                await writer.WriteAsync("bench");
            }
        }

        await writer.CompleteAsync();
    }

    // Whoever is told of something tells it on until nobody has anything to say. There are no kernels.
    private void Do(IAddressed command)
    {
        var queue = new Queue<IAddressed>([command]);
        while (queue.TryDequeue(out var message))
        {
            if (message.Entity.Kind == EntityKind.Agent) continue;
            var (entity, facts, _) = _entities.TryGetValue(message.Entity, out var known) ? known : _entities[message.Entity] = (WorldEntity.Recover(message.Entity, [], 0), [], 0);
            var decision = entity.Decide(message);
            if (decision.Defer || decision.Reply is Rejected) throw new InvalidOperationException($"{message} was not done: {decision.Reply}");
            foreach (var fact in decision.Events)
            {
                entity.Evolve(fact);
                if (fact is not IEphemeralEvent) facts.Add(fact);
            }

            foreach (var next in decision.Sends.Concat(decision.Orders)) queue.Enqueue(next);
        }
    }

    private static string Id(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
