using System.Globalization;
using Akka.Actor;
using Microsoft.Data.Sqlite;
using NetworkCluster.Hosting;
using NetworkCluster.Ipam;
using NetworkCluster.Tests.Cluster;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>How many snapshots there are, and what becomes of an entity without them.</summary>
public sealed class SnapshotsOnDiskTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nwc-snapshots").FullName;
    private readonly Networks.NetworkSpec _network = Some.Network(1, ["10.0.0.0/16"]);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task There_is_one_the_larger_the_rarer_and_without_it_all_is_the_same()
    {
        HeldAddress[] before;
        await using (var node = Start())
        {
            node.Router.Send(new OpenPool(_network, 0), ActorRefs.NoSender);
            for (var i = 1; i <= 1600; i++) node.Router.Send(EntityKit.Allocation(_network, i), ActorRefs.NoSender);
            before = await HeldAsync(node);
            Assert.Equal(1601, before.Length);
            // After 500 facts, then after as many again as there are; and next after 1000 more at the earliest. Up to 100 facts are written together, and it comes after them.
            await Eventually.IsSoAsync(TimeSpan.FromSeconds(20), () => Task.FromResult(int.TryParse(Query("SELECT group_concat(sequence_number) FROM snapshot"), NumberStyles.None, CultureInfo.InvariantCulture, out var only) && only is >= 1000 and < 1300));
        }

        await using (var node = Start()) Assert.Equal(before, await HeldAsync(node));
        Query("DELETE FROM snapshot");
        await using (var node = Start()) Assert.Equal(before, await HeldAsync(node));
    }

    private HostNode Start() => EntityKit.StartPools(_directory);

    private async Task<HeldAddress[]> HeldAsync(HostNode node)
    {
        var question = new GetPool(_network.Pools[0].Id);
        return [.. ((PoolView)await node.Router.TargetOf(question).Ask<IReply>(question, TimeSpan.FromSeconds(60))).Addresses];
    }

    private string Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_directory, "journal.db")}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture) ?? "";
    }
}
