using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using NetworkCluster.Addressing;
using NetworkCluster.Commands.Networks.Files;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Host.Refusals;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Host.Commands;

/// <summary><c>network export</c> and <c>network import</c> in front of all deciders, and the document between them.</summary>
public sealed class NetworkFileTests : IAsyncLifetime
{
    private readonly WorldGateway _world = new() { Routes = [Subnet.Parse("10.99.0.0/24")] };
    private PbmHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await PbmHost.StartAsync(_world, new FakeJournal());
        await _world.BeginAsync();
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task A_document_says_what_create_was_told_and_what_was_picked()
    {
        await DoneAsync("network create --subnet 172.25.0.0/16 --ip-range 172.25.3.0/24 --gateway 172.25.3.1 --aux-address router=172.25.3.2 --label team=blue --label empty -o com.docker.network.bridge.enable_icc=false --internal isolated_nw");
        await DoneAsync("network update --ip-range 172.25.4.0/24 isolated_nw");
        await DoneAsync("network create -d overlay --attachable --subnet 10.1.0.0/16 --subnet fd01::/64 --aux-address a=10.1.0.5 --aux-address a=10.1.0.6 multihost");
        await DoneAsync("network create picked");
        Approved.Verify((await DoneAsync("network export")).Output, "NetworkExport");
        Assert.Equal(await DoneAsync("network export"), await DoneAsync("network export picked isolated_nw multihost isolated_nw") with { Output = (await DoneAsync("network export")).Output });
        Assert.Equal(new(1, "", "Error: network nobody not found\n"), await _host.RunAsync("network export isolated_nw nobody"));
        Assert.Equal(new(1, "", "Error: operation is not permitted on predefined bridge network\n"), await _host.RunAsync("network export bridge"));
    }

    [Fact]
    public async Task What_was_exported_comes_back_as_it_was_and_a_second_import_changes_nothing()
    {
        await DoneAsync("network create --ipv6 --subnet 172.25.0.0/16 --ip-range 172.25.3.0/24 --aux-address router=172.25.3.2 --label 'a b=c: \"d\" #e' one");
        await DoneAsync("network update --ip-range 172.25.4.0/24 one");
        await DoneAsync("network create -d overlay two");
        await DoneAsync("network create --ipam-driver null three");
        var (document, before) = ((await DoneAsync("network export")).Output, await InspectAsync("one", "two", "three"));
        Assert.Equal("one: is there already\nthree: is there already\ntwo: is there already\n", (await DoneAsync("network import -", document)).Output);
        await DoneAsync("network rm one two three");
        Assert.Equal("one: would be created\nthree: would be created\ntwo: would be created\n", (await DoneAsync("network import --dry-run -", document)).Output);
        Assert.Equal(1, (await _host.RunAsync("network inspect one")).Code);
        Assert.Equal("one: created\nthree: created\ntwo: created\n", (await DoneAsync("network import -", document)).Output);
        Assert.Equal(before, await InspectAsync("one", "two", "three"));
        // As JSON it is the same.
        var json = (await DoneAsync("network export --json")).Output;
        Assert.Equal(["one", "three", "two"], JsonDocument.Parse(json).RootElement.GetProperty("networks").EnumerateArray().Select(network => network.GetProperty("name").GetString()));
        await DoneAsync("network rm one two three");
        Assert.Equal("one: created\nthree: created\ntwo: created\n", (await DoneAsync("network import -", json)).Output);
        Assert.Equal(before, await InspectAsync("one", "two", "three"));
        Assert.Equal(document, (await DoneAsync("network export")).Output);
        Assert.Equal("one: is there already\nthree: is there already\ntwo: is there already\n", (await DoneAsync("network import -", document)).Output);
    }

