using System.Runtime.CompilerServices;
using System.Text;
using Akka.Actor;
using Microsoft.Data.Sqlite;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosting;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Serialization;
using NetworkCluster.Tests.Cluster;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors.Journals;

/// <summary>
/// Whole journals of landed versions, VERSION.sql beside this file, each written by a host of that version. Entities of today start on them and say what is approved: what a journal once said, it says
/// for good. A version that has no journal yet gets one by the last test here.
/// </summary>
public sealed class JournalFixtureTests
{
    public static TheoryData<string> Versions => [.. Directory.EnumerateFiles(Beside("."), "*.sql").Where(file => !file.Contains(".received.", StringComparison.Ordinal)).Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Entities_of_today_say_what_a_journal_of_that_version_says(string version)
    {
        var directory = Directory.CreateTempSubdirectory("nwc-journal-").FullName;
        try
        {
            JournalText.Restore(await File.ReadAllTextAsync(Beside($"{version}.sql")), Path.Combine(directory, "journal.db"));
            Support.Approved.Verify(await SaidAsync(directory), version);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>
    /// With a new version this fails once: it has a host do one of everything, and leaves the journal beside this file, to be looked at and renamed. The test above then leaves what is to be approved.
    /// A journal that is there is never written anew: hosts of that version have such ones.
    /// </summary>
    [KernelFact]
    public async Task The_version_of_today_has_a_journal()
    {
        var version = typeof(HostNode).Assembly.GetName().Version!.ToString(3);
        if (File.Exists(Beside($"{version}.sql"))) return;
        await using var host = new HostUnderTest("jfx");
        await host.StartAsync();
        foreach (var line in OneOfEverything) await DoAsync(host, line);
        await host.KillAsync();
        // One of them does not outlive it.
        Cluster.Kernel.Run("ip", "netns", "del", Cluster.Kernel.Sandboxes(host.Prefix)[0]);
        await host.StartAsync();
        Assert.Equal(0, await host.TerminateAsync());
        await File.WriteAllTextAsync(Beside($"{version}.received.sql"), JournalText.Of(host.Journal));
        Assert.Fail($"{version} has no journal yet: look at {version}.received.sql, and rename it to {version}.sql");
    }

    // What is refused is here too: some of it leaves facts. A word with spaces does not come up.
    private static readonly string[] OneOfEverything =
    [
        "network create network=web subnet=172.31.0.0/24 ip-range=172.31.0.8/29 gateway=172.31.0.1 aux-address=router=172.31.0.2 label=team=blue opt=com.docker.network.bridge.enable_icc=false",
        "network create network=both subnet=172.31.1.0/24 subnet=fd31::/64 ipv6=true internal=true",
        "network create network=multihost driver=overlay attachable=true subnet=10.1.0.0/16 subnet=10.2.0.0/16 aux-address=a=10.1.1.5 aux-address=a=10.2.1.5",
        "network create network=picked",
        "network create network=plain ipam-driver=null",
        "network create network=gone",
        "network rm network=gone",
        "network update network=web name=front mtu=1400 label-add=tier=1 label-rm=team",
        "network update network=front ip-range=172.31.0.16/29",
        "network update network=picked subnet=fd32::/64",
        "container run name=first detach=true network=front network-alias=db publish=8080:80 label=a=b env=X=Y hostname=one",
        "container run name=second detach=true network=front link=first:database ip=172.31.0.100 mac-address=92:d0:c6:0a:29:33",
        "container run name=third detach=true network=both",
        "container create name=stopped network=front ip=172.31.0.101",
        "container create name=never network=multihost",
        "container run name=removed detach=true network=picked",
        "network rm network=front",
        "network connect network=multihost container=first alias=far ip=10.1.0.7",
        "network connect network=picked container=stopped",
        "network connect network=picked container=second",
        "network disconnect network=picked container=second",
        "ipam reserve network=front address=172.31.0.110 for=later",
        "ipam reserve network=front address=172.31.0.111 for=soon ttl=100h",
        "ipam reserve network=front address=172.31.0.112 for=nobody",
        "ipam release network=front address=172.31.0.112",
        "container rename container=third name=renamed",
        "container rename container=renamed name=first",
        "container stop container=second time=1",
        "container rm container=removed force=true",
        "host drain host=host-jfx keep-running=true",
        "container start container=second",
        "host activate host=host-jfx",
        "container start container=second",
    ];

    private static async Task DoAsync(HostUnderTest host, string line)
    {
        var words = line.Split(' ');
        var answer = await host.Operator.RunAsync(words[0], words[1], [.. words[2..].Select(word => word.Split('=', 2)).Select(pair => (pair[0], pair[1]))]);
        Assert.False(answer.Unknown, $"{line}: {answer.Error}");
        Assert.True(answer.Kind is not "Usage", $"{line}: {answer.Error}");
    }

    private static async Task<string> SaidAsync(string directory)
    {
        await using var node = EntityKit.StartNode(directory);
        await node.Up.WaitAsync(TimeSpan.FromSeconds(60));
        var (serializer, said) = (new MessageSerializer((ExtendedActorSystem)node.System), new StringBuilder());
        var (ids, manifests) = Rows(Path.Combine(directory, "journal.db"));
        foreach (var entity in ids.Select(EntityKey.OfPersistenceId).OfType<EntityKey>())
        {
            foreach (var question in QuestionsTo(entity))
            {
                var reply = await node.Router.TargetOf(question).Ask<IReply>(question, TimeSpan.FromSeconds(30));
                said.Append($"{entity} {serializer.Manifest(reply)} {Encoding.UTF8.GetString(serializer.ToBinary(reply))}\n");
            }
        }

        said.Append($"\nfacts: {string.Join(", ", manifests)}\n");
        return said.ToString();
    }

    private static IEnumerable<IAddressed> QuestionsTo(EntityKey entity) => entity.Kind switch
    {
        EntityKind.AddressSpace => [new ListNetworks(AddressSpaceId.Parse(entity.Id))],
        EntityKind.Network => [new GetNetwork(NetworkId.Parse(entity.Id)), new GetNetworkMembers(NetworkId.Parse(entity.Id))],
        EntityKind.Pool => [new GetPool(PoolId.Parse(entity.Id, null))],
        EntityKind.Endpoint => [new GetEndpoint(EndpointId.Parse(entity.Id))],
        EntityKind.Host => [new GetHost(HostId.Parse(entity.Id)), new ListContainers(HostId.Parse(entity.Id))],
        EntityKind.Hosts => [new ListHosts()],
        _ => throw new InvalidOperationException($"{entity.Kind} has a journal, and nobody asks it here"),
    };

    private static (List<string> Ids, List<string> Manifests) Rows(string journal)
    {
        using var connection = new SqliteConnection($"Data Source={journal};Mode=ReadOnly;Pooling=False");
        connection.Open();
        return (Column("SELECT DISTINCT persistence_id FROM journal ORDER BY persistence_id"), Column("SELECT DISTINCT manifest FROM journal ORDER BY manifest"));

        List<string> Column(string question)
        {
            using var command = connection.CreateCommand();
            command.CommandText = question;
            using var rows = command.ExecuteReader();
            var values = new List<string>();
            while (rows.Read()) values.Add(rows.GetString(0));
            return values;
        }
    }

    private static string Beside(string file, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, file);
}
