using System.Text.RegularExpressions;
using NetworkCluster.Pbm;
using NetworkCluster.Tests.Host.Commands;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Networks from one cluster to the next by a document, and from an engine by its socket: real hosts, and pbm's own client.</summary>
[Trait("Category", "Kernel")]
public sealed class NetworkFilesTests
{
    // Blocks of their own: what one of them picks is neither another test's nor what the other picks for its predefined network.
    private static HostUnderTest Start(string prefix, string block) => new(prefix, more: ["--set", $"network-cluster.ipam.default-pools.local=[\"{block}\", \"fd32::/16:64\"]"]);

    [KernelFact]
    public async Task What_one_cluster_exports_another_imports_and_shows_the_same()
    {
        string document, before;
        await using (var first = Start("nfa", "10.232.0.0/16:24"))
        {
            await first.StartAsync();
            foreach (var line in (string[])[
                "network create --subnet 10.231.0.0/24 --ip-range 10.231.0.8/29 --gateway 10.231.0.1 --aux-address router=10.231.0.2 --label team=blue -o com.docker.network.bridge.enable_icc=false web",
                "network update --ip-range 10.231.0.16/29 web",
                "network create --ipv6 --subnet 10.231.1.0/24 --subnet fd35::/64 --internal both",
                "network create -d overlay --attachable --subnet 10.1.0.0/16 --subnet 10.2.0.0/16 --gateway 10.1.0.100 --aux-address a=10.1.1.5 --aux-address a=10.2.1.5 multihost",
                "network create picked",
            ]) await DoneAsync(first, line);
            document = await DoneAsync(first, "network export");
            before = await InspectAsync(first);
        }

        await using var second = Start("nfb", "10.233.0.0/16:24");
        await second.StartAsync();
        Assert.Equal("both: would be created\nmultihost: would be created\npicked: would be created\nweb: would be created\n", await DoneAsync(second, "network import --dry-run -", document));
        await DoneAsync(second, "network import -", document);
        Assert.Equal(before, await InspectAsync(second));
        Assert.Equal(document, await DoneAsync(second, "network export"));
        Assert.DoesNotContain("created", await DoneAsync(second, "network import -", document), StringComparison.Ordinal);
        // They are networks, and not only lines of a list.
        await DoneAsync(second, "container run -d --name aa --network web");
        await DoneAsync(second, "container run -d --name bb --network multihost --ip 10.1.0.7");
        Assert.Equal(["10.231.0.8/24"], Kernel.Addresses(Kernel.Sandboxes("nfb").Single(sandbox => Kernel.Addresses(sandbox).Contains("10.231.0.8/24"))));
    }

    /// <summary>One host is an engine to another: it speaks the same API. Its networks have routes on the machine for as long as they are there.</summary>
    [KernelFact]
    public async Task An_engines_networks_are_taken_over_when_they_are_gone_there()
    {
        await using var host = new HostUnderTest("nfd");
        string document;
        await using (var engine = new HostUnderTest("nfc"))
        {
            await engine.StartAsync();
            await DoneAsync(engine, "network create --subnet 10.231.0.0/24 --label team=blue -o com.docker.network.driver.mtu=1400 web");
            await host.StartAsync();
            var refused = await RunAsync(host, $"network import --from-docker --socket {engine.DockerSocket}");
            Assert.Equal(1, refused.Code);
            Assert.Contains($"{engine.DockerSocket}: network web: subnet 10.231.0.0/24 overlaps the route 10.231.0.0/24 of host {host.HostId}", refused.Error, StringComparison.Ordinal);
            Assert.Contains("nothing was created", refused.Error, StringComparison.Ordinal);
            document = await DoneAsync(host, $"network export --from-docker --socket {engine.DockerSocket}");
            await DoneAsync(engine, "network rm web");
        }

        Assert.Equal("web: created\n", await DoneAsync(host, "network import -", document));
        Assert.Equal(
            """{"Driver":"default","Options":{},"Config":[{"Subnet":"10.231.0.0/24","Gateway":"10.231.0.1"}]} {"com.docker.network.driver.mtu":"1400"} {"team":"blue"}""" + "\n",
            await DoneAsync(host, "network inspect --format '{{json .IPAM}} {{json .Options}} {{json .Labels}}' web"));
    }

    private static async Task<string> InspectAsync(HostUnderTest host) =>
        Regex.Replace(await DoneAsync(host, "network inspect web both multihost picked"), "\"(Id|Created)\": \"[^\"]*\"", "");

    private static async Task<string> DoneAsync(HostUnderTest host, string line, string? input = null)
    {
        var outcome = await RunAsync(host, line, input);
        Assert.True(outcome.Code == 0, $"{line}: {outcome.Error}");
        return outcome.Output;
    }

    private static async Task<Outcome> RunAsync(HostUnderTest host, string line, string? input = null)
    {
        Assert.True(HostAddress.TryParse(host.Operator.Address, out var address));
        using var client = new PbmClient(address);
        var terminal = new RecordingTerminal();
        var code = await new Session(client, terminal, () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input ?? ""))).RunAsync(ShellWords.Split(line), CancellationToken.None);
        return new(code, terminal.Output, terminal.Error);
    }
}