    [Fact]
    public async Task All_that_is_wrong_with_the_form_is_said_at_once_with_its_line()
    {
        var outcome = await _host.RunAsync("network import -", """
            version: 1
            networks:
            - name: a
              drivers: bridge
              internal: perhaps
              ipam:
                config:
                - subnet: 172.25.1.0/16
                  gateway: here
                  aux-address: [router]
            - driver: overlay
              scope: local
              labels: [x]
            - just text
            more: 1
            """);
        Assert.Equal((1, ""), (outcome.Code, outcome.Output));
        Assert.Equal(
            """
            Error: -:4: unknown key drivers in a network: there are name, driver, scope, internal, attachable, ipv6, ipam, options, labels
            Error: -:5: internal of a network is true or false, not perhaps
            Error: -:8: invalid CIDR address: 172.25.1.0/16 has host bits set, the block is 172.25.0.0/16
            Error: -:9: invalid gateway: here
            Error: -:10: invalid aux-address: router (NAME=ADDRESS is wanted)
            Error: -:11: a network has no name
            Error: -:12: invalid scope: local (the overlay driver makes networks of the scope global)
            Error: -:13: labels of a network is not a mapping of names to texts
            Error: -:14: a network is not a mapping (name, driver, scope, internal, attachable, ipv6, ipam, options, labels)
            Error: -:15: unknown key more in the document: there are version, networks
            """, string.Join('\n', outcome.Error.TrimEnd('\n').Split('\n').Where(line => line.StartsWith("Error: -:", StringComparison.Ordinal) && !line.Contains(": network ", StringComparison.Ordinal))));
        Assert.EndsWith("nothing was created\n", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "-:1: the document is empty: it needs version: 1 and networks")]
    [InlineData("networks: []", "-:1: the document has no version: version: 1 is wanted")]
    [InlineData("networks: [{nome: a}]", "-:1: unknown key nome in a network")]
    [InlineData("version: 2\nnetworks: []", "-:1: version 2 is not known: 1 is")]
    [InlineData("version: 1", "-:1: the document has no networks")]
    [InlineData("version: 1\nnetworks:\n- name: a\n  name: b", "-:4: not YAML: Duplicate key name")]
    [InlineData("version: 1\nnetworks: [", "not YAML: ")]
    [InlineData("version: 1\nnetworks: []\n---\nversion: 1", "-:1: there are 2 documents, one is wanted")]
    [InlineData("version: 1\nnetworks: &a [*a]", "-:2: a network is not a mapping")]
    [InlineData("version: 1\nnetworks: [{name: a, ipam: &a {config: [*a]}}]", "-:2: unknown key config in an ipam config")]
    public async Task What_is_no_document_is_told(string document, string problem)
    {
        var outcome = await _host.RunAsync("network import -", document);
        Assert.Equal((1, ""), (outcome.Code, outcome.Output));
        Assert.Contains(problem, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_cannot_overflow_the_stack_or_the_memory()
    {
        var deep = await _host.RunAsync("network import -", $"version: 1\nnetworks: {new string('[', 1_000_000)}");
        Assert.Equal(1, deep.Code);
        Assert.Contains("nested too deep", deep.Error, StringComparison.Ordinal);
        var large = await _host.RunAsync("network import -", new string('#', FileSources.LargestBytes + 1));
        Assert.Equal(new(2, "", "Error: - is larger than 4 MiB\n"), large);
    }

    [Fact]
    public async Task What_the_cluster_would_refuse_is_said_for_every_network_before_any_is_made()
    {
        await DoneAsync("network create --subnet 172.25.0.0/16 --label team=blue isolated_nw");
        var outcome = await _host.RunAsync("network import -", """
            version: 1
            networks:
            - name: fine
            - name: isolated_nw
              internal: true
              ipam: {config: [{subnet: 172.26.0.0/16}]}
              labels: {team: red}
            - name: overlaps
              ipam: {config: [{subnet: 172.25.4.0/24}]}
            - name: routed
              ipam: {config: [{subnet: 10.99.0.0/16}]}
            - name: first
              ipam: {config: [{subnet: 10.5.0.0/16}]}
            - name: second
              ipam: {config: [{subnet: 10.5.5.0/24}]}
            - name: fine
            - name: odd
              driver: macvlan
            - name: unknown
              options: {com.example: "1"}
            - name: bridge
            """);
        Assert.Equal((1, ""), (outcome.Code, outcome.Output));
        Assert.Equal(
            """
            Error: -:4: network isolated_nw: is there already, and differs: internal is false (the document: true); subnet is 172.25.0.0/16 (the document: 172.26.0.0/16); label team is "blue" (the document: "red")
            Error: -:8: network overlaps: Pool overlaps with other one on this address space: 172.25.4.0/24 overlaps 172.25.0.0/16 of network isolated_nw
            Error: -:10: network routed: subnet 10.99.0.0/16 overlaps the route 10.99.0.0/24 of host host1
            Error: -:14: network second: Pool overlaps with other one on this address space: 10.5.5.0/24 overlaps 10.5.0.0/16 of network first
            Error: -:16: network fine: is there twice, first at -:3
            Error: -:17: network odd: plugin "macvlan" not found (drivers: bridge, overlay, null, host)
            """, string.Join('\n', outcome.Error.Split('\n').Take(6)));
        Assert.Contains("-:19: network unknown: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("-:21: network bridge: operation is not permitted on predefined bridge network", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await _host.RunAsync("network inspect fine")).Code);
    }

    [Fact]
    public async Task Who_is_refused_on_the_way_takes_those_before_it_back()
    {
        var racing = Samples.Guide();
        await using var host = await PbmHost.StartAsync(racing);
        racing.Refusals[typeof(UpdateNetwork)] = new UpdateUnderWay("second");
        var outcome = await host.RunAsync("network import -", "version: 1\nnetworks:\n- name: first\n  ipam: {config: [{subnet: 10.1.0.0/16}]}\n- name: second\n  ipam: {config: [{subnet: 10.2.0.0/16, ip-range: [10.2.1.0/24, 10.2.2.0/24]}]}\n");
        Assert.Equal((1, ""), (outcome.Code, outcome.Output));
        Assert.Contains("network second is being updated", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was created: what had been is removed again", outcome.Error, StringComparison.Ordinal);
        var made = racing.Sent.OfType<CreateNetwork>().Select(create => create.Request.Id);
        Assert.Equal(made.Reverse(), racing.Sent.OfType<RemoveNetwork>().Select(remove => remove.Id));
    }

    [Fact]
    public async Task A_file_is_the_clients()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "version: 1\nnetworks:\n- name: filed\n");
        Assert.Equal("filed: created\n", (await DoneAsync($"network import {file}")).Output);
        File.Delete(file);
        var missing = await _host.RunAsync($"network import {file}");
        Assert.Equal(2, missing.Code);
        Assert.Contains($"{file} cannot be read: ", missing.Error, StringComparison.Ordinal);
        Assert.Contains($"{AppContext.BaseDirectory} cannot be read: it is a directory", (await _host.RunAsync($"network import {AppContext.BaseDirectory}")).Error, StringComparison.Ordinal);
        Assert.Equal(new(2, "", "Error: name a file, '-' for standard input, or --from-docker\n"), await _host.RunAsync("network import"));
        Assert.Equal(2, (await _host.RunAsync("network import --socket /x -", "")).Code);
    }

    [Fact]
    public void A_text_of_JSON_may_have_what_ends_a_line_of_YAML()
    {
        const string Text = "1\u00852\u20283\u20294";
        var (read, problems) = NetworkFileReader.Read($$$"""{"version":1,"networks":[{"name":"a","labels":{"x":"{{{Text}}}"}}]}""", "x", new(Some.Host, DateTimeOffset.UnixEpoch));
        Assert.Empty(problems);
        Assert.Equal(Text, Assert.Single(read).Request.Labels["x"]);
    }

    /// <summary>Whatever a network says, its document says it too: names of any characters, words that YAML takes for something else, every pool.</summary>
    [Fact]
    public void What_is_written_is_read_the_same()
    {
        string[] awkward = ["true", "no", "1", "1e3", "~", "null", "", " ", "-", "- a", "a: b", "#x", "'", "\"", "\\", "*a", "&a", "!x", "%", "@", "`", "2026-11-28", "0x10", "a\nb", "a\tb", "\u0085", "\u2028", "\u2029"];
        var text = Gen.OneOf(Gen.String[Gen.Char[' ', '\u017f'], 0, 12], Gen.Int[0, awkward.Length - 1].Select(one => awkward[one]));
        var pairs = Gen.Select(text.Where(key => key.Length > 0), text).Array[0, 4].Select(all => all.DistinctBy(pair => pair.Item1).ToImmutableSortedDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal));
        var number = Gen.Int[0, 200];
        var pool = Gen.Select(number, Gen.Bool, Gen.Bool, Gen.Int[0, 3]).Select((second, hasRange, hasGateway, aux) => new PoolRequest
        {
            Subnet = Subnet.Parse($"10.{second}.0.0/16"),
            IpRange = hasRange ? Subnet.Parse($"10.{second}.1.0/24") : null,
            Gateway = hasGateway ? InetAddress.Parse($"10.{second}.1.1") : null,
            Auxiliary = [.. Enumerable.Range(0, aux).Select(one => new AuxiliaryAddress(one % 2 == 0 ? "a=b" : "c", InetAddress.Parse($"10.{second}.2.{one + 1}")))],
        });
        var network = Gen.Select(text, Gen.Bool, Gen.Bool, pool.Array[0, 3], pairs, pairs).Select((name, overlay, flag, pools, options, labels) => new NetworkRequest
        {
            Id = Some.NetworkId(1),
            Name = name,
            Driver = overlay ? "overlay" : "bridge",
            Internal = flag,
            Attachable = !flag,
            EnableIPv6 = flag,
            IpamDriver = flag && pools.Length == 0 ? "null" : null,
            BareIpam = flag ? true : null,
            Pools = [.. pools],
            Options = options,
            Labels = labels,
            Created = DateTimeOffset.UnixEpoch,
            Host = Some.Host,
        });
        network.Array[0, 4].Sample(networks =>
        {
            var document = NetworkFileWriter.Write(networks.Select(one => new FileNetwork(one, "")));
            var (read, problems) = NetworkFileReader.Read(document, "x", new(Some.Host, DateTimeOffset.UnixEpoch));
            Assert.True(problems.IsEmpty, $"{string.Join('\n', problems)}\n{document}");
            Assert.Equal(networks.Select(Shown), read.Select(one => Shown(one.Request)));
        }, iter: 2000);

        static string Shown(NetworkRequest request) => System.Text.Json.JsonSerializer.Serialize(new
        {
            request.Name,
            request.Driver,
            request.Internal,
            request.Attachable,
            request.EnableIPv6,
            request.IpamDriver,
            request.BareIpam,
            request.Options,
            request.Labels,
            Pools = request.Pools.Select(one => $"{one.Subnet} {one.IpRange} {one.Gateway} {string.Join(' ', one.Auxiliary)}"),
        });
    }

    private async Task<Outcome> DoneAsync(string line, string? input = null)
    {
        var outcome = await _host.RunAsync(line, input);
        Assert.True(outcome.Code == 0, $"{line}: {outcome.Error}");
        return outcome;
    }

    // All but ids and times.
    private async Task<string> InspectAsync(params string[] names) =>
        System.Text.RegularExpressions.Regex.Replace((await DoneAsync($"network inspect {string.Join(' ', names)}")).Output, "\"(Id|Created)\": \"[^\"]*\"", "");
}
