using System.Data.Common;
using Akka.Actor;
using Microsoft.Data.Sqlite;
using NetworkCluster.Addressing;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Serialization;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>The journal as an auditor reads it: rows of the database, nothing else.</summary>
internal static class JournalFacts
{
    /// <summary>Every fact in the order it was written, with its entity.</summary>
    public static List<(string Entity, IEvent Fact)> Read(string path, ActorSystem system)
    {
        using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly");
        connection.Open();
        AssertFenced(connection);
        return Read(connection, system);
    }

    /// <summary>The same of an open database; what one entity wrote is in its order.</summary>
    public static List<(string Entity, IEvent Fact)> Read(DbConnection connection, ActorSystem system)
    {
        var serializer = new MessageSerializer((ExtendedActorSystem)system);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT persistence_id, message, manifest, identifier FROM journal ORDER BY ordering";
        using var rows = command.ExecuteReader();
        var facts = new List<(string, IEvent)>();
        while (rows.Read())
        {
            Assert.Equal(4711, rows.GetInt32(3));
            facts.Add((rows.GetString(0), (IEvent)serializer.FromBinary((byte[])rows[1], rows.GetString(2))));
        }

        return facts;
    }

    // Two writers of one entity must be kept apart by the database itself, and a recovery must not read the whole journal.
    private static void AssertFenced(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(name) FROM pragma_index_info((SELECT name FROM pragma_index_list('journal') WHERE [unique] = 1))";
        Assert.Equal("persistence_id,sequence_number", command.ExecuteScalar());
    }

    /// <summary>Law 1, from the journal alone: no address has two holders, no two networks of a space share an address. Returns who holds what at the end.</summary>
    public static Dictionary<string, Dictionary<InetAddress, AddressHandle>> AssertOneHolderEach(IEnumerable<(string Entity, IEvent Fact)> facts)
    {
        var pools = new Dictionary<string, Dictionary<InetAddress, AddressHandle>>();
        var networks = new Dictionary<NetworkId, NetworkSpec>();
        foreach (var (entity, fact) in facts)
        {
            switch (fact)
            {
                case PoolOpened: Assert.True(pools.TryAdd(entity, []), $"{entity} opened twice"); break;
                case PoolClosed: Assert.True(pools.Remove(entity)); break;
                case AddressAllocated taken:
                    Assert.True(pools[entity].TryAdd(taken.Address, taken.Handle), $"{taken.Address} of {entity} has two holders");
                    Assert.Single(pools[entity], held => held.Value == taken.Handle);
                    break;
                case AddressReleased freed: Assert.True(pools[entity].Remove(freed.Address)); break;
                case NetworkRegistered registered:
                    Assert.All(networks.Values.Where(other => other.Space == registered.Spec.Space), other =>
                        Assert.False(other.Pools.Any(a => registered.Spec.Pools.Any(b => a.Id.Subnet.Overlaps(b.Id.Subnet))), $"{other.Name} and {registered.Spec.Name} overlap"));
                    networks.Add(registered.Spec.Id, registered.Spec);
                    break;
                case NetworkUnregistered gone: Assert.True(networks.Remove(gone.Id)); break;
            }
        }

        return pools;
    }
}
